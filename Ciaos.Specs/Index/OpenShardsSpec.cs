using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class OpenShardsSpec
{
    private static readonly string Old = IndexNode.KeyOf(3, "old");
    private static readonly string New = IndexNode.KeyOf(9, "new");
    private static readonly string Near = IndexNode.KeyOf(3, "near");

    [Fact]
    public async Task Readers_see_every_write_once_it_is_acknowledged()
    {
        await using var node = await IndexNode.StartAsync();
        Assert.IsType<KeyNotFound>(await node.Lookup(Old));
        for (var id = 1; id <= 20; id++)
        {
            var stored = Assert.IsType<Stored>(await node.Put(Old, id, PutMode.Upsert));
            var found = Assert.IsType<Found>(Find(node, Old));
            Assert.Equal((stored.Object, IndexNode.Content(id).Segments[0]), (found.Object, found.Segments.Single()));
        }

        await node.Delete(Old);
        Assert.IsType<KeyNotFound>(Find(node, Old));
    }

    [Fact]
    public async Task An_append_is_seen_though_only_the_shard_knows_all_segments()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put(Old);
        Assert.NotNull(Find(node, Old));
        await node.Append(Old);
        Assert.Null(Find(node, Old));
        Assert.Equal(2, (await node.ReadAll(Old)).Count);
    }

    [Fact]
    public async Task A_rename_within_a_shard_is_seen_when_it_is_acknowledged()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put(Old);
        Assert.IsType<Renamed>(await node.Rename(Old, Near));
        Assert.IsType<KeyNotFound>(Find(node, Old));
        Assert.IsType<Found>(Find(node, Near));
    }

    // Volumes do not record what the other shard has taken: so the rename stays half-way.
    [Fact]
    public async Task While_a_key_moves_to_another_shard_nobody_is_told_its_old_state()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.record-timeout = 1h");
        await node.Put(Old);
        Assert.IsType<Found>(Find(node, Old));
        var arrived = new TaskCompletionSource();
        node.Volumes = needle =>
        {
            if (EventNeedle.Decode(needle.Data.Span)[0].Stream != 10) return IndexNode.Stored(needle);
            arrived.TrySetResult();
            return null;
        };
        _ = node.TryRename(Old, New);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Null(Find(node, Old));
        await node.KillAsync();

        node.Volumes = IndexNode.Stored;
        await node.StartAgainAsync();
        Assert.IsType<KeyNotFound>(await node.Lookup(Old));
        Assert.IsType<KeyNotFound>(Find(node, Old));
        Assert.IsType<Found>(await node.Lookup(New));
        Assert.IsType<Found>(Find(node, New));
    }

    [Fact]
    public async Task Nobody_is_let_in_where_the_shard_has_stopped()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put(Old);
        var stopped = node.Index;
        await node.StopAsync();
        Assert.Null(stopped.OpenShards.Find(IndexNode.Bucket, IndexNode.Key(Old), forReading: true));
        await node.StartAgainAsync();
        Assert.Null(Find(node, Old));
        await node.Lookup(Old);
        Assert.IsType<Found>(Find(node, Old));
    }

    // Its next life may have more in the journal than its last one has told anybody.
    [Fact]
    public async Task A_shard_that_has_failed_leaves_nothing_to_readers()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.restart-backoff-min = 10s");
        await node.Put(Old);
        Assert.NotNull(Find(node, Old));
        await node.Ask(new Nonsense(IndexNode.Bucket, IndexNode.Key(Old)));
        Assert.IsType<Failed>(await node.Lookup(Old));
        Assert.Null(Find(node, Old));
    }

    [Fact]
    public async Task Who_still_has_a_shard_that_stops_is_answered_by_its_keeper()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.restart-backoff-min = 10s");
        var shard = node.Index.OpenShards.ShardOf(IndexNode.Bucket, IndexNode.Key(Old))!;
        Assert.IsType<KeyNotFound>(await shard.Ask<IReply>(new Lookup(IndexNode.Bucket, IndexNode.Key(Old), true)));
        await node.Ask(new Nonsense(IndexNode.Bucket, IndexNode.Key(Old)));
        Assert.IsType<Failed>(await node.Lookup(Old));
        Assert.Null(node.Index.OpenShards.ShardOf(IndexNode.Bucket, IndexNode.Key(Old)));
        Assert.IsType<Failed>(await shard.Ask<IReply>(
            new Lookup(IndexNode.Bucket, IndexNode.Key(Old), true), TimeSpan.FromSeconds(20)));
    }

    private static IReply? Find(IndexNode node, string key) =>
        node.Index.OpenShards.Find(IndexNode.Bucket, IndexNode.Key(key), forReading: true);

    private sealed record Nonsense(Ciaos.Storage.BucketId Bucket, Ciaos.Storage.ObjectKey Key) : IKeyCommand;
}
