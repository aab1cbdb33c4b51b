using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Ciaos.Simulation.Sqlite.SqliteAbi;

namespace Ciaos.Simulation.Sqlite;

/// <summary>What SQLite calls on an open file. No exception may pass into native code: each becomes a result code.
/// </summary>
internal static unsafe class FileCalls
{
    private const int SectorBytes = 512;

    /// <summary>One for all files of all instances; it lives as long as the process.</summary>
    public static readonly IoMethods* Methods = Allot();

    private static IoMethods* Allot()
    {
        var methods = (IoMethods*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(FileCalls), sizeof(IoMethods));
        *methods = new IoMethods
        {
            Version = 2,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            FileSize = &FileSize,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            FileControl = &FileControl,
            SectorSize = &SectorSize,
            DeviceCharacteristics = &DeviceCharacteristics,
            ShmMap = &ShmMap,
            ShmLock = &ShmLock,
            ShmBarrier = &ShmBarrier,
            ShmUnmap = &ShmUnmap,
        };
        return methods;
    }

    private static DiskVfsFile Of(SqliteAbi.File* file) => (DiskVfsFile)GCHandle.FromIntPtr(file->Handle).Target!;

    private static int Failed(SqliteAbi.File* file, Exception failure, int code) => Of(file).Vfs.Explain(failure, code);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(SqliteAbi.File* file)
    {
        var handle = GCHandle.FromIntPtr(file->Handle);
        var open = (DiskVfsFile)handle.Target!;
        try
        {
            open.Dispose();
        }
        catch (Exception e)
        {
            // Nobody can do anything about it, and SQLite would not look.
            open.Vfs.Explain(e, Result.Ok);
        }

        handle.Free();
        file->Methods = null;
        return Result.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteAbi.File* file, byte* buffer, int count, long offsetBytes)
    {
        try
        {
            return Of(file).Read(new Span<byte>(buffer, count), offsetBytes);
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.ReadFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteAbi.File* file, byte* buffer, int count, long offsetBytes)
    {
        try
        {
            Of(file).Write(buffer, count, offsetBytes);
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.WriteFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteAbi.File* file, long lengthBytes)
    {
        try
        {
            Of(file).Truncate(lengthBytes);
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.TruncateFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteAbi.File* file, int flags)
    {
        try
        {
            Of(file).Sync();
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.SyncFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(SqliteAbi.File* file, long* lengthBytes)
    {
        try
        {
            *lengthBytes = Of(file).Size();
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.SizeFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(SqliteAbi.File* file, int level)
    {
        try
        {
            return Of(file).TryLock((LockLevel)level);
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.LockFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(SqliteAbi.File* file, int level)
    {
        try
        {
            Of(file).Unlock((LockLevel)level);
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.LockFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(SqliteAbi.File* file, int* isReserved)
    {
        try
        {
            *isReserved = Of(file).IsReserved() ? 1 : 0;
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.LockFailed);
        }
    }

    /// <summary>All of these are hints and questions that a VFS may pass over.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(SqliteAbi.File* file, int operation, void* argument) => Result.NotFound;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(SqliteAbi.File* file) => SectorBytes;

    /// <summary>
    /// The one promise that SQLite's own unix VFS makes, so that SQLite writes and syncs here as it does in production:
    /// a power cut during a write harms no byte outside of what is written. The simulated disk keeps it, since it
    /// tears, loses and zeroes only within writes that were not flushed. Without it SQLite would pad each commit to
    /// whole sectors: more careful than it is in production, so the simulation would prove something else. Nothing
    /// beyond it is true: writes are neither atomic nor ordered, and a file may grow before its data arrives.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(SqliteAbi.File* file) => PowersafeOverwrite;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(SqliteAbi.File* file, int region, int regionBytes, int extend, void** mapped)
    {
        *mapped = null;
        try
        {
            *mapped = (void*)Of(file).Map(region, regionBytes, extend != 0);
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.ShmMapFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(SqliteAbi.File* file, int first, int count, int flags)
    {
        try
        {
            return Of(file).LockShm(first, count, (ShmLockFlags)flags);
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.ShmLockFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(SqliteAbi.File* file) => Interlocked.MemoryBarrier();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(SqliteAbi.File* file, int delete)
    {
        try
        {
            Of(file).Unmap();
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Failed(file, e, Result.ShmMapFailed);
        }
    }
}
