using System.Runtime.InteropServices;

namespace Ciaos.Simulation.Sqlite;

/// <summary>The part of SQLite's C interface that a VFS needs: https://sqlite.org/c3ref/vfs.html and
/// https://sqlite.org/c3ref/io_methods.html. The order of the fields is SQLite's.</summary>
internal static unsafe partial class SqliteAbi
{
    // The very library that the provider of Microsoft.Data.Sqlite loads.
    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    public static partial int Register(Vfs* vfs, int makeDefault);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_unregister")]
    public static partial int Unregister(Vfs* vfs);

    [StructLayout(LayoutKind.Sequential)]
    public struct Vfs
    {
        public int Version;
        public int FileBytes;
        public int MaxPathBytes;
        public Vfs* Next;
        public byte* Name;
        public nint AppData;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, File*, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int*, int> Access;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, byte*, int> FullPathname;

        // Loading of extensions is switched off unless a connection asks for it, and then fails here: null pointers.
        public nint DlOpen;
        public nint DlError;
        public nint DlSym;
        public nint DlClose;
        public delegate* unmanaged[Cdecl]<Vfs*, int, byte*, int> Randomness;
        public delegate* unmanaged[Cdecl]<Vfs*, int, int> Sleep;
        public delegate* unmanaged[Cdecl]<Vfs*, double*, int> CurrentTime;
        public delegate* unmanaged[Cdecl]<Vfs*, int, byte*, int> GetLastError;
        public delegate* unmanaged[Cdecl]<Vfs*, long*, int> CurrentTimeInt64;
    }

    /// <summary>SQLite allots it, with room for our handle behind the pointer that it knows of.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct File
    {
        public IoMethods* Methods;
        public nint Handle;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoMethods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<File*, int> Close;
        public delegate* unmanaged[Cdecl]<File*, byte*, int, long, int> Read;
        public delegate* unmanaged[Cdecl]<File*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<File*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<File*, int, int> Sync;
        public delegate* unmanaged[Cdecl]<File*, long*, int> FileSize;
        public delegate* unmanaged[Cdecl]<File*, int, int> Lock;
        public delegate* unmanaged[Cdecl]<File*, int, int> Unlock;
        public delegate* unmanaged[Cdecl]<File*, int*, int> CheckReservedLock;
        public delegate* unmanaged[Cdecl]<File*, int, void*, int> FileControl;
        public delegate* unmanaged[Cdecl]<File*, int> SectorSize;
        public delegate* unmanaged[Cdecl]<File*, int> DeviceCharacteristics;
        public delegate* unmanaged[Cdecl]<File*, int, int, int, void**, int> ShmMap;
        public delegate* unmanaged[Cdecl]<File*, int, int, int, int> ShmLock;
        public delegate* unmanaged[Cdecl]<File*, void> ShmBarrier;
        public delegate* unmanaged[Cdecl]<File*, int, int> ShmUnmap;
    }

    /// <summary>What the functions of a VFS answer. The errors of input and output are SQLITE_IOERR with the operation
    /// in the second byte.</summary>
    public static class Result
    {
        public const int Ok = 0;
        public const int Busy = 5;
        public const int NotFound = 12;
        public const int Full = 13;
        public const int CannotOpen = 14;
        public const int ReadFailed = 10 | (1 << 8);
        public const int ShortRead = 10 | (2 << 8);
        public const int WriteFailed = 10 | (3 << 8);
        public const int SyncFailed = 10 | (4 << 8);
        public const int TruncateFailed = 10 | (6 << 8);
        public const int SizeFailed = 10 | (7 << 8);
        public const int DeleteFailed = 10 | (10 << 8);
        public const int AccessFailed = 10 | (13 << 8);
        public const int LockFailed = 10 | (15 << 8);
        public const int ShmLockFailed = 10 | (20 << 8);
        public const int ShmMapFailed = 10 | (21 << 8);
        public const int NothingToDelete = 10 | (23 << 8);
    }

    [Flags]
    public enum OpenFlags
    {
        ReadOnly = 0x1,
        ReadWrite = 0x2,
        Create = 0x4,
        DeleteOnClose = 0x8,
        Exclusive = 0x10,
        MainDatabase = 0x100,
        MainJournal = 0x800,
        SuperJournal = 0x4000,
        Wal = 0x80000,
    }

    /// <summary>Locks of a database file: https://sqlite.org/lockingv3.html.</summary>
    public enum LockLevel
    {
        None = 0,
        Shared = 1,
        Reserved = 2,
        Pending = 3,
        Exclusive = 4,
    }

    [Flags]
    public enum ShmLockFlags
    {
        Unlock = 1,
        Lock = 2,
        Shared = 4,
        Exclusive = 8,
    }

    /// <summary>SQLITE_IOCAP_POWERSAFE_OVERWRITE.</summary>
    public const int PowersafeOverwrite = 0x1000;
}
