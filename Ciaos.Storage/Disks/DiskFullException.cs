namespace Ciaos.Storage.Disks;

/// <summary>There is no space left (ENOSPC), or the quota is used up (EDQUOT). Passes when space returns.</summary>
public sealed class DiskFullException(string path, long neededBytes, Exception? inner = null)
    : IOException($"No space left on the disk of {path}: {neededBytes} bytes were needed", inner)
{
    public string Path { get; } = path;

    /// <summary>How much the failed operation asked for.</summary>
    public long NeededBytes { get; } = neededBytes;
}
