using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ciaos.Specs.Index.Catalog;

public sealed class CatalogReadersSpec : IDisposable
{
    private static readonly KeyName A = new(new BucketId(1), ObjectKey.Create("a"));

    private readonly CatalogFixture _catalog = new("sqlite");

    [Fact]
    public void A_look_up_sees_all_that_was_committed_before_it()
    {
        Assert.Null(_catalog.Readers.Find(A));
        _catalog.Apply(0, CatalogFixture.Put("a"));
        Assert.Equal(1, _catalog.Readers.Find(A)!.Record.Version);
        for (var version = 2; version < 10; version++)
        {
            _catalog.Apply(0, CatalogFixture.Put("a"));
            Assert.True(_catalog.Readers.TryFind(A, out var found));
            Assert.Equal(version, found!.Record.Version);
        }
    }

    [Fact]
    public void Nobody_waits_for_a_connection_who_must_not()
    {
        var isTaken = _catalog.Readers.Read(_ => _catalog.Readers.Read(_ => !_catalog.Readers.TryFind(A, out var _)));
        Assert.True(isTaken);
        Assert.True(_catalog.Readers.TryFind(A, out var state));
        Assert.Null(state);
    }

    // The log begins anew only where no reader sees an older state of the catalog.
    [Fact]
    public void Look_ups_do_not_hold_up_the_log()
    {
        _catalog.Apply(0, CatalogFixture.Put("a"));
        Assert.NotNull(_catalog.Readers.Find(A));
        _catalog.Apply(0, CatalogFixture.Put("a"));
        Assert.True(LogBeginsAnew());
    }

    [Fact]
    public void Look_ups_while_something_is_written_do_not_either()
    {
        _catalog.Apply(0, CatalogFixture.Put("a"));
        _catalog.Database.Changes.Begin();
        Assert.NotNull(_catalog.Readers.Find(A));
        Write("INSERT INTO usage (bucket, objects, bytes) VALUES (99, 1, 1)");
        Assert.True(LogBeginsAnew());
        _catalog.Database.Changes.End();
        Assert.NotNull(_catalog.Readers.Find(A));
    }

    // A listing has a transaction of its own.
    [Fact]
    public void A_look_up_may_be_followed_by_anything_else_on_the_same_connection()
    {
        Assert.Null(_catalog.Readers.Find(A));
        Assert.Equal(0, _catalog.Readers.Read(reader => reader.InSnapshot(() => reader.AppliedSequence("none"))));
        _catalog.Apply(0, CatalogFixture.Put("a"));
        Assert.NotNull(_catalog.Readers.Read(reader => reader.FindObject(A)));
    }

    public void Dispose() => _catalog.Dispose();

    private bool LogBeginsAnew() => Write("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    private long? Write(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_catalog.Settings.Location};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA busy_timeout = 0; {sql}";
        command.CommandTimeout = 1;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            if (row.FieldCount > 1) return row.GetInt64(0);
            if (!row.NextResult()) break;
        }

        return null;
    }
}
