using Ciaos.Actors.Metrics;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>How a step ended.</summary>
internal enum FollowOutcome
{
    /// <summary>All that was written before the step began has been told.</summary>
    CaughtUp,

    /// <summary>There is more to tell.</summary>
    More,

    /// <summary>The webhook has not taken what it was sent.</summary>
    NotTaken,

    /// <summary>The bucket does not have the webhook any more, or is gone.</summary>
    Ended,
}

/// <summary>
/// Tells one webhook what happens in its bucket, shard by shard in the order of events: so of one key everything comes
/// in order. A position is remembered only when the webhook has taken what comes before it, so after a crash some is
/// told twice and nothing is left out. Memory holds one page of events during a step, and none between steps: what was
/// not taken is read again. Steps block while journal and disk are used; one at a time.
/// </summary>
/// <param name="find">The bucket as it is now; null: it is gone.</param>
/// <param name="metrics">Null: nothing is measured.</param>
internal sealed class WebhookFollower(
    WebhookId id, Func<BucketInfo?> find, WebhookTargets targetsOf, WebhookCall call, EventLog log,
    FollowedPositions store, NotificationSettings settings, StoreMetrics? metrics = null)
{
    /// <summary>What is not for this webhook is read again after a crash; so much of it, no more.</summary>
    private const int MaxUnsaved = 10_000;

    private long[]? _positions;
    private int _unsaved;

    public WebhookId Id => id;

    public async Task<FollowOutcome> StepAsync(CancellationToken cancellation)
    {
        if (find() is not { } bucket || TargetIn(bucket) is not { } target)
        {
            store.Forget(id);
            metrics?.FollowedNoMore(id);
            return FollowOutcome.Ended;
        }

        if (_positions is null)
        {
            _positions = store.Read(id, log.Shards) ?? log.StartOf(bucket, other => TargetIn(other) is not null);
            store.Write(id, _positions);
            metrics?.Followed(id, _positions);
        }

        var outcome = FollowOutcome.CaughtUp;
        for (var shard = 0; shard < log.Shards; shard++)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = ReadPage(shard, target);
            if (page.Events == 0) continue;
            if (page.Changes.Count > 0)
            {
                var json = EventJson.Write(bucket, target, settings.Region, page.Changes);
                if (!await call(target.Url, json, cancellation)) return FollowOutcome.NotTaken;
            }

            Remember(shard, page);
            if (page.Events == settings.PageEvents) outcome = FollowOutcome.More;
        }

        return outcome;
    }

    private WebhookTarget? TargetIn(BucketInfo bucket) =>
        targetsOf(bucket).FirstOrDefault(target => target.Id == id.Target);

    private Page ReadPage(int shard, WebhookTarget target)
    {
        var changes = new List<ObjectChange>();
        var (events, last) = (0, _positions![shard]);
        foreach (var (sequence, happened) in log.After(shard, last, settings.PageEvents))
        {
            (events, last) = (events + 1, sequence);
            if (happened?.Bucket == id.Bucket)
                changes.AddRange(ObjectChange.Of(happened, sequence).Where(target.Wants));
        }

        return new Page(events, last, changes);
    }

    private void Remember(int shard, Page page)
    {
        _positions![shard] = page.Last;
        metrics?.Followed(id, _positions);
        _unsaved += page.Events;
        if (page.Changes.Count == 0 && _unsaved < MaxUnsaved) return;
        store.Write(id, _positions);
        _unsaved = 0;
    }

    /// <param name="Last">Number of the last event.</param>
    /// <param name="Changes">Those that the webhook wants.</param>
    private readonly record struct Page(int Events, long Last, List<ObjectChange> Changes);
}
