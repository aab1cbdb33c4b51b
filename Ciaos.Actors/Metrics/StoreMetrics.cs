using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ciaos.Actors.Notifications;

namespace Ciaos.Actors.Metrics;

/// <summary>
/// What is measured of a store; docs/metrics.md tells what each metric means. One node has one, given to its actor
/// system by a <see cref="StoreMetricsSetup"/>; a system without it measures nothing, and reads no clock for it. Safe
/// for many threads.
/// </summary>
public sealed class StoreMetrics
{
    private static readonly InstrumentAdvice<long> Counts = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096],
    };

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
            [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    };

    private readonly ConcurrentDictionary<WebhookId, long[]> _followers = [];
    private readonly ConcurrentDictionary<int, ShardProgress> _shards = [];
    private readonly Histogram<long> _volumeAppends;
    private readonly Histogram<double> _volumeDurations;
    private readonly Histogram<long> _journalEvents;
    private readonly Histogram<double> _journalDurations;
    private long _volumeWrittenBytes;
    private long _journalledEvents;
    private long _cacheHits;
    private long _cacheMisses;

    /// <param name="meter">Of one node.</param>
    public StoreMetrics(Meter meter, TimeProvider time)
    {
        Time = time;
        _volumeAppends = meter.CreateHistogram(
            "ciaos.volume.commit.appends", "{append}", "Needles that one write and one flush of a volume covered",
            advice: Counts);
        _volumeDurations = meter.CreateHistogram(
            "ciaos.volume.commit.duration", "s", "Time of one write and one flush of a volume", advice: Durations);
        _journalEvents = meter.CreateHistogram(
            "ciaos.journal.commit.events", "{event}", "Events that one transaction of the journal held",
            advice: Counts);
        _journalDurations = meter.CreateHistogram(
            "ciaos.journal.commit.duration", "s", "Time of one transaction of the journal", advice: Durations);
        Observe(meter);
    }

    internal TimeProvider Time { get; }

    /// <summary>What went wrong.</summary>
    internal ErrorCounts Errors { get; } = new();

    /// <summary>Messages that wait for their actors.</summary>
    internal MailboxCounts Mailboxes { get; } = new();

    internal VolumeGauges Volumes { get; } = new();

    internal LifecycleCounts Lifecycle { get; } = new();

    internal AccessLogCounts AccessLogs { get; } = new();

    /// <summary>What the catalog knows of all buckets: set now and then.</summary>
    internal UsageGauges Usage { get; } = new();

    /// <summary>Of uploads; set once.</summary>
    internal Func<UploadMemory>? UploadMemory { get; set; }

    internal void VolumeCommitted(int appends, long bytes, TimeSpan duration)
    {
        _volumeAppends.Record(appends);
        _volumeDurations.Record(duration.TotalSeconds);
        Interlocked.Add(ref _volumeWrittenBytes, bytes);
    }

    internal void JournalCommitted(int events, TimeSpan duration)
    {
        if (events > 0) _journalEvents.Record(events);
        _journalDurations.Record(duration.TotalSeconds);
        Interlocked.Add(ref _journalledEvents, events);
    }

    internal void CacheUsed(bool isHit)
    {
        if (isHit) Interlocked.Increment(ref _cacheHits);
        else Interlocked.Increment(ref _cacheMisses);
    }

    /// <param name="shard">Its number; that of the keeper of buckets is one of them.</param>
    internal ShardProgress ProgressOf(int shard) => _shards.GetOrAdd(shard, _ => new ShardProgress());

    /// <summary>A webhook has been told all events up to these numbers, one for each shard.</summary>
    internal void Followed(WebhookId webhook, IReadOnlyList<long> positions) => _followers[webhook] = [.. positions];

    internal void FollowedNoMore(WebhookId webhook) => _followers.TryRemove(webhook, out _);

    private void Observe(Meter meter)
    {
        Errors.Observe(meter);
        Mailboxes.Observe(meter);
        Volumes.Observe(meter, Usage);
        Lifecycle.Observe(meter);
        AccessLogs.Observe(meter);
        Usage.Observe(meter);
        meter.CreateObservableCounter(
            "ciaos.volume.written", () => Volatile.Read(ref _volumeWrittenBytes), "By",
            "Bytes written to volumes, with the heads of needles");
        meter.CreateObservableCounter(
            "ciaos.journal.events", () => Volatile.Read(ref _journalledEvents), "{event}",
            "Events written to the journal");
        meter.CreateObservableUpDownCounter(
            "ciaos.journal.lag_events", Lags, "{event}",
            "Events in the journal that a follower of it has not dealt with yet");
        meter.CreateObservableCounter(
            "ciaos.catalog.cache.requests", CacheRequests, "{request}",
            "Look-ups of keys, by whether the record was in memory");
        meter.CreateObservableUpDownCounter(
            "ciaos.upload.memory_used", () => UploadMemory?.Invoke().UsedBytes ?? 0, "By",
            "Memory that the buffers of uploads have taken");
        meter.CreateObservableUpDownCounter(
            "ciaos.upload.memory_limit", () => UploadMemory?.Invoke().LimitBytes ?? 0, "By",
            "Memory that the buffers of uploads may take (ciaos.objects.upload-memory)");
        meter.CreateObservableUpDownCounter(
            "ciaos.uploads_waiting", () => UploadMemory?.Invoke().Waiting ?? 0, "{upload}",
            "Uploads that wait for memory");
    }

    private IEnumerable<Measurement<long>> Lags()
    {
        var shards = _shards.Values;
        yield return Lag("catalog", shards.Sum(shard => shard.Behind(shard.Applied)));
        yield return Lag("volumes", shards.Sum(shard => shard.Behind(shard.Recorded)));
        yield return Lag("notifications", _followers.Values.Select(FollowerLag).DefaultIfEmpty().Max());
    }

    // That of the webhook that is furthest behind: there may be many of them.
    private long FollowerLag(long[] positions) =>
        positions.Select((position, shard) => ProgressOf(shard).Behind(position)).Sum();

    private static Measurement<long> Lag(string follower, long events) =>
        new(events, new KeyValuePair<string, object?>("follower", follower));

    private IEnumerable<Measurement<long>> CacheRequests() =>
    [
        new(Volatile.Read(ref _cacheHits), new KeyValuePair<string, object?>("result", "hit")),
        new(Volatile.Read(ref _cacheMisses), new KeyValuePair<string, object?>("result", "miss")),
    ];
}

/// <summary>How far a shard's journal is, and how far those are who follow it.</summary>
internal sealed class ShardProgress
{
    private long _journalled;
    private long _applied;
    private long _recorded;

    /// <summary>The last event in the journal.</summary>
    public long Journalled
    {
        get => Volatile.Read(ref _journalled);
        set => Volatile.Write(ref _journalled, value);
    }

    /// <summary>The last event in the catalog.</summary>
    public long Applied
    {
        get => Volatile.Read(ref _applied);
        set => Volatile.Write(ref _applied, value);
    }

    /// <summary>The last event that is in volumes with all before it.</summary>
    public long Recorded
    {
        get => Volatile.Read(ref _recorded);
        set => Volatile.Write(ref _recorded, value);
    }

    public long Behind(long position) => Math.Max(0, Journalled - position);
}

/// <param name="Waiting">Uploads that wait for some of it.</param>
internal readonly record struct UploadMemory(long UsedBytes, long LimitBytes, int Waiting);
