using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Ciaos.Simulation.Sqlite.SqliteAbi;

namespace Ciaos.Simulation.Sqlite;

/// <summary>What SQLite calls on the file system as a whole. No exception may pass into native code.</summary>
internal static unsafe class VfsCalls
{
    private const int MaxPathBytes = 512;

    // SQLite counts from noon of November 24th, 4714 BC.
    private const long UnixEpochMs = 210_866_760_000_000;
    private const double DayMs = 86_400_000;

    public static Vfs Describe(byte* name, nint handle) => new()
    {
        Version = 2,
        FileBytes = sizeof(SqliteAbi.File),
        MaxPathBytes = MaxPathBytes,
        Name = name,
        AppData = handle,
        Open = &Open,
        Delete = &Delete,
        Access = &Access,
        FullPathname = &FullPathname,
        Randomness = &Randomness,
        Sleep = &Sleep,
        CurrentTime = &CurrentTime,
        GetLastError = &GetLastError,
        CurrentTimeInt64 = &CurrentTimeInt64,
    };

    private static DiskVfs Of(Vfs* vfs) => (DiskVfs)GCHandle.FromIntPtr(vfs->AppData).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* path, SqliteAbi.File* file, int flags, int* outFlags)
    {
        // Without methods SQLite takes the file for not opened, whatever happens below.
        file->Methods = null;
        try
        {
            var open = Of(vfs).Open(Marshal.PtrToStringUTF8((nint)path), (OpenFlags)flags);
            if (open is null) return Result.CannotOpen;
            file->Handle = GCHandle.ToIntPtr(GCHandle.Alloc(open));
            file->Methods = FileCalls.Methods;
            if (outFlags is not null) *outFlags = flags;
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Of(vfs).Explain(e, Result.CannotOpen);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(Vfs* vfs, byte* path, int syncFolder)
    {
        try
        {
            var deleted = Of(vfs).Delete(Marshal.PtrToStringUTF8((nint)path)!, syncFolder != 0);
            return deleted ? Result.Ok : Result.NothingToDelete;
        }
        catch (Exception e)
        {
            return Of(vfs).Explain(e, Result.DeleteFailed);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(Vfs* vfs, byte* path, int how, int* answer)
    {
        *answer = 0;
        try
        {
            *answer = Of(vfs).HasContents(Marshal.PtrToStringUTF8((nint)path)!) ? 1 : 0;
            return Result.Ok;
        }
        catch (Exception e)
        {
            return Of(vfs).Explain(e, Result.AccessFailed);
        }
    }

    /// <summary>Names count from the root of the disk: they are whole already.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPathname(Vfs* vfs, byte* path, int roomBytes, byte* full)
    {
        var bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(path);
        if (bytes.Length >= roomBytes) return Result.CannotOpen;
        bytes.CopyTo(new Span<byte>(full, roomBytes));
        full[bytes.Length] = 0;
        return Result.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Randomness(Vfs* vfs, int count, byte* bytes)
    {
        Of(vfs).Draw(new Span<byte>(bytes, count));
        return count;
    }

    /// <summary>SQLite sleeps where another connection holds a lock. In a world of one thread that one cannot go on
    /// meanwhile: the time is said to be over at once, and SQLite's time-out ends after the same number of tries.
    /// </summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(Vfs* vfs, int microseconds) => microseconds;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTime(Vfs* vfs, double* days)
    {
        *days = (UnixEpochMs + Of(vfs).UnixTimeMs) / DayMs;
        return Result.Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTimeInt64(Vfs* vfs, long* milliseconds)
    {
        *milliseconds = UnixEpochMs + Of(vfs).UnixTimeMs;
        return Result.Ok;
    }

    /// <summary>There is no error number of an operating system; <see cref="DiskVfs.LastFailure"/> says more.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetLastError(Vfs* vfs, int roomBytes, byte* text) => 0;
}
