using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Durations and sizes. The names of the units are the ones of the HOCON specification.</summary>
internal static class HoconUnits
{
    private static readonly Dictionary<string, double> TicksByUnit = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, long> BytesByUnit = new(StringComparer.Ordinal);

    static HoconUnits()
    {
        Durations(TimeSpan.TicksPerMillisecond / 1e6, "nanoseconds", "nanosecond", "nanos", "nano", "ns");
        Durations(TimeSpan.TicksPerMillisecond / 1e3, "microseconds", "microsecond", "micros", "micro", "us");
        Durations(TimeSpan.TicksPerMillisecond, "milliseconds", "millisecond", "millis", "milli", "ms", "");
        Durations(TimeSpan.TicksPerSecond, "seconds", "second", "s");
        Durations(TimeSpan.TicksPerMinute, "minutes", "minute", "m");
        Durations(TimeSpan.TicksPerHour, "hours", "hour", "h");
        Durations(TimeSpan.TicksPerDay, "days", "day", "d");

        Sizes(1, "", "b", "B", "byte", "bytes");
        Sizes(1L << 10, "K", "k", "Ki", "KiB", "kibibyte", "kibibytes");
        Sizes(1L << 20, "M", "m", "Mi", "MiB", "mebibyte", "mebibytes");
        Sizes(1L << 30, "G", "g", "Gi", "GiB", "gibibyte", "gibibytes");
        Sizes(1L << 40, "T", "t", "Ti", "TiB", "tebibyte", "tebibytes");
        Sizes(1L << 50, "P", "p", "Pi", "PiB", "pebibyte", "pebibytes");
        Sizes(1L << 60, "E", "e", "Ei", "EiB", "exbibyte", "exbibytes");
        Sizes(1_000, "kB", "kilobyte", "kilobytes");
        Sizes(1_000_000, "MB", "megabyte", "megabytes");
        Sizes(1_000_000_000, "GB", "gigabyte", "gigabytes");
        Sizes(1_000_000_000_000, "TB", "terabyte", "terabytes");
        Sizes(1_000_000_000_000_000, "PB", "petabyte", "petabytes");
        Sizes(1_000_000_000_000_000_000, "EB", "exabyte", "exabytes");
    }

    public static TimeSpan ParseDuration(string text, bool allowInfinite)
    {
        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;
        var (number, unit) = Cut(text);
        if (!double.TryParse(number, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"[{text}] is not a duration");
        if (value < 0) throw new FormatException($"Expected a positive value instead of {text}");
        if (!TicksByUnit.TryGetValue(unit, out var ticks))
            throw new FormatException($"[{unit}] is not a unit of time, in [{text}]");
        // The largest double below 2^63; a cast of more would not be a number at all.
        var product = Math.Round(value * ticks);
        return product < long.MaxValue
            ? TimeSpan.FromTicks((long)product)
            : throw new FormatException($"The duration [{text}] is too long");
    }

    public static long ParseByteSize(string text)
    {
        var (number, unit) = Cut(text);
        if (!BytesByUnit.TryGetValue(unit, out var factor))
            throw new FormatException($"{unit} is not a valid byte size suffix");
        return checked(long.Parse(number, CultureInfo.InvariantCulture) * factor);
    }

    public static bool IsHex(string text, out string digits)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        digits = isHex ? text[2..] : "";
        return isHex;
    }

    // The unit is what follows the last digit.
    private static (string Number, string Unit) Cut(string text)
    {
        var end = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return (text[..end].Trim(), text[end..].Trim());
    }

    private static void Durations(double ticks, params string[] names)
    {
        foreach (var name in names) TicksByUnit.Add(name, ticks);
    }

    private static void Sizes(long bytes, params string[] names)
    {
        foreach (var name in names) BytesByUnit.Add(name, bytes);
    }
}
