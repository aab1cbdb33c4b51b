using System.Diagnostics.Metrics;

namespace Ciaos.Http.Metrics;

/// <summary>One metric with all its series: one for each combination of labels that was measured, up to a limit, so
/// that no mistake of a caller can fill the memory.</summary>
internal sealed class MetricFamily
{
    /// <summary>Far more than any of ours has.</summary>
    public const int MaxSeries = 2_000;

    private static readonly double[] OtherBounds =
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly SeriesTable _table;
    private readonly Func<string, MetricSeries> _newSeries;
    private readonly bool _isObservable;
    private readonly string _help;

    /// <param name="name">As Prometheus is told it, without <c>_total</c>.</param>
    public MetricFamily(string name, Instrument instrument)
    {
        (Name, Kind, _isObservable) = (name, MetricKinds.Of(instrument), instrument.IsObservable);
        _help = string.IsNullOrEmpty(instrument.Description) ? instrument.Name : instrument.Description;
        var bounds = BoundsOf(instrument);
        var addsUp = MetricKinds.AddsUp(instrument);
        _newSeries = Kind == MetricKind.Histogram ? labels => new HistogramSeries(labels, bounds)
            : addsUp ? labels => new SumSeries(labels)
            : labels => new ValueSeries(labels);
        _table = new SeriesTable(MaxSeries);
    }

    public string Name { get; }

    public MetricKind Kind { get; }

    public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _table.Find(tags, _newSeries)?.Record(value);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _table.Find(tags, _newSeries)?.Record(value);

    /// <summary>Series of observable instruments that are not observed from now on are not told.</summary>
    public void BeginObservation()
    {
        if (!_isObservable) return;
        foreach (var series in _table.All) series.Forget();
    }

    public void WriteTo(MetricsWriter writer)
    {
        var all = _table.All.Where(series => series.IsKnown).ToList();
        if (all.Count == 0) return;
        writer.Begin(Name, Kind, _help);
        foreach (var series in all.OrderBy(series => series.Labels, StringComparer.Ordinal)) series.WriteTo(writer);
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } bounds } => [.. bounds],
        _ => OtherBounds,
    };
}
