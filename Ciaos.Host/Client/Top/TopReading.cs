namespace Ciaos.Host.Client.Top;

/// <summary>How often one operation was asked for, and how long it took.</summary>
/// <param name="P50">Seconds; NaN where there was none.</param>
/// <param name="ErrorsPerSecond">Answers with a status of 500 or more.</param>
internal sealed record OperationReading(
    string Name, double PerSecond, double P50, double P99, double ErrorsPerSecond);

/// <summary>What <c>ciaos top</c> shows, made of two readings of <c>/metrics</c>. What the node does not tell is null;
/// durations are seconds, NaN where nothing was measured.</summary>
internal sealed record TopReading(DateTimeOffset At, string? Version)
{
    public const int FirstServerError = 500;

    private const string Latency = "ciaos_http_request_duration_seconds";

    public required IReadOnlyList<OperationReading> Operations { get; init; }

    public required OperationReading All { get; init; }

    public double? InFlight { get; init; }

    public double? ReceivedBytesPerSecond { get; init; }

    public double? SentBytesPerSecond { get; init; }

    public required IReadOnlyDictionary<string, double> Volumes { get; init; }

    public required IReadOnlyDictionary<string, double> VolumeBytes { get; init; }

    public double? DiskFreeBytes { get; init; }

    public double? DiskSizeBytes { get; init; }

    public double? CommitsPerSecond { get; init; }

    public double AppendsPerCommit { get; init; }

    public double CommitP50 { get; init; }

    public double CommitP99 { get; init; }

    public double? JournalEventsPerSecond { get; init; }

    public double EventsPerJournalCommit { get; init; }

    public double? JournalLagEvents { get; init; }

    /// <summary>From 0 to 1; NaN: the cache was not asked.</summary>
    public double CacheHitShare { get; init; }

    public double? ErrorsPerSecond { get; init; }

    public double? CpuShare { get; init; }

    public double? MemoryBytes { get; init; }

    public static TopReading Of(MetricsChange change, DateTimeOffset at) =>
        new(at, change.LabelOf("ciaos_build_info", "version"))
        {
            Operations = [.. change.Values("ciaos_http_requests_total", "operation")
                .Select(name => Operation(change, name, sample => sample.Label("operation") == name))],
            All = Operation(change, "all", _ => true),
            InFlight = change.Gauge("ciaos_http_requests_in_flight"),
            ReceivedBytesPerSecond = change.Rate("ciaos_http_request_bytes_sum"),
            SentBytesPerSecond = change.Rate("ciaos_http_response_bytes_sum"),
            Volumes = change.Gauges("ciaos_volumes", "state"),
            VolumeBytes = change.Gauges("ciaos_volume_bytes", "kind"),
            DiskFreeBytes = change.Gauge("ciaos_disk_free_bytes"),
            DiskSizeBytes = change.Gauge("ciaos_disk_size_bytes"),
            CommitsPerSecond = change.Rate("ciaos_volume_commit_duration_seconds_count"),
            AppendsPerCommit = change.Mean("ciaos_volume_commit_appends"),
            CommitP50 = change.Quantile("ciaos_volume_commit_duration_seconds", 0.5),
            CommitP99 = change.Quantile("ciaos_volume_commit_duration_seconds", 0.99),
            JournalEventsPerSecond = change.Rate("ciaos_journal_events_total"),
            EventsPerJournalCommit = change.Mean("ciaos_journal_commit_events"),
            JournalLagEvents = change.Gauge("ciaos_journal_lag_events"),
            CacheHitShare = HitShare(change),
            ErrorsPerSecond = change.Rate("ciaos_errors_total"),
            CpuShare = change.Rate("process_cpu_seconds_total"),
            MemoryBytes = change.Gauge("process_resident_memory_bytes"),
        };

    private static OperationReading Operation(MetricsChange change, string name, Func<MetricSample, bool> isOne) => new(
        name,
        change.Rate("ciaos_http_requests_total", isOne) ?? 0,
        change.Quantile(Latency, 0.5, isOne),
        change.Quantile(Latency, 0.99, isOne),
        change.Rate(
            "ciaos_http_requests_total",
            sample => isOne(sample) && int.TryParse(sample.Label("status"), out var status)
                && status >= FirstServerError) ?? 0);

    private static double HitShare(MetricsChange change)
    {
        const string Requests = "ciaos_catalog_cache_requests_total";
        var all = change.Growth(Requests, _ => true);
        return all > 0 ? change.Growth(Requests, sample => sample.Label("result") == "hit") / all : double.NaN;
    }
}
