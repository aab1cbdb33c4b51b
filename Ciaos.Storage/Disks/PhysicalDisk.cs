namespace Ciaos.Storage.Disks;

/// <summary>
/// A folder of the operating system's file system. Thin: it adds durability calls that .NET lacks
/// (<see cref="LinuxFileCalls"/>) and clear errors. One process at a time may have it open: it holds a lock on the
/// file <c>disk.lock</c> in its root until it is disposed or dies.
/// </summary>
public sealed class PhysicalDisk : IDisk, IDisposable
{
    private const string LockFileName = "disk.lock";

    private readonly FileStream? _lock;
    private readonly DriveInfo _drive;

    private PhysicalDisk(string root, FileStream? @lock)
    {
        Root = root;
        _lock = @lock;
        _drive = new DriveInfo(root);
    }

    public string Root { get; }

    public long FreeBytes => _drive.AvailableFreeSpace;

    /// <summary>Opens a folder as a disk, making it where it is missing.</summary>
    /// <exception cref="IOException">It cannot be used, or another process uses it.</exception>
    public static PhysicalDisk Open(string root)
    {
        var full = Path.GetFullPath(root);
        if (!Directory.Exists(full))
        {
            Directory.CreateDirectory(full);
            LinuxFileCalls.SyncFolder(Path.GetDirectoryName(full)!);
        }

        try
        {
            var @lock = new FileStream(
                Path.Combine(full, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new PhysicalDisk(full, @lock);
        }
        catch (IOException e)
        {
            throw new IOException($"The folder {full} cannot be locked; does another node use it? ({e.Message})", e);
        }
    }

    /// <summary>A folder that somebody else may have locked, for files that have nothing to do with what the lock
    /// protects.</summary>
    public static PhysicalDisk WithoutLock(string root) => new(Path.GetFullPath(root), null);

    public IDiskFile Create(string path) => OpenFile(path, FileMode.CreateNew, FileAccess.ReadWrite);

    public IDiskFile Open(string path, DiskAccess access) =>
        OpenFile(path, FileMode.Open, access == DiskAccess.Read ? FileAccess.Read : FileAccess.ReadWrite);

    public bool Exists(string path) => File.Exists(FullPath(path));

    public IReadOnlyList<string> List(string folder)
    {
        var full = FullPath(folder);
        if (!Directory.Exists(full)) return [];
        var names = Directory.EnumerateFiles(full).Select(file => Path.GetFileName(file)).ToList();
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public void CreateFolder(string folder)
    {
        var full = FullPath(folder);
        if (Directory.Exists(full)) return;
        Directory.CreateDirectory(full);
        for (var at = full; at.Length >= Root.Length; at = Path.GetDirectoryName(at)!) LinuxFileCalls.SyncFolder(at);
    }

    public void Rename(string from, string to) => File.Move(FullPath(from), FullPath(to), overwrite: true);

    public void Delete(string path) => File.Delete(FullPath(path));

    public void SyncFolder(string folder) => LinuxFileCalls.SyncFolder(FullPath(folder));

    /// <summary>Gives a file of the same file system a second name here. False where that cannot be.</summary>
    /// <param name="fullPath">The file's first name.</param>
    public bool TryLink(string fullPath, string path) =>
        OperatingSystem.IsLinux() && LinuxFileCalls.TryLink(fullPath, FullPath(path));

    public void Dispose() => _lock?.Dispose();

    private PhysicalDiskFile OpenFile(string path, FileMode mode, FileAccess access)
    {
        var full = FullPath(path);
        try
        {
            var handle = File.OpenHandle(full, mode, access, FileShare.ReadWrite | FileShare.Delete);
            return new PhysicalDiskFile(full, handle);
        }
        catch (IOException e) when (DiskErrors.IsFull(e))
        {
            throw new DiskFullException(full, 0, e);
        }
    }

    private string FullPath(string path) => Path.Combine(Root, path);
}
