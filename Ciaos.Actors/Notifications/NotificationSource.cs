using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>Where notifications come from: the buckets that want some, and what happens in them. Calls block.</summary>
public sealed class NotificationSource : IDisposable
{
    private const int BucketsPage = 1_000;

    private readonly IndexSystem _index;
    private readonly JournalStore _journal;
    private readonly FollowedPositions _positions;
    private readonly WebhookTargets _targets;
    private readonly EventLog _log;
    private readonly StoreMetrics? _metrics;

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

    /// <summary>Those that have webhooks.</summary>
    internal List<BucketId> Buckets()
    {
        var found = new List<BucketId>();
        for (var after = ""; ;)
        {
            var page = _index.Listing.ListBuckets(null, "", after, BucketsPage);
            found.AddRange(page.Buckets.Where(HasTargets).Select(bucket => bucket.Id));
            if (!page.HasMore) return found;
            after = page.Buckets[^1].Name;
        }
    }

    internal BucketFollower Follow(BucketId bucket, WebhookCall call, NotificationSettings settings) =>
        new(bucket, () => _index.Ages.Find(bucket), _targets, call, _log, _positions, settings, _metrics);

    public void Dispose() => _journal.Dispose();

    private bool HasTargets(BucketInfo bucket) =>
        bucket.Config.ContainsKey(EventLog.ConfigKey) && _targets(bucket).Length > 0;
}
