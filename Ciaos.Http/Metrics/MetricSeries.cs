namespace Ciaos.Http.Metrics;

/// <summary>The numbers of one metric with one combination of labels.</summary>
/// <param name="labels">As they are written: <c>operation="get",status="200"</c>.</param>
internal abstract class MetricSeries(string labels)
{
    public string Labels { get; } = labels;

    /// <summary>It has something to tell.</summary>
    public virtual bool IsKnown => true;

    public abstract void Record(long value);

    public abstract void Record(double value);

    public virtual void Forget()
    {
    }

    public abstract void WriteTo(MetricsWriter writer);
}

/// <summary>The value that was told last.</summary>
internal sealed class ValueSeries(string labels) : MetricSeries(labels)
{
    private double _value;
    private bool _isKnown;

    public override bool IsKnown => Volatile.Read(ref _isKnown);

    public override void Record(long value) => Record((double)value);

    public override void Record(double value)
    {
        Volatile.Write(ref _value, value);
        Volatile.Write(ref _isKnown, true);
    }

    public override void Forget() => Volatile.Write(ref _isKnown, false);

    public override void WriteTo(MetricsWriter writer) => writer.Sample(Labels, Volatile.Read(ref _value));
}

/// <summary>The sum of what was told.</summary>
internal sealed class SumSeries(string labels) : MetricSeries(labels)
{
    private readonly StripedSums _sums = new(width: 1);
    private double _fractions;

    public override void Record(long value) => _sums.Add(0, value);

    // No counter of ours has fractions; those of others are seldom told.
    public override void Record(double value) => StripedSums.Add(ref _fractions, value);

    public override void WriteTo(MetricsWriter writer) =>
        writer.Sample(Labels, _sums.Sum(0) + Volatile.Read(ref _fractions));
}

/// <summary>How many measurements were in each of some ranges, and their sum.</summary>
/// <param name="bounds">The upper ends of all ranges but the last, which is open; a measurement that is equal to one
/// belongs to its range.</param>
internal sealed class HistogramSeries(string labels, double[] bounds) : MetricSeries(labels)
{
    // Behind the last range there is the sum, in the bits of a double.
    private readonly StripedSums _counts = new(bounds.Length + 2);

    public override void Record(long value) => Record((double)value);

    public override void Record(double value)
    {
        var range = 0;
        while (range < bounds.Length && value > bounds[range]) range++;
        _counts.Add(range, 1, bounds.Length + 1, value);
    }

    public override void WriteTo(MetricsWriter writer)
    {
        var (count, sum) = (0L, _counts.SumOfDoubles(bounds.Length + 1));
        for (var range = 0; range <= bounds.Length; range++)
        {
            count += _counts.Sum(range);
            writer.Bucket(Labels, range < bounds.Length ? bounds[range] : double.PositiveInfinity, count);
        }

        writer.SumAndCount(Labels, sum, count);
    }
}
