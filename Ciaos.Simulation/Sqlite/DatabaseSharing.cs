using System.Runtime.InteropServices;
using static Ciaos.Simulation.Sqlite.SqliteAbi;

namespace Ciaos.Simulation.Sqlite;

/// <summary>
/// What the connections to one database file share, and the operating system keeps for them elsewhere: the locks of
/// the file, and the shared memory of its write-ahead log. It belongs to the life of a process: connections of a world
/// that crashed keep theirs until they are closed, and those that come after begin a new one.
/// </summary>
internal sealed unsafe class DatabaseSharing
{
    private readonly object _gate = new();
    private readonly List<DiskVfsFile> _files = [];
    private readonly List<nint> _regions = [];

    public bool IsUnused
    {
        get
        {
            lock (_gate) return _files.Count == 0;
        }
    }

    /// <summary>False after a crash: then no connection that shares it can reach the disk.</summary>
    public bool IsAlive
    {
        get
        {
            lock (_gate) return _files.TrueForAll(file => file.IsAlive);
        }
    }

    public void Join(DiskVfsFile file)
    {
        lock (_gate) _files.Add(file);
    }

    public void Leave(DiskVfsFile file)
    {
        lock (_gate)
        {
            Unmap(file);
            _files.Remove(file);
        }
    }

    /// <returns>False if another connection is in the way. Who asked for Exclusive may then hold Pending, which keeps
    /// new readers out while the old ones finish.</returns>
    public bool TryLock(DiskVfsFile file, LockLevel wanted)
    {
        lock (_gate)
        {
            if (file.Lock >= wanted) return true;
            var others = HighestOfOthers(file);
            if (others >= (wanted == LockLevel.Shared ? LockLevel.Pending : LockLevel.Reserved)) return false;
            file.Lock = wanted == LockLevel.Exclusive && others > LockLevel.None ? LockLevel.Pending : wanted;
            return file.Lock == wanted;
        }
    }

    public void Unlock(DiskVfsFile file, LockLevel left)
    {
        lock (_gate)
        {
            if (file.Lock > left) file.Lock = left;
        }
    }

    public bool IsReserved()
    {
        lock (_gate) return _files.Exists(file => file.Lock >= LockLevel.Reserved);
    }

    /// <returns>Null where the region does not exist and was not asked for.</returns>
    public nint Map(DiskVfsFile file, int region, int regionBytes, bool extend)
    {
        lock (_gate)
        {
            file.HasSharedMemory = true;
            while (_regions.Count <= region)
            {
                if (!extend) return 0;
                _regions.Add((nint)NativeMemory.AllocZeroed((nuint)regionBytes));
            }

            return _regions[region];
        }
    }

    /// <summary>The last one to leave takes the memory with it: who comes later rebuilds it from the log.</summary>
    public void Unmap(DiskVfsFile file)
    {
        lock (_gate)
        {
            file.SharedSlots = file.ExclusiveSlots = 0;
            file.HasSharedMemory = false;
            if (_files.Exists(other => other.HasSharedMemory)) return;
            foreach (var region in _regions) NativeMemory.Free((void*)region);
            _regions.Clear();
        }
    }

    /// <param name="slots">One bit for each of the eight locks of the shared memory.</param>
    public bool TryLockSlots(DiskVfsFile file, int slots, bool exclusive)
    {
        lock (_gate)
        {
            var taken = 0;
            foreach (var other in _files.Where(other => other != file))
                taken |= other.ExclusiveSlots | (exclusive ? other.SharedSlots : 0);
            if ((taken & slots) != 0) return false;
            if (exclusive) file.ExclusiveSlots |= slots;
            else file.SharedSlots |= slots;
            return true;
        }
    }

    public void UnlockSlots(DiskVfsFile file, int slots)
    {
        lock (_gate)
        {
            file.ExclusiveSlots &= ~slots;
            file.SharedSlots &= ~slots;
        }
    }

    private LockLevel HighestOfOthers(DiskVfsFile file)
    {
        var highest = LockLevel.None;
        foreach (var other in _files)
        {
            if (other != file && other.Lock > highest) highest = other.Lock;
        }

        return highest;
    }
}
