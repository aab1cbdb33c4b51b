using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>Where notifications come from: the webhooks that want some, and what happens in their buckets. Calls block,
/// and come one at a time.</summary>
public sealed class NotificationSource : IDisposable
{
    private const int BucketsPage = 1_000;

    private readonly IndexSystem _index;
    private readonly JournalStore _journal;
    private readonly FollowedPositions _positions;
    private readonly WebhookTargets _targets;
    private readonly EventLog _log;
    private readonly StoreMetrics? _metrics;
    private bool _isSplit;

    internal NotificationSource(
        IndexSystem index, JournalStore journal, FollowedPositions positions, WebhookTargets targets,
        StoreMetrics? metrics = null)
    {
        (_index, _journal, _positions, _targets, _metrics) = (index, journal, positions, targets, metrics);
        _log = new EventLog(journal.Reader, index.Shards);
    }

    /// <summary>Grows with every change of a bucket.</summary>
    internal long BucketsVersion() => _index.BucketsVersion();

    /// <summary>Grows with everything that happens.</summary>
    internal long Length() => _log.Length();

    /// <summary>Those of all buckets.</summary>
    internal List<WebhookId> Webhooks()
    {
        var found = new List<WebhookId>();
        for (var after = ""; ;)
        {
            var page = _index.Listing.ListBuckets(null, "", after, BucketsPage);
            foreach (var bucket in page.Buckets) found.AddRange(WebhooksOf(bucket));
            if (!page.HasMore) break;
            after = page.Buckets[^1].Name;
        }

        // Only what the process before this one has left: nobody follows yet.
        if (!_isSplit)
        {
            foreach (var webhooks in found.GroupBy(webhook => webhook.Bucket))
                _positions.Split(webhooks.Key, webhooks.Select(webhook => webhook.Target));
        }

        _isSplit = true;
        return found;
    }

    internal WebhookFollower Follow(WebhookId webhook, WebhookCall call, NotificationSettings settings) =>
        new(webhook, () => _index.Ages.Find(webhook.Bucket), _targets, call, _log, _positions, settings, _metrics);

    public void Dispose() => _journal.Dispose();

    private IEnumerable<WebhookId> WebhooksOf(BucketInfo bucket) => bucket.Config.ContainsKey(EventLog.ConfigKey)
        ? _targets(bucket).Select(target => new WebhookId(bucket.Id, target.Id))
        : [];
}
