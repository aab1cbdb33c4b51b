using System.Numerics;

namespace Ciaos.Host.Client.Benchmarks;

/// <summary>
/// Counts durations in buckets that grow with what they hold, so that any number of them takes the same memory, and
/// what it says of them is wrong by at most 1 in 128. Used by one thread; several are put together at the end.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Within a power of two there are so many buckets, as a power of two.</summary>
    private const int Bits = 7;

    private const int Half = 1 << Bits;
    private const int MicrosecondsPerSecond = 1_000_000;

    private readonly long[] _counts = new long[IndexOf(long.MaxValue) + 1];
    private double _sumSeconds;

    public long Count { get; private set; }

    public double MaxSeconds { get; private set; }

    public double MeanSeconds => Count == 0 ? double.NaN : _sumSeconds / Count;

    public void Add(TimeSpan duration)
    {
        var microseconds = Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        _counts[IndexOf(microseconds)]++;
        Count++;
        _sumSeconds += duration.TotalSeconds;
        MaxSeconds = Math.Max(MaxSeconds, duration.TotalSeconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
        _sumSeconds += other._sumSeconds;
        MaxSeconds = Math.Max(MaxSeconds, other.MaxSeconds);
    }

    /// <summary>Seconds that this share of the durations does not exceed; NaN where there is none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Quantile(double share)
    {
        if (Count == 0) return double.NaN;
        var wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= wanted) return Math.Min(MaxSeconds, LastOf(i) / MicrosecondsPerSecond);
        }

        return MaxSeconds;
    }

    // Up to 2 * Half each value has a bucket; then each power of two has Half of them.
    private static int IndexOf(long value)
    {
        if (value < 2 * Half) return (int)value;
        var shift = BitOperations.Log2((ulong)value) - Bits;
        return (shift * Half) + (int)(value >> shift);
    }

    /// <summary>The end of a bucket.</summary>
    private static double LastOf(int index)
    {
        if (index < 2 * Half) return index;
        var shift = (index / Half) - 1;
        return Math.ScaleB((index % Half) + Half + 1, shift) - 1;
    }
}
