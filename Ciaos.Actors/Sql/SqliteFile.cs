using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Ciaos.Actors.Sql;

/// <summary>The file that a SQLite connection has open.</summary>
internal static unsafe partial class SqliteFile
{
    // From sqlite3.h.
    private const int FilePointer = 7;
    private const int SyncNormal = 2;

    /// <summary>
    /// Flushes the database's file, not its log. SQLite itself has to do it: a process that opens the file beside it
    /// loses, with the end of its own handle, all locks that SQLite holds there (https://sqlite.org/howtocorrupt.html,
    /// 2.2).
    /// </summary>
    /// <returns>SQLite's code; 0: it is on stable storage.</returns>
    public static int Sync(SqliteConnection connection)
    {
        NativeFile* file = null;
        var result = FileControl(connection.Handle!, "main", FilePointer, &file);
        return result != raw.SQLITE_OK ? result : file->Methods->Sync(file, SyncNormal);
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(sqlite3 database, string name, int operation, NativeFile** argument);

    // struct sqlite3_file
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeFile
    {
        public NativeMethods* Methods;
    }

    // struct sqlite3_io_methods, its beginning.
    [StructLayout(LayoutKind.Sequential)]
    private struct NativeMethods
    {
        public int Version;
        public nint Close;
        public nint Read;
        public nint Write;
        public nint Truncate;
        public delegate* unmanaged[Cdecl]<NativeFile*, int, int> Sync;
    }
}
