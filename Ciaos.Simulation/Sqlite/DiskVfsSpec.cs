using System.Globalization;
using Ciaos.Storage.Disks;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit;
using static Ciaos.Simulation.Sqlite.SqliteWorld;

namespace Ciaos.Simulation.Sqlite;

public sealed class DiskVfsSpec : IDisposable
{
    private readonly SqliteWorld _world = new(nameof(DiskVfsSpec));

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("WAL", "wal")]
    [InlineData("DELETE", "delete")]
    public void A_database_is_a_file_of_the_disk_and_is_there_when_it_is_opened_again(string mode, string answered)
    {
        using (var writer = _world.OpenDurable(mode))
        {
            Assert.Equal(answered, Ask(writer, "PRAGMA journal_mode"));
            Execute(writer, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one')");
        }

        Assert.Equal(["journal.db"], _world.Disk.List(""));
        using var reader = _world.Open(SqliteOpenMode.ReadOnly);
        Assert.Equal("one", Ask(reader, "SELECT v FROM t WHERE id = 1"));
        Assert.Throws<SqliteException>(() => Execute(reader, "INSERT INTO t VALUES (2, 'two')"));
    }

    [Fact]
    public void A_database_that_does_not_exist_is_not_opened_for_reading()
    {
        var failure = Assert.Throws<SqliteException>(() => _world.Open(SqliteOpenMode.ReadOnly));
        Assert.Equal(raw.SQLITE_CANTOPEN, failure.SqliteErrorCode);
        Assert.Empty(_world.Disk.List(""));
    }

    [Theory]
    [InlineData(SqliteOpenMode.ReadWrite)]
    [InlineData(SqliteOpenMode.ReadOnly)]
    public void A_reader_keeps_its_snapshot_while_another_connection_writes(SqliteOpenMode mode)
    {
        using var writer = _world.OpenDurable("WAL");
        Execute(writer, "CREATE TABLE t (v); INSERT INTO t VALUES (1)");
        using var reader = _world.Open(mode);
        Execute(reader, "BEGIN");
        Assert.Equal("1", Ask(reader, "SELECT count(*) FROM t"));
        Execute(writer, "INSERT INTO t VALUES (2)");
        Assert.Equal("1", Ask(reader, "SELECT count(*) FROM t"));
        Execute(reader, "COMMIT");
        Assert.Equal("2", Ask(reader, "SELECT count(*) FROM t"));
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public void There_is_one_writer_at_a_time(string mode)
    {
        using var first = _world.OpenDurable(mode);
        Execute(first, "CREATE TABLE t (v)");
        using var second = _world.Open();
        Execute(first, "BEGIN IMMEDIATE");
        Assert.Equal(raw.SQLITE_BUSY, raw.sqlite3_exec(second.Handle, "BEGIN IMMEDIATE"));
        Assert.Equal("0", Ask(second, "SELECT count(*) FROM t"));
        Execute(first, "COMMIT");
        Execute(second, "BEGIN IMMEDIATE; INSERT INTO t VALUES (1); COMMIT");
        Assert.Equal("1", Ask(first, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void Without_a_log_a_commit_waits_for_the_readers_and_keeps_new_ones_out()
    {
        using var writer = _world.OpenDurable("DELETE");
        Execute(writer, "CREATE TABLE t (v)");
        using var reader = _world.Open();
        using var late = _world.Open();
        Execute(reader, "BEGIN; SELECT count(*) FROM t");
        Execute(writer, "BEGIN; INSERT INTO t VALUES (1)");
        Assert.Equal(raw.SQLITE_BUSY, raw.sqlite3_exec(writer.Handle, "COMMIT"));
        Assert.Equal(raw.SQLITE_BUSY, raw.sqlite3_exec(late.Handle, "SELECT count(*) FROM t"));
        Execute(reader, "COMMIT");
        Execute(writer, "COMMIT");
        Assert.Equal("1", Ask(late, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void A_checkpoint_moves_the_log_into_the_database_and_waits_for_readers()
    {
        using var writer = _world.OpenDurable("WAL");
        Execute(writer, "CREATE TABLE t (v)");
        using var reader = _world.Open();
        Execute(reader, "BEGIN; SELECT count(*) FROM t");
        Execute(writer, "INSERT INTO t VALUES (zeroblob(100000))");
        Assert.Equal(raw.SQLITE_BUSY, Truncate(writer));
        Assert.InRange(Length("journal.db-wal"), 100_000, 200_000);
        Execute(reader, "COMMIT");
        Assert.Equal(raw.SQLITE_OK, Truncate(writer));
        Assert.Equal(0, Length("journal.db-wal"));
        Assert.InRange(Length("journal.db"), 100_000, 200_000);
        Assert.Equal("1", Ask(reader, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void What_a_sort_spills_does_not_touch_the_disk()
    {
        using var connection = _world.Open();
        Execute(connection, "PRAGMA cache_size = 10; PRAGMA temp_store = FILE");
        Execute(connection, "CREATE TEMP TABLE t AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL "
            + "SELECT i + 1 FROM n WHERE i < 5000) SELECT i, printf('%0500d', i * 7919 % 5000) AS v FROM n");
        Assert.Equal("5000", Ask(connection, "SELECT count(*) FROM (SELECT v FROM t ORDER BY v)"));
        Assert.Equal(4999.ToString("D500", CultureInfo.InvariantCulture), Ask(connection, "SELECT max(v) FROM t"));
        Assert.Equal(["journal.db"], _world.Disk.List(""));
        Assert.Equal(0, Length("journal.db"));
    }

    [Fact]
    public void Dates_come_from_the_clock_that_was_given()
    {
        using var vfs = new DiskVfs("dates", _world.Disk, new Random(1), new FixedTime());
        using var connection = new SqliteConnection($"Data Source={vfs.DataSource("a.db")};Pooling=False");
        connection.Open();
        Assert.Equal("2031-02-03 04:05:06", Ask(connection, "SELECT datetime('now')"));
    }

    [Fact]
    public void Worlds_with_other_names_have_other_files_and_locks()
    {
        using var other = new SqliteWorld("another-world");
        using var here = _world.OpenDurable("WAL");
        using var there = other.OpenDurable("WAL");
        Execute(here, "CREATE TABLE here (v); BEGIN IMMEDIATE");
        Execute(there, "BEGIN IMMEDIATE; CREATE TABLE there (v); COMMIT");
        Assert.Equal("here", Ask(here, "SELECT group_concat(name) FROM sqlite_schema"));
        Assert.Equal("there", Ask(there, "SELECT group_concat(name) FROM sqlite_schema"));
    }

    [Fact]
    public void A_connection_may_outlive_its_world()
    {
        var world = new SqliteWorld("ended");
        var connection = world.OpenDurable("WAL");
        Execute(connection, "CREATE TABLE t (v)");
        world.Dispose();
        Execute(connection, "INSERT INTO t VALUES (1)");
        connection.Dispose();
        using var again = new SqliteWorld("ended");
        Assert.Throws<SqliteException>(() => again.Open(SqliteOpenMode.ReadOnly));
    }

    private static int Truncate(SqliteConnection connection) => raw.sqlite3_wal_checkpoint_v2(
        connection.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);

    private long Length(string path)
    {
        using var file = _world.Disk.Open(path, DiskAccess.Read);
        return file.LengthBytes;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);
    }
}
