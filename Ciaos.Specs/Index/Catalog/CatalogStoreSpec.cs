using System.Diagnostics;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Index.Catalog;

public class CatalogStoreSpec
{
    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory, MemberData(nameof(Backends))]
    public void An_object_is_found_as_it_was_put(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(3, CatalogFixture.Put("a", segments: 2));
        catalog.Reopen();
        var found = catalog.Find("a")!;
        Assert.Equal(1, found.Record.Version);
        Assert.Equal(20, found.Record.SizeBytes);
        Assert.Equal(2, found.Record.FileCount);
        Assert.Equal(CatalogFixture.Time(1), found.Record.Created);
        Assert.Equal(CatalogFixture.Time(1), found.Record.Modified);
        Assert.Equal("text/plain", found.Record.Metadata["content-type"]);
        Assert.Equal(CatalogFixture.Segments(2, 10).ToArray(), found.ReadInline().ToArray());
        Assert.Null(found.Move);
        Assert.Null(catalog.Find("b"));
        Assert.Null(catalog.Find("a", bucket: 2));
    }

    [Fact]
    public void A_new_catalog_has_small_pages()
    {
        using var catalog = new CatalogFixture("sqlite");
        catalog.Apply(3, CatalogFixture.Put("a"));
        using var reader = catalog.Database.OpenReader();
        using var command = reader.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        Assert.Equal((long)SqlitePages.Bytes, command.ExecuteScalar());
    }

    [Fact]
    public void A_log_that_has_grown_while_an_old_snapshot_was_read_is_given_back()
    {
        const int checkpointBytes = 64 << 10;
        using var catalog = new CatalogFixture("sqlite", checkpointBytes);
        var log = new FileInfo(catalog.Settings.Location + "-wal");
        catalog.Apply(3, CatalogFixture.Put("a"));
        using (var reader = catalog.Database.OpenReader())
        {
            using var transaction = ((SqliteConnection)reader).BeginTransaction(deferred: true);
            using var command = reader.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT COUNT(*) FROM object";
            Assert.Equal(1L, command.ExecuteScalar());
            for (var i = 0; i < 200; i++) catalog.Apply(3, CatalogFixture.Put($"b{i}", segments: 20));
            log.Refresh();
            Assert.InRange(log.Length, 4 * checkpointBytes, long.MaxValue);
        }

        var waiting = Stopwatch.StartNew();
        while (log.Length > 2 * checkpointBytes)
        {
            Assert.InRange(waiting.Elapsed.TotalSeconds, 0, 30);
            catalog.Apply(3, CatalogFixture.Put("c", segments: 20));
            log.Refresh();
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public void An_append_changes_the_record_and_keeps_what_was_there(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(3, CatalogFixture.Put("a"), CatalogFixture.Append("a", 300), CatalogFixture.Append("a", 1));
        var found = catalog.Find("a")!;
        Assert.Equal((3, 302, 3020), (found.Record.Version, found.Record.SegmentCount, found.Record.SizeBytes));
        Assert.Equal(CatalogFixture.Time(2), found.Record.Modified);
        Assert.Equal(CatalogFixture.Time(1), found.Record.Created);
        Assert.Equal([1L, 257L, 301L], Runs(catalog, 3, found).Select(run => run.FirstOrdinal));
        Assert.Equal([10L, 2570L, 3010L], Runs(catalog, 3, found).Select(run => run.FirstOffsetBytes));
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_batch_that_does_not_follow_upon_the_last_is_refused_whole(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(3, CatalogFixture.Put("a"));
        var bucket = new CatalogChange.SetBucket(new BucketProtocol.BucketInfo(
            new BucketId(9), "alice", "alice", CatalogFixture.Time(1), ObjectMetadata.None, 1));
        var late = new CatalogBatch("index-shard-3", 3, 2, 3, [bucket]);
        var again = new CatalogBatch("index-shard-3", 3, 0, 1, [bucket]);
        var good = new CatalogBatch("index-shard-4", 4, 0, 1, [bucket]);
        Assert.Throws<CatalogOutOfStepException>(() => catalog.Store.Apply([good, late]));
        Assert.Throws<CatalogOutOfStepException>(() => catalog.Store.Apply([again]));
        Assert.Null(catalog.Readers.Read(reader => reader.Buckets.Find("alice")));
        Assert.Equal(0, catalog.Readers.Read(reader => reader.AppliedSequence("index-shard-4")));

        catalog.Store.Apply([good]);
        Assert.Equal(new BucketId(9), catalog.Readers.Read(reader => reader.Buckets.Find("alice"))!.Id);
        Assert.Equal(new BucketId(9), catalog.Readers.Read(reader => reader.Buckets.Last()));
    }

    [Theory, MemberData(nameof(Backends))]
    public void Rows_of_a_deleted_or_replaced_object_stay_until_they_are_purged_step_by_step(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(3, CatalogFixture.Put("a", 600), CatalogFixture.Put("b", 600), CatalogFixture.Put("c", 3));
        var (a, b) = (catalog.Find("a")!, catalog.Find("b")!);
        catalog.Apply(3, CatalogFixture.Delete("a"), CatalogFixture.Put("b"), CatalogFixture.Delete("c"));

        Assert.Equal([1L, 2L], catalog.Readers.Read(reader => reader.EndedContents(3, 0, 10)));
        Assert.Equal([2L], catalog.Readers.Read(reader => reader.EndedContents(3, 1, 10)));
        Assert.Equal(3, Runs(catalog, 3, a).Count);
        Assert.True(catalog.Store.Purge(3, 1, 2));
        Assert.Single(Runs(catalog, 3, a));
        Assert.False(catalog.Store.Purge(3, 1, 2));
        Assert.Empty(Runs(catalog, 3, a));
        Assert.Equal(3, Runs(catalog, 3, b).Count);
        Assert.Equal([2L], catalog.Readers.Read(reader => reader.EndedContents(3, 0, 10)));
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_rename_within_the_shard_keeps_the_content_where_it_is(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(3, CatalogFixture.Put("a", 20), CatalogFixture.Append("a"));
        var before = catalog.Find("a")!;
        catalog.Apply(3, new ObjectRenamed(
            new BucketId(1), ObjectKey.Create("a"), CatalogFixture.Time(3), ObjectKey.Create("b")));
        Assert.Null(catalog.Find("a"));
        var found = catalog.Find("b")!;
        Assert.Equal(before.ContentSequence, found.ContentSequence);
        Assert.Equal(before.Record with { Key = ObjectKey.Create("b"), Version = 3, Metadata = found.Record.Metadata },
            found.Record);
        Assert.Equal(2, Runs(catalog, 3, found).Count);
        Assert.Empty(catalog.Readers.Read(reader => reader.EndedContents(3, 0, 10)));
    }

    [Theory, MemberData(nameof(Backends))]
    public void Renames_under_way_are_known_after_a_restart(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(3, CatalogFixture.Put("a"), CatalogFixture.Put("b"), Start("b", "z"), Start("a", "y"));
        catalog.Reopen();
        var moving = catalog.Readers.Read(reader => reader.Moving(3));
        Assert.Equal([new PendingMove(3, ObjectKey.Create("z")), new PendingMove(4, ObjectKey.Create("y"))],
            moving.Select(state => state.Move!));
        Assert.Empty(catalog.Readers.Read(reader => reader.Moving(4)));

        catalog.Apply(3, new RenameAborted(new BucketId(1), ObjectKey.Create("b"), CatalogFixture.Time(4), 3));
        Assert.Single(catalog.Readers.Read(reader => reader.Moving(3)));
        Assert.Null(catalog.Find("b")!.Move);
    }

    [Theory, MemberData(nameof(Backends))]
    public void Another_number_of_shards_is_refused_with_the_number_that_is_needed(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Store.Apply([new CatalogBatch("buckets", -1, 0, 1, [new CatalogChange.SetShards(16)])]);
        var wrong = Assert.Throws<CatalogLayoutException>(
            () => CatalogStore.Open(CatalogDatabase.From(catalog.Settings), 32));
        Assert.Equal(
            "ciaos.index.shards is 32, but the index was created with 16 shards. "
            + "The number cannot be changed later: set ciaos.index.shards = 16.",
            wrong.Message);
    }

    internal static RenameStarted Start(string key, string newKey) =>
        new(new BucketId(1), ObjectKey.Create(key), CatalogFixture.Time(3), ObjectKey.Create(newKey));

    private static List<SegmentRun> Runs(CatalogFixture catalog, int shard, ObjectState state) =>
        catalog.Readers.Read(reader => reader.Runs(shard, state.ContentSequence, 0, 1000).ToList());
}
