using System.Runtime.InteropServices;
using Ciaos.Actors;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using static Ciaos.Simulation.Sqlite.SqliteAbi;

namespace Ciaos.Simulation.Sqlite;

/// <summary>
/// A file system for SQLite (a VFS) whose files lie on an <see cref="IDisk"/>, so that a simulated disk can do to the
/// journal's and the catalog's files what it does to volumes. Connections choose it by its name:
/// <see cref="DataSource"/>. Many may live side by side in one process, each with its disk.
/// <para>
/// A crash of the disk is noticed by itself: connections from before can do nothing any more, and those that come after
/// share neither locks nor memory with them. Temporary files are kept in memory.
/// </para>
/// <para>
/// SQLite draws the salts of its logs and journals from one generator for the whole process, which the default VFS
/// seeds: they differ from run to run, and with them the bytes that are written. Which operations happen, and what a
/// transaction reads, does not depend on them.
/// </para>
/// </summary>
internal sealed unsafe class DiskVfs : IDisposable
{
    private readonly object _gate = new();
    private readonly IDisk _disk;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly SimulatedDisk _temporary = new(seed: 0);
    private readonly Dictionary<string, DatabaseSharing> _sharings = new(StringComparer.Ordinal);
    private readonly Vfs* _native;
    private GCHandle _self;
    private int _temporaryFiles;
    private int _openFiles;
    private bool _disposed;

    /// <param name="name">Unique in the process; letters, digits, '-' and '_'.</param>
    /// <param name="disk">Holds the files. What SQLite calls a path is a path from the disk's root.</param>
    /// <param name="random">Answers where SQLite asks this VFS for randomness.</param>
    /// <param name="time">What SQLite's date functions go by.</param>
    public DiskVfs(string name, IDisk disk, Random random, TimeProvider time)
    {
        Name = name;
        _disk = disk;
        _random = random;
        _time = time;
        _self = GCHandle.Alloc(this);
        _native = (Vfs*)NativeMemory.AllocZeroed((nuint)sizeof(Vfs));
        *_native = VfsCalls.Describe((byte*)Marshal.StringToCoTaskMemUTF8(name), GCHandle.ToIntPtr(_self));
        var result = Register(_native, makeDefault: 0);
        if (result != Result.Ok) throw new InvalidOperationException($"SQLite refuses the VFS {name}: {result}");
        SqliteFileSystems.Add(name, disk);
    }

    public string Name { get; }

    /// <summary>What a disk or a hook threw last: SQLite says no more than "disk I/O error".</summary>
    public Exception? LastFailure { get; private set; }

    /// <summary>Milliseconds since 1970.</summary>
    internal long UnixTimeMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What a connection string says for a database on this disk.</summary>
    /// <param name="path">From the root of the disk, with '/'.</param>
    public string DataSource(string path) => $"file:{path}?vfs={Name}";

    /// <summary>The name is free again. Files that are still open stay safe to use and to close.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            Unregister(_native);
            SqliteFileSystems.Remove(Name);
            FreeWhenUnused();
        }
    }

    internal static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    /// <param name="path">Null asks for a temporary file.</param>
    /// <returns>Null where there is no such file, or there must be none.</returns>
    internal DiskVfsFile? Open(string? path, OpenFlags flags)
    {
        if (path is null) return OpenTemporary(flags);
        var exists = _disk.Exists(path);
        if (exists ? flags.HasFlag(OpenFlags.Exclusive) : !flags.HasFlag(OpenFlags.Create)) return null;
        var access = flags.HasFlag(OpenFlags.ReadWrite) ? DiskAccess.ReadWrite : DiskAccess.Read;
        var file = exists ? _disk.Open(path, access) : _disk.Create(path);
        lock (_gate)
        {
            var sharing = flags.HasFlag(OpenFlags.MainDatabase) ? SharingOf(path) : null;
            var open = new DiskVfsFile(this, _disk, file, flags, sharing);
            sharing?.Join(open);
            _openFiles++;
            return open;
        }
    }

    /// <returns>False if there was nothing to delete.</returns>
    internal bool Delete(string path, bool syncFolder)
    {
        var exists = _disk.Exists(path);
        if (exists)
        {
            _disk.Delete(path);
            lock (_gate) _sharings.Remove(path);
        }

        if (exists && syncFolder) _disk.SyncFolder(FolderOf(path));
        return exists;
    }

    /// <summary>As in the unix VFS, an empty file does not count: an empty journal has nothing to tell.</summary>
    internal bool HasContents(string path)
    {
        if (!_disk.Exists(path)) return false;
        using var file = _disk.Open(path, DiskAccess.Read);
        return file.LengthBytes > 0;
    }

    internal void Draw(Span<byte> bytes)
    {
        lock (_gate) _random.NextBytes(bytes);
    }

    /// <summary>Turns what was thrown into a result code.</summary>
    /// <param name="otherwise">What the operation answers when it is not for lack of space or of a file.</param>
    internal int Explain(Exception failure, int otherwise)
    {
        LastFailure = failure;
        return failure switch
        {
            DiskFullException => Result.Full,
            FileNotFoundException => Result.CannotOpen,
            _ => otherwise,
        };
    }

    internal void Closed(string path, DatabaseSharing? sharing)
    {
        lock (_gate)
        {
            if (sharing is { IsUnused: true } && _sharings.GetValueOrDefault(path) == sharing) _sharings.Remove(path);
            _openFiles--;
            FreeWhenUnused();
        }
    }

    private DiskVfsFile OpenTemporary(OpenFlags flags)
    {
        lock (_gate)
        {
            _openFiles++;
            var file = _temporary.Create($"{++_temporaryFiles}");
            return new DiskVfsFile(this, _temporary, file, flags | OpenFlags.DeleteOnClose, null);
        }
    }

    private DatabaseSharing SharingOf(string path)
    {
        if (_sharings.TryGetValue(path, out var sharing) && sharing.IsAlive) return sharing;
        return _sharings[path] = new DatabaseSharing();
    }

    // A connection that nobody closed is closed by the finalizer, maybe after this was disposed of.
    private void FreeWhenUnused()
    {
        if (!_disposed || _openFiles > 0 || !_self.IsAllocated) return;
        _self.Free();
        Marshal.FreeCoTaskMem((nint)_native->Name);
        NativeMemory.Free(_native);
    }
}
