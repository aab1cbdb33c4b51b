using System.Globalization;

namespace Ciaos.Host.Client;

/// <summary>Sizes as people write and read them: 4KiB is 4,096 bytes, 4kB is 4,000.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    private static readonly Dictionary<string, long> Factors = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = 1,
        ["b"] = 1,
        ["k"] = 1L << 10,
        ["ki"] = 1L << 10,
        ["kib"] = 1L << 10,
        ["kb"] = 1_000,
        ["m"] = 1L << 20,
        ["mi"] = 1L << 20,
        ["mib"] = 1L << 20,
        ["mb"] = 1_000_000,
        ["g"] = 1L << 30,
        ["gi"] = 1L << 30,
        ["gib"] = 1L << 30,
        ["gb"] = 1_000_000_000,
        ["t"] = 1L << 40,
        ["ti"] = 1L << 40,
        ["tib"] = 1L << 40,
        ["tb"] = 1_000_000_000_000,
    };

    /// <summary>Three digits are enough to compare sizes: 512 B, 4.00 KiB, 48.2 KiB, 1.50 GiB.</summary>
    public static string Format(double bytes)
    {
        var unit = 0;

        // What would be rounded to 1024 is one of the next unit.
        while (Math.Abs(bytes) >= 1023.5 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        var digits = unit == 0 ? "0" : Math.Abs(bytes) < 9.995 ? "0.00" : Math.Abs(bytes) < 99.95 ? "0.0" : "0";
        return $"{bytes.ToString(digits, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>A number, which may have a fraction, and a unit (none: bytes): <c>4KiB</c>, <c>1.5g</c>, <c>100</c>.
    /// </summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.Length;
        while (end > 0 && char.IsAsciiLetter(trimmed[end - 1])) end--;
        if (!Factors.TryGetValue(trimmed[end..].ToString(), out var factor)
            || !decimal.TryParse(
                trimmed[..end].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / factor)
            return false;
        bytes = (long)(number * factor);
        return true;
    }
}
