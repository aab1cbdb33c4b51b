using Ciaos.Actors.Feed;
using Ciaos.Actors.Objects;
using Ciaos.Storage;

namespace Ciaos.Http.Events;

/// <summary>
/// One client on its way along the feed. It reads a page of each shard in turn, tells what concerns the client, and
/// reads no more while the client does not take it. When there is no more, it waits for the shards.
/// </summary>
/// <param name="user">Whose keys are told of. A user's first write makes the bucket, and it can be deleted and made
/// anew: so it is looked for again whenever there is something to read, and those that were there before count
/// too.</param>
/// <param name="mayTell">Whether the caller may know of a key.</param>
/// <param name="keepAlive">How often something is sent at least.</param>
internal sealed class EventFollower(
    ChangeFeed feed, ObjectStore store, string user, string prefix, Func<ObjectKey, bool> mayTell, EventWriter writer,
    TimeSpan keepAlive)
{
    /// <summary>The client gets events in portions of so many, however many are read at a time.</summary>
    private const int MaxUnsent = 100;

    private readonly HashSet<BucketId> _buckets = [];
    private long _sentAt = feed.Time.GetTimestamp();

    /// <summary>Called whenever <paramref name="keepAlive"/> has passed; what it throws ends the following.</summary>
    public Action Recheck { get; init; } = () => { };

    /// <summary>Tells everything up to there, and ends.</summary>
    public async Task CatchUpAsync(FeedPosition end, CancellationToken cancellation)
    {
        while (!writer.Position.Reaches(end))
        {
            await ReadOnAsync(end, cancellation);
            await BeatAsync(cancellation);
        }

        if (writer.IsBehind) writer.WritePosition();
        if (writer.HasUnsent) await writer.SendAsync(cancellation);
    }

    /// <summary>Tells everything, and then what happens, until it is cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var growth = feed.Growth();
            var heads = feed.Heads();
            if (!writer.Position.Reaches(heads)) await ReadOnAsync(heads, cancellation);
            else await WaitAsync(growth, cancellation);
            await BeatAsync(cancellation);
        }
    }

    private async Task WaitAsync(Task growth, CancellationToken cancellation)
    {
        var left = keepAlive - feed.Time.GetElapsedTime(_sentAt);
        try
        {
            await growth.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, feed.Time, cancellation);
        }
        catch (TimeoutException)
        {
            return;
        }

        await feed.GatherAsync(cancellation);
    }

    private async Task ReadOnAsync(FeedPosition end, CancellationToken cancellation)
    {
        if (await store.FindBucketAsync(user, cancellation) is { } bucket) _buckets.Add(bucket.Id);
        for (var shard = 0; shard < end.Shards; shard++)
        {
            if (writer.Position[shard] < end[shard]) await ReadPageAsync(shard, end[shard], cancellation);
        }
    }

    private async Task ReadPageAsync(int shard, long upTo, CancellationToken cancellation)
    {
        var page = await feed.ReadAsync(shard, writer.Position[shard], upTo, cancellation);
        var unsent = 0;
        foreach (var change in page.Changes)
        {
            if (await FindTellableAsync(change, cancellation) is not { } tellable) continue;
            writer.Write(shard, tellable);
            if (++unsent % MaxUnsent == 0) await SendAsync(cancellation);
        }

        writer.Pass(shard, page.Last);
        if (writer.HasUnsent) await SendAsync(cancellation);
    }

    private async ValueTask<FeedChange?> FindTellableAsync(FeedChange change, CancellationToken cancellation)
    {
        if (!_buckets.Contains(change.Bucket) || !change.Key.Value.StartsWith(prefix, StringComparison.Ordinal)
            || !mayTell(change.Key))
            return null;
        return change.Kind == FeedChangeKind.VersionGone ? await feed.SettleAsync(change, cancellation) : change;
    }

    private async ValueTask BeatAsync(CancellationToken cancellation)
    {
        if (feed.Time.GetElapsedTime(_sentAt) < keepAlive) return;
        Recheck();
        if (writer.IsBehind) writer.WritePosition();
        else writer.WriteKeepAlive();
        await SendAsync(cancellation);
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        await writer.SendAsync(cancellation);
        _sentAt = feed.Time.GetTimestamp();
    }
}
