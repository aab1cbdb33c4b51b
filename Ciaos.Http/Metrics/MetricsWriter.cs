using System.Globalization;
using System.Text;

namespace Ciaos.Http.Metrics;

/// <summary>How a page of metrics is written.</summary>
public enum MetricsFormat
{
    /// <summary>Prometheus's text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0: the same, but for how counters are headed and for the end.</summary>
    OpenMetrics,
}

/// <summary>
/// Writes metrics in the text format of Prometheus (prometheus.io/docs/instrumenting/exposition_formats) or in that of
/// OpenMetrics (prometheus.io/docs/specs/om/open_metrics_spec). Bounds of buckets are written the same in both, so that
/// series stay the same whichever a scraper asks for.
/// </summary>
internal sealed class MetricsWriter(MetricsFormat format)
{
    public const string TextType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly StringBuilder _text = new();
    private string _name = "";
    private string _suffix = "";

    /// <summary>What follows belongs to this metric.</summary>
    /// <param name="name">Without <c>_total</c>.</param>
    public void Begin(string name, MetricKind kind, string help)
    {
        (_name, _suffix) = (name, kind == MetricKind.Counter ? "_total" : "");
        var heading = format == MetricsFormat.Text ? name + _suffix : name;
        _text.Append("# HELP ").Append(heading).Append(' ');
        AppendEscaped(_text, help, escapesQuotes: format == MetricsFormat.OpenMetrics);
        var type = kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Gauge => "gauge",
            _ => "histogram",
        };
        _text.Append("\n# TYPE ").Append(heading).Append(' ').Append(type).Append('\n');
    }

    /// <param name="labels">As they are written, without braces; may be empty.</param>
    public void Sample(string labels, double value) => Line(_suffix, labels, "", value);

    /// <param name="count">Of all measurements up to the bound.</param>
    public void Bucket(string labels, double bound, long count) =>
        Line("_bucket", labels, $"le=\"{BoundOf(bound)}\"", count);

    public void SumAndCount(string labels, double sum, long count)
    {
        Line("_sum", labels, "", sum);
        Line("_count", labels, "", count);
    }

    public string End()
    {
        if (format == MetricsFormat.OpenMetrics) _text.Append("# EOF\n");
        return _text.ToString();
    }

    public static string TextOf(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    public static void AppendEscaped(StringBuilder to, string text, bool escapesQuotes)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '\\' => to.Append(@"\\"),
                '\n' => to.Append(@"\n"),
                '"' when escapesQuotes => to.Append("\\\""),
                _ => to.Append(character),
            };
        }
    }

    private void Line(string suffix, string labels, string lastLabel, double value)
    {
        _text.Append(_name).Append(suffix);
        if (labels.Length + lastLabel.Length > 0)
        {
            _text.Append('{').Append(labels);
            if (labels.Length > 0 && lastLabel.Length > 0) _text.Append(',');
            _text.Append(lastLabel).Append('}');
        }

        _text.Append(' ').Append(NumberOf(value)).Append('\n');
    }

    private static string NumberOf(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    // As OpenMetrics wants it: always with a point or an exponent.
    private static string BoundOf(double bound)
    {
        var text = NumberOf(bound);
        return text.AsSpan().ContainsAny('.', 'E', 'I') ? text : text + ".0";
    }
}
