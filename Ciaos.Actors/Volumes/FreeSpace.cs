using Ciaos.Storage.Disks;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// Keeps a reserve of disk space free, for events, the journal and the catalog: without it a full disk could not
/// even be emptied. Looks at the disk when what was free at the last look may have been used up, and when told to.
/// </summary>
internal sealed class FreeSpace(IDisk disk, long reserveBytes)
{
    private long _leftBytes;

    public long FreeBytes { get; private set; }

    /// <summary>Data may be written.</summary>
    public bool IsEnough { get; private set; }

    /// <summary>What to say to whom space is refused, in a sentence.</summary>
    public string Detail { get; private set; } = "";

    public void Look()
    {
        try
        {
            FreeBytes = disk.FreeBytes;
            _leftBytes = FreeBytes - reserveBytes;
            IsEnough = _leftBytes > 0;
            Detail = $"The disk is full: {FreeBytes} bytes are free, {reserveBytes} are kept in reserve";
        }
        catch (IOException e)
        {
            IsEnough = false;
            Detail = $"The free space of {disk.Root} cannot be told: {e.Message}";
        }
    }

    /// <summary>True where so much more may be written.</summary>
    public bool TryTake(long bytes)
    {
        if (IsEnough && bytes > _leftBytes) Look();
        if (!IsEnough || bytes > _leftBytes) return false;
        _leftBytes -= bytes;
        return true;
    }

    /// <summary>A write met a full disk, whatever the last look told. Holds until the next look.</summary>
    public void RanOut(string detail)
    {
        IsEnough = false;
        Detail = detail;
    }
}
