using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Backup;

/// <summary>An earlier backup on the same file system. A sealed volume never changes, so both backups may share its
/// file: it gets a second name (a hard link).</summary>
public sealed class PreviousBackup
{
    private readonly VolumeFolder _source;
    private readonly VolumeFolder _previous;
    private readonly PhysicalDisk _target;

    /// <param name="source">The node's data folder.</param>
    /// <param name="previous">The earlier backup's folder.</param>
    /// <param name="target">The new one's.</param>
    public PreviousBackup(IDisk source, PhysicalDisk previous, PhysicalDisk target)
    {
        _source = new VolumeFolder(source, "volumes");
        _previous = new VolumeFolder(previous, "volumes");
        _target = target;
    }

    /// <summary>False: it has none that is the same, or the file systems differ.</summary>
    internal bool TryTake(VolumeId volume)
    {
        var path = _previous.FileOf(volume);
        if (!_previous.Disk.Exists(path) || !IsSame(volume, path)) return false;
        return _target.TryLink(Path.Combine(_previous.Disk.Root, path), path);
    }

    // The salt is a random number of the volume, so that no other one has the same superblock.
    private bool IsSame(VolumeId volume, string path)
    {
        try
        {
            using var now = _source.Disk.Open(_source.FileOf(volume), DiskAccess.Read);
            using var then = _previous.Disk.Open(path, DiskAccess.Read);
            return now.LengthBytes == then.LengthBytes
                && Superblock.Read(now, volume) == Superblock.Read(then, volume);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
