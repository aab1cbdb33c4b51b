using System.Globalization;

namespace Ciaos.Host.Client.Top;

/// <summary>What two readings of <c>/metrics</c> say about the time between them.</summary>
internal sealed class MetricsChange
{
    private readonly ILookup<string, MetricSample> _now;
    private readonly Dictionary<string, double> _before;
    private readonly double _seconds;

    public MetricsChange(IEnumerable<MetricSample> before, IEnumerable<MetricSample> now, TimeSpan between)
    {
        _before = before.GroupBy(Identity, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);
        _now = now.ToLookup(sample => sample.Name, StringComparer.Ordinal);
        _seconds = between.TotalSeconds;
    }

    /// <summary>The sum of a gauge over all its labels; null: the node does not tell it.</summary>
    public double? Gauge(string name) => _now.Contains(name) ? _now[name].Sum(sample => sample.Value) : null;

    public IReadOnlyDictionary<string, double> Gauges(string name, string label) => _now[name]
        .GroupBy(sample => sample.Label(label), StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(sample => sample.Value), StringComparer.Ordinal);

    public string? LabelOf(string name, string label) => _now[name].FirstOrDefault()?.Label(label);

    /// <summary>The values that a label of a metric has.</summary>
    public IEnumerable<string> Values(string name, string label) =>
        _now[name].Select(sample => sample.Label(label)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>How much a counter grew in a second; null: the node does not tell it.</summary>
    public double? Rate(string name, Func<MetricSample, bool>? where = null) =>
        _now.Contains(name) ? Growth(name, where ?? (_ => true)) / _seconds : null;

    public double Growth(string name, Func<MetricSample, bool> where) => _now[name].Where(where).Sum(GrowthOf);

    /// <summary>The mean of what a histogram was told in the meantime; NaN: it was told nothing.</summary>
    public double Mean(string name) =>
        Growth(name + "_sum", _ => true) / Growth(name + "_count", _ => true) is var mean && double.IsFinite(mean)
            ? mean
            : double.NaN;

    /// <summary>
    /// The value that a share of what a histogram was told in the meantime does not exceed, as Prometheus's
    /// histogram_quantile has it: in between the bounds of its bucket by proportion. NaN: it was told nothing.
    /// </summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(string name, double share, Func<MetricSample, bool>? where = null)
    {
        var buckets = _now[name + "_bucket"]
            .Where(where ?? (_ => true))
            .GroupBy(sample => BoundOf(sample.Label("le")))
            .OrderBy(bucket => bucket.Key)
            .Select(bucket => (Bound: bucket.Key, Count: bucket.Sum(GrowthOf)))
            .ToList();
        if (buckets.Count == 0 || buckets[^1].Count <= 0) return double.NaN;
        var wanted = share * buckets[^1].Count;
        var (lowerBound, below) = (0d, 0d);
        foreach (var (bound, count) in buckets)
        {
            if (count >= wanted && count > below)
                return double.IsInfinity(bound)
                    ? lowerBound
                    : lowerBound + ((bound - lowerBound) * (wanted - below) / (count - below));
            (lowerBound, below) = (bound, count);
        }

        return lowerBound;
    }

    private static double BoundOf(string text) => text == "+Inf"
        ? double.PositiveInfinity
        : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    // A counter that has become less belongs to a node that was started anew.
    private double GrowthOf(MetricSample sample)
    {
        var before = _before.GetValueOrDefault(Identity(sample));
        return sample.Value >= before ? sample.Value - before : sample.Value;
    }

    private static string Identity(MetricSample sample) =>
        sample.Name + "|" + string.Join('|', sample.Labels.Select(label => $"{label.Key}={label.Value}"));
}
