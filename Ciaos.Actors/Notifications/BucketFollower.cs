using System.Collections.Immutable;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>How a step ended.</summary>
internal enum FollowOutcome
{
    /// <summary>All that was written before the step began has been told.</summary>
    CaughtUp,

    /// <summary>There is more to tell.</summary>
    More,

    /// <summary>A webhook has not taken what it was sent.</summary>
    NotTaken,

    /// <summary>The bucket has no webhooks any more, or is gone.</summary>
    Ended,
}

/// <summary>
/// Tells one bucket's webhooks what happens in it, shard by shard in the order of events: so of one key everything
/// comes in order. A position is remembered only when all webhooks have taken what comes before it, so after a crash
/// some is told twice and nothing is left out. Memory holds one page of events. Steps block while journal and disk are
/// used; one at a time.
/// </summary>
/// <param name="find">The bucket as it is now; null: it is gone.</param>
/// <param name="metrics">Null: nothing is measured.</param>
internal sealed class BucketFollower(
    BucketId id, Func<BucketInfo?> find, WebhookTargets targetsOf, WebhookCall call, EventLog log,
    FollowedPositions store, NotificationSettings settings, StoreMetrics? metrics = null)
{
    /// <summary>What is about other buckets is read again after a crash; so much of it, no more.</summary>
    private const int MaxUnsaved = 10_000;

    /// <summary>Who has taken the page that not all have taken.</summary>
    private readonly HashSet<string> _told = [];
    private (int Shard, Page Page)? _pending;
    private long[]? _positions;
    private int _unsaved;

    public async Task<FollowOutcome> StepAsync(CancellationToken cancellation)
    {
        if (find() is not { } bucket || targetsOf(bucket) is not { Length: > 0 } targets)
        {
            store.Forget(id);
            metrics?.FollowedNoMore(id);
            return FollowOutcome.Ended;
        }

        if (_positions is null)
        {
            _positions = store.Read(id, log.Shards) ?? log.StartOf(bucket);
            store.Write(id, _positions);
            metrics?.Followed(id, _positions);
        }

        // What some have taken already is not sent to them again, nor joined by what has happened since.
        if (_pending is { } pending && !await TellAsync(bucket, targets, pending.Shard, pending.Page, cancellation))
            return FollowOutcome.NotTaken;
        var outcome = FollowOutcome.CaughtUp;
        for (var shard = 0; shard < log.Shards; shard++)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = ReadPage(shard);
            if (page.Events == 0) continue;
            if (!await TellAsync(bucket, targets, shard, page, cancellation)) return FollowOutcome.NotTaken;
            if (page.Events == settings.PageEvents) outcome = FollowOutcome.More;
        }

        return outcome;
    }

    private Page ReadPage(int shard)
    {
        var changes = new List<ObjectChange>();
        var (events, last) = (0, _positions![shard]);
        foreach (var (sequence, happened) in log.After(shard, last, settings.PageEvents))
        {
            (events, last) = (events + 1, sequence);
            if (happened?.Bucket == id) changes.AddRange(ObjectChange.Of(happened, sequence));
        }

        return new Page(events, last, changes);
    }

    private async Task<bool> TellAsync(
        BucketInfo bucket, ImmutableArray<WebhookTarget> targets, int shard, Page page, CancellationToken cancellation)
    {
        _pending = (shard, page);
        foreach (var target in targets)
        {
            var wanted = page.Changes.Where(target.Wants).ToList();
            if (wanted.Count == 0 || _told.Contains(target.Id)) continue;
            var json = EventJson.Write(bucket, target, settings.Region, wanted);
            if (!await call(target.Url, json, cancellation)) return false;
            _told.Add(target.Id);
        }

        Remember(shard, page);
        return true;
    }

    private void Remember(int shard, Page page)
    {
        _positions![shard] = page.Last;
        metrics?.Followed(id, _positions);
        _unsaved += page.Events;
        if (_told.Count > 0 || _unsaved >= MaxUnsaved)
        {
            store.Write(id, _positions);
            _unsaved = 0;
        }

        _pending = null;
        _told.Clear();
    }

    /// <param name="Last">Number of the last event.</param>
    private readonly record struct Page(int Events, long Last, List<ObjectChange> Changes);
}
