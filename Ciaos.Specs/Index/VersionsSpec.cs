using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class VersionsSpec
{
    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary<string, string>.Empty;

    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddYears(56);

    [Fact]
    public async Task Version_ids_are_text_that_comes_back_and_nothing_else_is_one()
    {
        await using var node = await IndexNode.StartAsync();
        var id = (await Put(node, "a", 1)).VersionId;
        Assert.True(VersionId.TryParse(id.ToString(), out var same));
        Assert.Equal((id, 32), (same, id.ToString().Length));
        Assert.Equal("null", default(VersionId).ToString());
        Assert.True(VersionId.TryParse("null", out var none) && none.IsNull);
        foreach (var wrong in new[]
        {
            "", "NULL", id.ToString().ToUpperInvariant() + "A", id.ToString()[1..], new string('0', 32),
            new string('f', 32), new string('g', 32), " " + id.ToString()[1..],
        })
            Assert.False(VersionId.TryParse(wrong, out _), wrong);
    }

    [Fact]
    public async Task Many_changes_of_one_key_at_once_are_done_one_after_the_other()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.batch-max-events = 3");
        var first = await Put(node, "a", 1);
        var second = await Put(node, "a", 2);
        var replies = await Task.WhenAll(
            node.Ask(Delete("a", second.VersionId)), node.Ask(PutOf("a", 3)), node.Ask(Delete("a", first.VersionId)),
            node.Ask(Delete("a", first.VersionId)), node.Ask(PutOf("a", 4)));
        Assert.Equal(
            [typeof(VersionDeleted), typeof(Stored), typeof(VersionDeleted), typeof(KeyNotFound), typeof(Stored)],
            replies.Select(reply => reply.GetType()));
        Assert.Equal([new ObjectId(4), new ObjectId(3)], Listed(node).Select(record => record.Id));
    }

    [Fact]
    public async Task A_version_that_is_being_read_can_be_read_to_its_end_though_it_is_deleted()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index { purge-rows = 1, read-ticket-idle = 1h }");
        var version = await Put(node, "a", 1, segments: 700);
        await Put(node, "a", 2);
        var found = Assert.IsType<Found>(await node.Lookup("a", version.VersionId));
        Assert.IsType<VersionDeleted>(await node.Ask(Delete("a", version.VersionId)));
        Assert.IsType<KeyNotFound>(await node.Lookup("a", version.VersionId));
        Assert.Equal(IndexNode.Content(1, 700).Segments, await node.ReadAll(found));
    }

    [Fact]
    public async Task Rows_of_what_is_gone_for_good_go_too()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.purge-rows = 1");
        var version = await Put(node, "a", 1, segments: 700);
        await Put(node, "a", 2);
        var upload = await Begin(node, "b");
        await PutPart(node, "b", upload, 1, 3, segments: 600);
        await PutPart(node, "b", upload, 1, 4, segments: 600);
        await PutPart(node, "b", upload, 2, 5, segments: 600);
        Assert.NotEqual(0L, Count(node, "segment"));
        await node.Ask(Delete("a", version.VersionId));
        await node.Ask(new AbortMultipart(IndexNode.Bucket, IndexNode.Key("b"), upload));
        for (var tries = 0; Count(node, "segment") + Count(node, "ended_content") > 0; tries++)
        {
            Assert.True(tries < 1000);
            await node.Lookup("a");
        }

        Assert.Equal((0L, 0L), (Count(node, "part"), Count(node, "upload")));
    }

    [Fact]
    public async Task An_upload_is_completed_once_and_its_parts_may_come_all_at_once()
    {
        await using var node = await IndexNode.StartAsync();
        var upload = await Begin(node, "a");
        var parts = await Task.WhenAll(
            Enumerable.Range(1, 40).Select(number => PutPart(node, "a", upload, number, 100 + number)));
        var complete = new CompleteMultipart(
            IndexNode.Bucket, IndexNode.Key("a"), upload,
            [.. parts.Select(part => new PartRef(part.Number, part.Sequence))], Precondition.None, NoMetadata);
        var replies = await Task.WhenAll(node.Ask(complete), node.Ask(complete));
        var stored = Assert.Single(replies.OfType<Stored>()).Object;
        Assert.Single(replies.OfType<UploadNotFound>());
        Assert.Equal((400L, 1L, 40L), (stored.SizeBytes, stored.FileCount, stored.SegmentCount));
        Assert.Equal(
            Enumerable.Range(101, 40).Select(id => 4096L + (id * 1024)),
            (await node.ReadAll("a")).Select(segment => segment.Needle.OffsetBytes));
        Assert.IsType<UploadNotFound>(await node.Ask(PartOf("a", upload, 1, 9)));
        Assert.IsType<UploadNotFound>(await node.Ask(PartOf("b", upload, 1, 9)));
    }

    [Fact]
    public async Task A_precondition_holds_for_completing_too()
    {
        await using var node = await IndexNode.StartAsync();
        var upload = await Begin(node, "a");
        var part = await PutPart(node, "a", upload, 1, 5);
        await node.Put("a");
        var complete = new CompleteMultipart(
            IndexNode.Bucket, IndexNode.Key("a"), upload, [new PartRef(1, part.Sequence)],
            new Precondition(null, ["*"]), NoMetadata);
        Assert.IsType<PreconditionFailed>(await node.Ask(complete));
        Assert.IsType<Stored>(await node.Ask(complete with { If = Precondition.None }));
    }

    // What a crash leaves: the journal has it, the catalog does not. The deletion reads what the puts before it made.
    [Fact]
    public async Task Events_that_the_catalog_lacks_are_applied_at_the_start_whatever_they_need_of_each_other()
    {
        await using var node = IndexNode.Stopped();
        var (shard, key) = (5, IndexNode.Key(IndexNode.KeyOf(5)));
        ObjectVersionPut PutEvent(int id) => new(
            IndexNode.Bucket, key, At, At, new ObjectId(id), VersioningState.Enabled, NoMetadata,
            IndexNode.Content(id, 300).Segments);
        ObjectVersionDeleted DeleteEvent(int number) => new(
            IndexNode.Bucket, key, At, number, new VersionId(number, new ObjectId(number)));
        var upload = new UploadId(7, new ObjectId(7));
        await node.WriteJournal(
            shard, PutEvent(1), PutEvent(2), PutEvent(3), DeleteEvent(3), DeleteEvent(1),
            new ObjectMarkerPut(IndexNode.Bucket, key, At, new ObjectId(6), VersioningState.Suspended),
            new UploadBegun(IndexNode.Bucket, key, At, new ObjectId(7), "somebody", NoMetadata),
            new UploadPartPut(
                IndexNode.Bucket, key, At, upload, 1, new ObjectId(8), NoMetadata, IndexNode.Content(8).Segments));
        await node.StartAgainAsync();
        Assert.Equal(
            [(default, true), (new VersionId(2, new ObjectId(2)), false)],
            Listed(node).Select(record => (record.VersionId, record.IsDeleteMarker)));
        Assert.Equal(new BucketUsage(1, 3000), node.Listing.GetUsage(IndexNode.Bucket));
        var complete = new CompleteMultipart(
            IndexNode.Bucket, key, upload, [new PartRef(1, 8)], Precondition.None, NoMetadata,
            VersioningState.Enabled);
        Assert.IsType<Stored>(await node.Ask(complete));
        Assert.Equal(3, Listed(node).Count);
    }

    [Fact]
    public async Task A_catalog_of_the_older_format_is_made_anew_from_the_journal()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put("a");
        await node.Resolve("alice", create: true);
        await node.StopAsync();
        Run(node, """
            UPDATE index_layout SET format = 1; DROP TABLE version; DROP TABLE upload; DROP TABLE part;
            DROP TABLE usage; DROP TABLE bucket; DROP TABLE object;
            CREATE TABLE object (bucket BIGINT, key BLOB, PRIMARY KEY (bucket, key));
            CREATE TABLE bucket (id BIGINT PRIMARY KEY, owner VARCHAR(1024) NOT NULL UNIQUE)
            """);
        var recorded = Count(node, "recorded");
        await node.StartAgainAsync();
        Assert.Equal(["a"], node.Listed());
        Assert.IsType<BucketProtocol.Resolved>(await node.Resolve("alice", create: false));
        Assert.Equal(new BucketUsage(1, 10), node.Listing.GetUsage(IndexNode.Bucket));
        Assert.NotEqual(0, recorded);
    }

    private static Put PutOf(string key, int id, int segments = 1) => new(
        IndexNode.Bucket, IndexNode.Key(key), PutMode.Upsert, Precondition.None, IndexNode.Content(id, segments),
        VersioningState.Enabled);

    private static async Task<ObjectRecord> Put(IndexNode node, string key, int id, int segments = 1) =>
        Assert.IsType<Stored>(await node.Ask(PutOf(key, id, segments))).Object;

    private static DeleteVersion Delete(string key, VersionId version) => new(
        IndexNode.Bucket, IndexNode.Key(key), version, Precondition.None, BypassGovernance: false);

    private static async Task<UploadId> Begin(IndexNode node, string key) => Assert.IsType<MultipartBegun>(
        await node.Ask(new BeginMultipart(IndexNode.Bucket, IndexNode.Key(key), "me", NoMetadata))).Upload.Id;

    private static PutPart PartOf(string key, UploadId upload, int number, int id, int segments = 1) => new(
        IndexNode.Bucket, IndexNode.Key(key), upload, number, IndexNode.Content(id, segments));

    private static async Task<PartRecord> PutPart(
        IndexNode node, string key, UploadId upload, int number, int id, int segments = 1) =>
        Assert.IsType<PartStored>(await node.Ask(PartOf(key, upload, number, id, segments))).Part;

    private static List<ObjectRecord> Listed(IndexNode node) =>
        [.. node.Listing.ListVersions(IndexNode.Bucket, new VersionQuery("", "", "", null, 100)).Entries
            .Select(entry => entry.Item!)];

    private static long Count(IndexNode node, string table) => (long)Run(node, $"SELECT COUNT(*) FROM {table}")!;

    private static object? Run(IndexNode node, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={node.CatalogPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
