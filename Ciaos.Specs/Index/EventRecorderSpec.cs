using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Storage.Volumes;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class EventRecorderSpec
{
    private const string Impatient =
        "ciaos.index { record-timeout = 50ms, record-backoff-min = 10ms, record-backoff-max = 20ms }";

    private static readonly string KeyA = IndexNode.KeyOf(3);
    private static readonly string KeyB = IndexNode.KeyOf(3, "other");
    private static readonly string Elsewhere = IndexNode.KeyOf(9);

    [Fact]
    public async Task Every_event_is_in_volumes_with_its_number_before_its_client_is_answered()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Resolve("alice", create: true);
        Assert.Equal([typeof(IndexCreated), typeof(BucketCreated)], Kinds(node, 0));
        await node.Put(KeyA, id: 5);
        await node.Append(KeyA, id: 6);
        await node.Rename(KeyA, KeyB);
        await node.Rename(KeyB, Elsewhere);
        await node.Delete(Elsewhere);
        Assert.Equal(
            [
                typeof(ObjectPut), typeof(ObjectAppended), typeof(ObjectRenamed), typeof(RenameStarted),
                typeof(ObjectRenamedTo),
            ],
            Kinds(node, 4));
        Assert.Equal([typeof(ObjectRenamedFrom), typeof(ObjectDeleted)], Kinds(node, 10));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => (long)i), node.Recorded(4).Keys);
        Assert.All(node.Needles, needle => Assert.Equal(NeedleKind.Events, needle.Kind));
    }

    [Fact]
    public async Task A_client_is_not_answered_before_its_event_is_stored_though_others_may_read_it()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.record-timeout = 1h");
        node.Volumes = _ => null;
        var put = node.Put(KeyA);
        while (await node.Lookup(KeyA) is not Found) await Task.Yield();
        await Until(() => node.Needles.Any(needle => EventNeedle.Decode(needle.Data.Span)[0].Stream == 4));
        Assert.False(put.IsCompleted);
        await node.KillAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_volumes_refuse_or_do_not_answer_clients_are_answered_and_the_events_are_recorded_later(
        bool answers)
    {
        await using var node = await IndexNode.StartAsync(Impatient);
        await node.Put(KeyA);
        node.Volumes = needle => answers
            ? new VolumeProtocol.Rejected(needle.Id, VolumeProtocol.RejectReason.DiskFull, "full")
            : null;
        Assert.IsType<BucketProtocol.Resolved>(await node.Resolve("bob", create: true));
        for (var id = 2; id < 300; id++)
        {
            Assert.IsType<Stored>(await node.Append(KeyA, id));
            if (!answers && id == 4) break;
        }

        Assert.IsType<Deleted>(await node.Delete(KeyA));
        var last = answers ? 300 : 5;
        Assert.Single(node.Recorded(4));
        node.Volumes = IndexNode.Stored;
        await Until(() => node.Recorded(4).Count == last && node.Recorded(0).Count == 2);
        Assert.IsType<ObjectDeleted>(node.Recorded(4)[last]);
    }

    [Fact]
    public async Task What_failed_in_the_midst_of_other_events_is_recorded_later()
    {
        await using var node = await IndexNode.StartAsync(Impatient);
        var count = 0;
        node.Volumes = needle => Interlocked.Increment(ref count) % 3 == 0
            ? new VolumeProtocol.Rejected(needle.Id, VolumeProtocol.RejectReason.DiskFailed, "broken")
            : IndexNode.Stored(needle);
        await node.Put(KeyA);
        for (var id = 2; id <= 40; id++) Assert.IsType<Stored>(await node.Append(KeyA, id));
        await Until(() => node.Recorded(4).Count == 40);
    }

    [Fact]
    public async Task After_an_orderly_stop_nothing_is_recorded_again()
    {
        await using var node = await IndexNode.StartAsync();
        for (var i = 0; i < 50; i++) await node.Put($"key {i}");
        await node.StopAsync();
        var before = node.Needles.Count;
        await node.StartAgainAsync();
        await node.Put("one more");
        Assert.Equal(before + 1, node.Needles.Count);
    }

    [Fact]
    public async Task What_a_crash_or_an_older_version_has_left_unrecorded_is_recorded_after_the_start()
    {
        await using var node = await IndexNode.StartAsync(Impatient);
        node.Volumes = needle =>
            new VolumeProtocol.Rejected(needle.Id, VolumeProtocol.RejectReason.DiskFailed, "broken");
        await node.Put(KeyA);
        for (var id = 2; id <= 250; id++) await node.Append(KeyA, id);
        await node.KillAsync();
        node.Volumes = IndexNode.Stored;
        await node.StartAgainAsync();
        await Until(() => node.Recorded(4).Count == 250);
        await Until(() => node.Recorded(0).Count == 1);
    }

    [Fact]
    public async Task A_catalog_that_was_deleted_costs_only_that_events_are_recorded_twice_with_the_same_bytes()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put(KeyA);
        for (var id = 2; id <= 120; id++) await node.Append(KeyA, id);
        var before = Payloads(node, 4);
        await node.StopAsync();
        node.DeleteFiles("catalog.db*");
        await node.StartAgainAsync();
        await Until(() => Payloads(node, 4).Count == 240);
        Assert.Equal(before.Order(), Payloads(node, 4).Skip(120).Order());
    }

    [Fact]
    public async Task The_note_in_the_catalog_lags_by_no_more_than_a_thousand_events()
    {
        await using var node = await IndexNode.StartAsync(
            "ciaos.index { shards = 1, batch-max-events = 100, catalog.commit-delay = 0ms }");
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => node.Put($"key {i}")));
        await node.KillAsync();
        var before = node.Runs.Sum(run => run.Events.Length);
        var noted = Noted(node, "index-shard-0");
        Assert.InRange(noted, 1000, 3000);
        await node.StartAgainAsync();
        await Until(() => node.Runs.Sum(run => run.Events.Length) == before + 1 + 3000 - noted);
        await node.StopAsync();
        Assert.Equal(3000, Noted(node, "index-shard-0"));
        Assert.Equal(1, Noted(node, "buckets"));
    }

    [Fact]
    public async Task An_event_that_is_too_long_for_a_needle_is_recorded_in_pieces()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put(KeyA, id: 1, segments: 600_000);
        await node.Rename(KeyA, Elsewhere);
        var pieces = node.Runs.Where(run => run is { Stream: 10, Part: not null }).Select(run => run.Part!).ToList();
        Assert.True(pieces.Count > 1);
        var whole = pieces.OrderBy(part => part.Ordinal).SelectMany(part => part.Piece).ToArray();
        var moved = Assert.IsType<ObjectRenamedFrom>(IndexEventCodec.Decode(pieces[0].Manifest, whole));
        Assert.Equal(600_000, moved.Object.SegmentCount);
    }

    [Fact]
    public async Task Events_go_past_the_keepers_of_volumes_to_a_writer_and_the_usual_way_when_it_is_gone()
    {
        await using var node = await IndexNode.StartAsync(Impatient + ", ciaos.index.record-timeout = 1h");
        node.Writer = IndexNode.Stored;
        await Until(async id => await node.Put($"key {id}", id), () => node.SentDirectly >= 10);
        var direct = node.SentDirectly;
        node.Writer = needle =>
            new VolumeProtocol.Rejected(needle.Id, VolumeProtocol.RejectReason.DiskFailed, "the writer has stopped");
        for (var id = 1; id <= 20; id++) Assert.IsType<Stored>(await node.Put($"other {id}", id));
        Assert.True(node.SentDirectly > direct);
        Assert.Equal(
            node.Listed().Count,
            node.Runs.SelectMany(run => run.Events.Select((_, i) => (run.Stream, run.FirstSequence + i)))
                .Distinct().Count(recorded => recorded.Stream > 0));
    }

    private static async Task Until(Func<int, Task> act, Func<bool> holds)
    {
        for (var i = 1; !holds(); i++) await act(i);
    }

    private static List<Type> Kinds(IndexNode node, long stream) =>
        [.. node.Recorded(stream).Values.Select(message => message.GetType())];

    private static List<string> Payloads(IndexNode node, long stream) =>
    [
        .. node.Runs.Where(run => run.Stream == stream)
            .SelectMany(run => run.Events.Select((message, i) =>
                $"{run.FirstSequence + i} {message.Manifest} {Convert.ToHexString(message.Payload)}")),
    ];

    private static long Noted(IndexNode node, string persistenceId)
    {
        using var connection = new SqliteConnection($"Data Source={node.CatalogPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT recorded_sequence FROM recorded WHERE persistence_id = @id";
        command.Parameters.AddWithValue("@id", persistenceId);
        return (long)(command.ExecuteScalar() ?? 0L);
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
