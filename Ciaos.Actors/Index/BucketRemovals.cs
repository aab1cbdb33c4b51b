using Akka.Actor;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// Buckets that are to be deleted. First all shards are told to write nothing more into the bucket; each answers when
/// the catalog has what it wrote before. Only then can the catalog be asked whether the bucket is empty. In the end the
/// shards are told to look into the catalog again, where the bucket is, or is not any more.
/// </summary>
/// <param name="closed">Called when all shards have closed a bucket.</param>
/// <param name="failed">Called when one has not for too long; the bucket is open again.</param>
internal sealed class BucketRemovals(
    ShardContext context, IActorRef self, Action<BucketInfo> closed, Action<BucketInfo> failed)
{
    private readonly Dictionary<BucketId, Removal> _removals = [];

    public void Begin(BucketInfo bucket)
    {
        var shards = Enumerable.Range(0, context.Settings.Shards).ToHashSet();
        _removals.Add(bucket.Id, new Removal(bucket, shards, context.Time.GetTimestamp()));
        foreach (var shard in shards) context.Region().Tell(new ShardProtocol.CloseBucket(shard, bucket.Id), self);
    }

    public void Closed(ShardProtocol.BucketClosed answer)
    {
        if (!_removals.TryGetValue(answer.Bucket, out var removal) || !removal.Open.Remove(answer.Shard)) return;
        if (removal.Open.Count > 0) return;
        closed(removal.Bucket);
    }

    /// <summary>It is decided what becomes of the bucket.</summary>
    public void End(BucketId bucket)
    {
        if (!_removals.Remove(bucket)) return;
        for (var shard = 0; shard < context.Settings.Shards; shard++)
            context.Region().Tell(new ShardProtocol.OpenBucket(shard, bucket), self);
    }

    /// <summary>What was closed before this actor started is open again. When the node itself starts nothing is, and
    /// there may be no way to the shards yet.</summary>
    public void Reset()
    {
        if (context.Region() is not { } region) return;
        for (var shard = 0; shard < context.Settings.Shards; shard++)
            region.Tell(new ShardProtocol.OpenBuckets(shard), self);
    }

    /// <summary>To be called now and then: gives up what has lasted too long.</summary>
    public void Tick()
    {
        foreach (var removal in _removals.Values.Where(IsOverdue).ToList())
        {
            End(removal.Bucket.Id);
            failed(removal.Bucket);
        }
    }

    private bool IsOverdue(Removal removal) =>
        removal.Open.Count > 0 && context.Time.GetElapsedTime(removal.Since) >= context.Settings.BucketCloseTimeout;

    /// <param name="Open">The shards that have not answered yet.</param>
    private sealed record Removal(BucketInfo Bucket, HashSet<int> Open, long Since);
}
