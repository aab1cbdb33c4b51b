using System.Globalization;

namespace Ciaos.Host.Client.Benchmarks;

/// <summary>How many of a hundred operations read; the others write.</summary>
internal readonly record struct BenchMix(int ReadPercent)
{
    /// <summary><c>put</c>, <c>get</c>, or both in percent: <c>95/5</c> reads 95 times where it writes 5 times.
    /// </summary>
    public static bool TryParse(string text, out BenchMix mix)
    {
        mix = new BenchMix(text == "get" ? 100 : 0);
        if (text is "put" or "get") return true;
        if (text.Split('/') is not [var reads, var writes]
            || !int.TryParse(reads, NumberStyles.None, CultureInfo.InvariantCulture, out var read)
            || !int.TryParse(writes, NumberStyles.None, CultureInfo.InvariantCulture, out var written)
            || read + written != 100)
            return false;
        mix = new BenchMix(read);
        return true;
    }
}
