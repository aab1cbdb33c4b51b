using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class IndexShardActorSpec
{
    [Fact]
    public async Task Many_keys_are_looked_up_at_once_but_for_those_that_need_a_question_of_their_own()
    {
        await using var node = await IndexNode.StartAsync();
        var (small, appended, large) = (IndexNode.KeyOf(3, "s"), IndexNode.KeyOf(3, "a"), IndexNode.KeyOf(3, "l"));
        var elsewhere = IndexNode.KeyOf(4, "e");
        await node.Put(small);
        await node.Put(appended);
        await node.Append(appended, segments: 2);
        await node.Put(large, segments: LookupMany.MaxSegments + 1);
        await node.Put(elsewhere);
        string[] keys = [small, IndexNode.KeyOf(3, "none"), appended, small, large, elsewhere];

        var reply = await node.Ask(new LookupMany(IndexNode.Bucket, [.. keys.Select(IndexNode.Key)]));

        var replies = Assert.IsType<FoundMany>(reply).Replies;
        Assert.Equal(await node.Lookup(small), replies[0], Same);
        Assert.Equal(KeyNotFound.Instance, replies[1]);
        Assert.Equal(await node.Lookup(appended), replies[2], Same);
        Assert.Equal(replies[0], replies[3], Same);
        Assert.Equal((null, null, 6), (replies[4], replies[5], replies.Length));
    }

    [Fact]
    public async Task What_was_acknowledged_is_found_and_listed_before_and_after_a_restart()
    {
        await using var node = await IndexNode.StartAsync();
        var stored = Assert.IsType<Stored>(await node.Put("a", id: 5, segments: 3));
        Assert.True(stored.WasCreated);
        Assert.Equal(30, stored.Object.SizeBytes);
        for (var i = 0; i < 2; i++)
        {
            var found = Assert.IsType<Found>(await node.Lookup("a"));
            Assert.Equal(stored.Object.ETag, found.Object.ETag);
            Assert.Equal(IndexNode.Content(5, 3).Segments.ToArray(), found.Segments.ToArray());
            Assert.Null(found.Ticket);
            Assert.Equal(["a"], node.Listed());
            await node.RestartAsync();
        }
    }

    [Fact]
    public async Task A_created_key_exists_and_a_missing_one_cannot_be_replaced_appended_to_or_deleted()
    {
        await using var node = await IndexNode.StartAsync();
        Assert.IsType<KeyNotFound>(await node.Lookup("a"));
        Assert.IsType<KeyNotFound>(await node.Put("a", mode: PutMode.Replace));
        Assert.IsType<KeyNotFound>(await node.Append("a"));
        Assert.IsType<KeyNotFound>(await node.Delete("a"));
        Assert.IsType<KeyNotFound>(await node.Rename("a", "b"));
        Assert.IsType<Stored>(await node.Put("a", id: 7));
        Assert.Equal(7, Assert.IsType<KeyExists>(await node.Put("a", id: 8)).Object.Id.Value);
        Assert.False(Assert.IsType<Stored>(await node.Put("a", id: 9, PutMode.Upsert)).WasCreated);
    }

    [Fact]
    public async Task Of_many_who_create_a_key_at_once_one_succeeds_and_the_others_are_told_who_it_was()
    {
        await using var node = await IndexNode.StartAsync();
        var replies = await Task.WhenAll(Enumerable.Range(1, 50).Select(id => node.Put("a", id)));
        var winner = Assert.Single(replies.OfType<Stored>());
        Assert.Equal(49, replies.OfType<KeyExists>().Count(reply => reply.Object.ETag == winner.Object.ETag));
    }

    [Fact]
    public async Task Ten_thousand_appends_of_sixteen_clients_at_once_all_survive()
    {
        const int Clients = 16;
        const int Appends = 10_000 / Clients;
        await using var node = await IndexNode.StartAsync();
        await node.Put("a", id: 1);
        var replies = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var counts = new List<long>();
            for (var i = 0; i < Appends; i++)
            {
                var reply = await node.Append("a", 2 + client + (i * Clients));
                counts.Add(Assert.IsType<Stored>(reply).Object.SegmentCount);
            }

            return counts;
        }));
        Assert.All(replies, counts => Assert.Equal(counts.Order().ToList(), counts));
        Assert.Equal(
            Enumerable.Range(2, Clients * Appends).ToList(),
            replies.SelectMany(counts => counts).Order().Select(count => (int)count).ToList());
        await node.RestartAsync();
        var segments = await node.ReadAll("a");
        Assert.Equal((Clients * Appends) + 1, segments.Count);
        Assert.Equal(
            Enumerable.Range(1, (Clients * Appends) + 1).Select(id => IndexNode.Content(id).Segments[0]).ToHashSet(),
            segments.ToHashSet());
    }

    [Fact]
    public async Task A_deleted_key_is_not_found_any_more()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put("a", id: 5);
        Assert.Equal(5, Assert.IsType<Deleted>(await node.Delete("a")).Object.Id.Value);
        Assert.IsType<KeyNotFound>(await node.Lookup("a"));
        Assert.Empty(node.Listed());
    }

    [Fact]
    public async Task A_large_object_is_read_in_pages_as_it_was_though_it_is_replaced_meanwhile()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.purge-rows = 1");
        await node.Put("a", id: 1, segments: 1000);
        var found = Assert.IsType<Found>(await node.Lookup("a"));
        Assert.Equal(256, found.Segments.Length);
        await node.Put("a", id: 2, PutMode.Replace);
        await node.Append("a", 3, 300);
        await node.Delete("a");

        var expected = IndexNode.Content(1, 1000).Segments;
        var page = Assert.IsType<SegmentPage>(await node.Ask(
            new ReadSegments(IndexNode.Bucket, IndexNode.Key("a"), found.Ticket!, 900)));
        Assert.Equal(expected.Skip(900).ToArray(), page.Segments.ToArray());
        page = Assert.IsType<SegmentPage>(await node.Ask(
            new SeekSegments(IndexNode.Bucket, IndexNode.Key("a"), found.Ticket!, 4567)));
        Assert.Equal((456, 4560), (page.FirstOrdinal, page.FirstOffsetBytes));

        node.Index.Region.Tell(new EndRead(IndexNode.Bucket, IndexNode.Key("a"), found.Ticket!), null!);
        var ended = Assert.IsType<Failed>(await node.Ask(
            new ReadSegments(IndexNode.Bucket, IndexNode.Key("a"), found.Ticket!, 0)));
        Assert.Equal(FailReason.TicketExpired, ended.Reason);
    }

    [Fact]
    public async Task A_shard_takes_no_more_commands_than_it_may_hold_unanswered()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index { max-pending = 3, record-timeout = 2s }");
        var keys = Enumerable.Range(0, 4).Select(i => IndexNode.KeyOf(3, $"k{i}-")).ToList();
        foreach (var key in keys) await node.Put(key);
        node.Volumes = _ => null;
        var before = node.Needles.Count;
        var deletions = keys.Take(3).Select(node.Delete).ToList();
        while (node.Needles.Count == before) await Task.Yield();
        Assert.Equal(FailReason.Overloaded, Assert.IsType<Failed>(await node.Delete(keys[3])).Reason);
        Assert.IsType<Found>(await node.Lookup(keys[3]));
        await Task.WhenAll(deletions);
    }

    [Fact]
    public async Task A_look_up_that_is_to_be_settled_waits_for_what_is_under_way_with_the_key()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.record-timeout = 300ms");
        node.Volumes = _ => null;
        var before = node.Needles.Count;
        var put = node.Put("a");
        while (node.Needles.Count == before) await Task.Yield();
        var settled = new Lookup(IndexNode.Bucket, IndexNode.Key("a"), ForReading: false, Settled: true);
        Assert.IsType<Found>(await node.Ask(settled));
        Assert.IsType<Stored>(await put);
    }

    [Fact]
    public async Task The_catalog_can_be_deleted_and_is_made_anew_from_the_journal()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.batch-max-events = 7");
        for (var i = 0; i < 60; i++) await node.Put($"key{i}", i, segments: 1 + (i % 30));
        for (var i = 0; i < 60; i += 3) await node.Append($"key{i}", 100 + i, 20);
        for (var i = 0; i < 60; i += 4) await node.Delete($"key{i}");
        for (var i = 1; i < 60; i += 4) await node.Rename($"key{i}", $"new{i}");
        var before = node.Listing.List(IndexNode.Bucket, "", "", 1000).Objects;
        await node.StopAsync();
        node.DeleteFiles("catalog.db*");
        await node.StartAgainAsync();
        var after = node.Listing.List(IndexNode.Bucket, "", "", 1000).Objects;
        Assert.Equal(45, before.Count);
        Assert.Equal(before, after);
    }

    [Fact]
    public async Task An_owner_gets_one_bucket_for_ever_and_no_two_the_same()
    {
        await using var node = await IndexNode.StartAsync();
        Assert.IsType<BucketProtocol.NoSuchBucket>(await node.Resolve("alice", create: false));
        var replies = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => node.Resolve($"user{i % 20}", create: true)));
        var buckets = replies.Select(IdOf).Distinct().ToList();
        Assert.Equal(20, buckets.Count);
        Assert.Equal(20, buckets.DistinctBy(resolved => resolved.Id).Count());
        await node.RestartAsync();
        foreach (var resolved in buckets)
            Assert.Equal(resolved, IdOf(await node.Resolve(resolved.Owner, create: false)));
        var next = IdOf(await node.Resolve("another", create: true));
        Assert.DoesNotContain(next.Id, buckets.Select(resolved => resolved.Id));
        Assert.IsType<Failed>(await node.Resolve("with\nnewline", create: true));
    }

    private static (string Owner, BucketId Id) IdOf(object reply)
    {
        var bucket = Assert.IsType<BucketProtocol.Resolved>(reply).Bucket;
        return (bucket.Owner, bucket.Id);
    }

    private static bool Same(IReply? one, IReply? other) =>
        one is Found first && other is Found second && first.Object == second.Object
        && first.Segments.SequenceEqual(second.Segments) && first.Ticket is null && second.Ticket is null;
}
