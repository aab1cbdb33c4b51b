using System.Globalization;

namespace Ciaos.Host.Client.Top;

/// <summary>One number of <c>/metrics</c>.</summary>
internal sealed record MetricSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public string Label(string name) => Labels.GetValueOrDefault(name, "");
}

/// <summary>Reads Prometheus's text format, version 0.0.4. Lines that are none of it are passed over: a newer node may
/// tell more than this program knows.</summary>
internal static class MetricsText
{
    public static IEnumerable<MetricSample> Parse(string text)
    {
        foreach (var line in text.Split('\n'))
            if (line.Length > 0 && line[0] != '#' && TryParse(line, out var sample))
                yield return sample;
    }

    private static bool TryParse(string line, out MetricSample sample)
    {
        sample = null!;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var end = line.AsSpan().IndexOfAny('{', ' ');
        if (end <= 0) return false;
        var at = end;
        if (line[at] == '{' && !TryParseLabels(line, ref at, labels)) return false;

        // A time may follow the value.
        var value = line[at..].Trim().Split(' ')[0];
        if (!TryParseValue(value, out var number)) return false;
        sample = new MetricSample(line[..end], labels, number);
        return true;
    }

    private static bool TryParseLabels(string line, ref int at, Dictionary<string, string> labels)
    {
        at++;
        while (at < line.Length && line[at] != '}')
        {
            var equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
            if (equals < 0) return false;
            var name = line[at..equals].Trim(' ', ',');
            at = equals + 2;
            var value = new System.Text.StringBuilder();
            for (; at < line.Length && line[at] != '"'; at++)
            {
                if (line[at] == '\\' && ++at == line.Length) return false;
                value.Append(line[at - 1] == '\\' && line[at] == 'n' ? '\n' : line[at]);
            }

            labels[name] = value.ToString();
            at++;
        }

        at++;
        return at < line.Length;
    }

    private static bool TryParseValue(string text, out double number)
    {
        number = text switch { "+Inf" => double.PositiveInfinity, "-Inf" => double.NegativeInfinity, _ => double.NaN };
        return !double.IsNaN(number) || text == "NaN"
            || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
