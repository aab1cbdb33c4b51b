using System.Globalization;
using Ciaos.Storage.Disks.Simulated;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ciaos.Simulation.Sqlite;

/// <summary>A simulated disk, SQLite on it, and one database.</summary>
internal sealed class SqliteWorld : IDisposable
{
    static SqliteWorld() => SQLitePCL.Batteries_V2.Init();

    /// <param name="name">Unique among the worlds that live at the same time.</param>
    public SqliteWorld(string name, int seed = 1)
    {
        Disk = new SimulatedDisk(seed);
        Vfs = new DiskVfs(name, Disk, new Random(seed), TimeProvider.System);
    }

    public SimulatedDisk Disk { get; }

    public DiskVfs Vfs { get; }

    public SqliteConnection Open(SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate, string path = "journal.db")
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Vfs.DataSource(path),
            Mode = mode,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection on which what was committed is durable. With a log (WAL) that is how the journal's writer
    /// has it; without one, FULL does not sync the folder after the rollback journal was deleted, which is what
    /// commits.</summary>
    public SqliteConnection OpenDurable(string journalMode, int checkpointPages = 1000)
    {
        var connection = Open();
        try
        {
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA journal_mode = {journalMode};
                PRAGMA synchronous = {(journalMode == "WAL" ? "FULL" : "EXTRA")};
                PRAGMA wal_autocheckpoint = {checkpointPages}
                """));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static string? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <returns>False where it could not be checked, since a read failed.</returns>
    public bool IsWhole(SqliteConnection connection)
    {
        var before = Vfs.LastFailure;
        var answer = Ask(connection, "PRAGMA integrity_check");
        if (Vfs.LastFailure != before) return false;
        Assert.Equal("ok", answer);
        return true;
    }

    public void Dispose() => Vfs.Dispose();
}
