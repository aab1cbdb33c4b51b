using System.Globalization;
using Ciaos.Storage.Disks;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors;

/// <summary>
/// Opens SQLite databases so that looking at them changes nothing: no table, no byte of the file, no log that is moved
/// into it, no file beside it.
/// </summary>
internal static class SqliteInspection
{
    private const int NoCheckpointOnClose = 1006;
    private const int MaxDamage = 100;

    static SqliteInspection() => SQLitePCL.Batteries_V2.Init();

    /// <param name="isAlone">Nobody else has the database open, or will open it meanwhile.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public static SqliteConnection Open(string location, bool isAlone)
    {
        // Without a log nobody writes, and nothing has to be put together with it.
        if (!SqliteLocation.HasBytes(location, "-wal"))
            return Open(SqliteLocation.Immutable(location), SqliteOpenMode.ReadOnly, setUp: null);
        return isAlone ? OpenAlone(location) : Open(location, SqliteOpenMode.ReadOnly, setUp: null);
    }

    /// <summary>Copies a database as it is at one moment, also while somebody writes to it, and makes the copy
    /// durable.</summary>
    /// <param name="target">Gets the file <paramref name="name"/>.</param>
    /// <param name="isAlone">Nobody else has the database open, or will open it meanwhile.</param>
    /// <exception cref="SqliteException">It cannot be read, or not be written.</exception>
    public static void Copy(string location, IDisk target, string name, bool isAlone)
    {
        // Not as if it never changed, though it may have no log now: its node may begin one at any time.
        using (var from = isAlone ? Open(location, isAlone) : Open(location, SqliteOpenMode.ReadOnly, setUp: null))
        using (var to = Open(Path.Combine(target.Root, name), SqliteOpenMode.ReadWriteCreate, setUp: null))
            from.BackupDatabase(to);
        using var file = target.Open(name, DiskAccess.ReadWrite);
        file.Flush();
    }

    /// <summary>What SQLite finds wrong in the file, in words; empty where nothing is.</summary>
    /// <param name="isQuick">Indexes are not compared with their tables.</param>
    public static IReadOnlyList<string> Damage(SqliteConnection connection, bool isQuick)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"PRAGMA {(isQuick ? "quick_check" : "integrity_check")}({MaxDamage})");
        command.CommandTimeout = 0;
        using var rows = command.ExecuteReader();
        var damage = new List<string>();
        while (rows.Read()) damage.Add(rows.GetString(0));
        return damage is ["ok"] ? [] : damage;
    }

    // Who has the database for itself needs no shared memory beside it. What the log holds stays where it is.
    private static SqliteConnection OpenAlone(string location)
    {
        var connection = Open(location, SqliteOpenMode.ReadWrite, "PRAGMA locking_mode = EXCLUSIVE");
        var result = SQLitePCL.raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 1, out _);
        if (result == SQLitePCL.raw.SQLITE_OK) return connection;
        connection.Dispose();
        throw new SqliteException("The log would be moved into the database", result);
    }

    private static SqliteConnection Open(string location, SqliteOpenMode mode, string? setUp)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = location,
            Mode = mode,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = string.Create(CultureInfo.InvariantCulture, $"{setUp}; PRAGMA query_only = ON");
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
