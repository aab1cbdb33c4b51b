using System.Globalization;

namespace Ciaos.Host.Client;

/// <summary>Durations as people write and read them: 500ms, 10s, 2m, 1h. A number alone counts seconds.</summary>
internal static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    private static readonly Dictionary<string, double> Seconds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ms"] = 0.001,
        [""] = 1,
        ["s"] = 1,
        ["m"] = 60,
        ["min"] = 60,
        ["h"] = 3600,
    };

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1])) end--;
        if (!Seconds.TryGetValue(text[end..], out var unit)
            || !double.TryParse(
                text.AsSpan(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * unit > Longest.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(number * unit);
        return true;
    }

    /// <summary>Three digits: 870 µs, 1.23 ms, 12.3 ms, 1.50 s.</summary>
    /// <param name="seconds">NaN: nothing was measured, which shows as a dash.</param>
    public static string Format(double seconds) => seconds switch
    {
        double.NaN => "-",
        < 0.0009995 => Number(seconds * 1e6) + " µs",
        < 0.9995 => Number(seconds * 1e3) + " ms",
        _ => Number(seconds) + " s",
    };

    private static string Number(double value) =>
        value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
