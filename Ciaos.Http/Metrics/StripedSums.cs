using System.Numerics;

namespace Ciaos.Http.Metrics;

/// <summary>
/// A row of sums that many threads add to: each processor has a row of its own, so that they do not fight for the same
/// line of the cache. Reading adds the rows up.
/// </summary>
/// <param name="width">How many sums.</param>
internal sealed class StripedSums(int width)
{
    private const int MaxStripes = 16;

    // Rows are as far from each other as two lines of the cache, which processors fetch together.
    private const int LongsApart = 16;

    private static readonly int Stripes =
        Math.Min(MaxStripes, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly int _stride = (width + LongsApart - 1) / LongsApart * LongsApart;
    private readonly long[] _cells = new long[(width + LongsApart - 1) / LongsApart * LongsApart * Stripes];

    public void Add(int index, long value) => Interlocked.Add(ref _cells[Start + index], value);

    /// <summary>Adds to a sum of integers and to one of doubles.</summary>
    public void Add(int index, long value, int doubleIndex, double doubleValue)
    {
        var start = Start;
        Interlocked.Add(ref _cells[start + index], value);
        ref var cell = ref _cells[start + doubleIndex];
        long seen, met = Volatile.Read(ref cell);
        do
        {
            seen = met;
            var sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + doubleValue);
            met = Interlocked.CompareExchange(ref cell, sum, seen);
        }
        while (met != seen);
    }

    public long Sum(int index)
    {
        var sum = 0L;
        for (var at = index; at < _cells.Length; at += _stride) sum += Volatile.Read(ref _cells[at]);
        return sum;
    }

    public double SumOfDoubles(int index)
    {
        var sum = 0.0;
        for (var at = index; at < _cells.Length; at += _stride)
            sum += BitConverter.Int64BitsToDouble(Volatile.Read(ref _cells[at]));
        return sum;
    }

    /// <summary>Adds to a lone double.</summary>
    public static void Add(ref double sum, double value)
    {
        double seen, met = Volatile.Read(ref sum);
        do
        {
            seen = met;
            met = Interlocked.CompareExchange(ref sum, seen + value, seen);
        }
        while (BitConverter.DoubleToInt64Bits(met) != BitConverter.DoubleToInt64Bits(seen));
    }

    private int Start => (Thread.GetCurrentProcessorId() & (Stripes - 1)) * _stride;
}
