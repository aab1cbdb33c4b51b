using System.Diagnostics;
using System.Numerics;

namespace Ciaos.Bench.Load;

/// <summary>Counts durations in buckets that are 1/64 of their power of two wide, so that quantiles are right to
/// 1.6 %.</summary>
public sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private const int SubCount = 1 << SubBits;

    private readonly long[] _counts = new long[64 * SubCount];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    public void Add(TimeSpan duration)
    {
        Count++;
        if (duration > Max) Max = duration;
        _counts[BucketOf(Math.Max(1, duration.Ticks))]++;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Max) = (0, TimeSpan.Zero);
    }

    /// <param name="share">From 0 to 1: 0.99 is the 99th percentile.</param>
    public TimeSpan Quantile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            left -= _counts[bucket];
            if (left <= 0 && Count > 0) return TimeSpan.FromTicks(UpperTicks(bucket));
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(long ticks)
    {
        var power = BitOperations.Log2((ulong)ticks);
        if (power <= SubBits) return (int)ticks;
        var sub = (int)(ticks >> (power - SubBits)) & (SubCount - 1);
        return ((power - SubBits + 1) * SubCount) + sub;
    }

    private static long UpperTicks(int bucket)
    {
        if (bucket < 2 * SubCount) return bucket;
        var power = (bucket / SubCount) + SubBits - 1;
        Debug.Assert(power < 63, "No duration is so long");
        return (((long)SubCount + (bucket % SubCount) + 1) << (power - SubBits)) - 1;
    }
}
