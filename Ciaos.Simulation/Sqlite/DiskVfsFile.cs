using Ciaos.Storage.Disks;
using static Ciaos.Simulation.Sqlite.SqliteAbi;

namespace Ciaos.Simulation.Sqlite;

/// <summary>
/// One file that a SQLite connection has open. Answers with SQLite's result codes where those are expected, and throws
/// what the disk throws; <see cref="FileCalls"/> translates it.
/// </summary>
internal sealed unsafe class DiskVfsFile(
    DiskVfs vfs, IDisk disk, IDiskFile file, OpenFlags flags, DatabaseSharing? sharing) : IDisposable
{
    private readonly NativeBuffer _buffer = new();
    private readonly ReadOnlyMemory<byte>[] _buffers = new ReadOnlyMemory<byte>[1];

    // As the unix VFS does: a journal may be new, and before what it protects is overwritten its name must be durable.
    // It also makes the name of a database durable that was created before its first journal.
    private bool _folderNeedsSync = flags.HasFlag(OpenFlags.Create)
        && (flags.HasFlag(OpenFlags.MainJournal) || flags.HasFlag(OpenFlags.SuperJournal)
            || flags.HasFlag(OpenFlags.Wal));

    public DiskVfs Vfs => vfs;

    /// <summary>Guarded by <see cref="DatabaseSharing"/>, as all that follow.</summary>
    public LockLevel Lock { get; set; }

    public bool HasSharedMemory { get; set; }

    /// <summary>The locks of the shared memory that are held, one bit each.</summary>
    public int SharedSlots { get; set; }

    public int ExclusiveSlots { get; set; }

    /// <summary>A handle from before a crash cannot even tell its length. Asking does not count as an operation of the
    /// disk, so it changes nothing in a simulation.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                return file.LengthBytes >= 0;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    private DatabaseSharing Sharing =>
        sharing ?? throw new InvalidOperationException($"{file.Path} is no database: it has no locks");

    public void Dispose()
    {
        try
        {
            var isDead = !IsAlive;
            sharing?.Leave(this);
            file.Dispose();
            ((IDisposable)_buffer).Dispose();
            if (!isDead && flags.HasFlag(OpenFlags.DeleteOnClose)) disk.Delete(file.Path);
        }
        finally
        {
            vfs.Closed(file.Path, sharing);
        }
    }

    public int Read(Span<byte> destination, long offsetBytes)
    {
        var count = file.Read(offsetBytes, destination);
        if (count == destination.Length) return Result.Ok;
        destination[count..].Clear();
        return Result.ShortRead;
    }

    public void Write(byte* source, int count, long offsetBytes)
    {
        _buffers[0] = _buffer.Over(source, count);
        file.Write(offsetBytes, _buffers);
    }

    public void Truncate(long lengthBytes) => file.SetLength(lengthBytes);

    /// <remarks>The unix VFS does not report it when the folder cannot be synced. Here it is reported: a simulated
    /// disk that fails there means it.</remarks>
    public void Sync()
    {
        file.Flush();
        if (!_folderNeedsSync) return;
        disk.SyncFolder(DiskVfs.FolderOf(file.Path));
        _folderNeedsSync = false;
    }

    public long Size() => file.LengthBytes;

    public int TryLock(LockLevel wanted)
    {
        EnsureAlive();

        // The system grants no write lock on a handle that may not write.
        if (wanted > LockLevel.Shared && flags.HasFlag(OpenFlags.ReadOnly)) return Result.LockFailed;
        return Sharing.TryLock(this, wanted) ? Result.Ok : Result.Busy;
    }

    public void Unlock(LockLevel left) => Sharing.Unlock(this, left);

    public bool IsReserved()
    {
        EnsureAlive();
        return Sharing.IsReserved();
    }

    public nint Map(int region, int regionBytes, bool extend)
    {
        EnsureAlive();
        return Sharing.Map(this, region, regionBytes, extend);
    }

    public int LockShm(int first, int count, ShmLockFlags how)
    {
        var slots = ((1 << count) - 1) << first;
        if (how.HasFlag(ShmLockFlags.Unlock))
        {
            Sharing.UnlockSlots(this, slots);
            return Result.Ok;
        }

        EnsureAlive();
        return Sharing.TryLockSlots(this, slots, how.HasFlag(ShmLockFlags.Exclusive)) ? Result.Ok : Result.Busy;
    }

    public void Unmap() => Sharing.Unmap(this);

    // What goes on in memory alone must not go on after a crash either.
    private void EnsureAlive() => _ = file.LengthBytes;
}
