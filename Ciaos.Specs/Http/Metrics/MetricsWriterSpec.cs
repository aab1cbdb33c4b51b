using Ciaos.Http.Metrics;
using Xunit;

namespace Ciaos.Specs.Http.Metrics;

public sealed class MetricsWriterSpec
{
    [Fact]
    public void Counters_are_headed_with_total_in_the_text_format_and_without_in_OpenMetrics()
    {
        Assert.Equal(
            """
            # HELP sent_total Things sent
            # TYPE sent_total counter
            sent_total{to="me"} 3

            """,
            Write(MetricsFormat.Text));
        Assert.Equal(
            """
            # HELP sent Things sent
            # TYPE sent counter
            sent_total{to="me"} 3
            # EOF

            """,
            Write(MetricsFormat.OpenMetrics));

        static string Write(MetricsFormat format)
        {
            var writer = new MetricsWriter(format);
            writer.Begin("sent", MetricKind.Counter, "Things sent");
            writer.Sample("to=\"me\"", 3);
            return writer.End();
        }
    }

    [Fact]
    public void Help_is_escaped_as_each_format_wants_it()
    {
        Assert.Contains("""# HELP a b\\c\nd "e" """.Trim(), Write(MetricsFormat.Text), StringComparison.Ordinal);
        Assert.Contains(
            """# HELP a b\\c\nd \"e\" """.Trim(), Write(MetricsFormat.OpenMetrics), StringComparison.Ordinal);

        static string Write(MetricsFormat format)
        {
            var writer = new MetricsWriter(format);
            writer.Begin("a", MetricKind.Gauge, "b\\c\nd \"e\"");
            return writer.End();
        }
    }

    [Fact]
    public void Buckets_come_before_their_sum_and_count_and_the_bound_is_the_last_label()
    {
        var writer = new MetricsWriter(MetricsFormat.Text);
        writer.Begin("took_seconds", MetricKind.Histogram, "Time");
        writer.Bucket("a=\"b\"", 0.25, 1);
        writer.Bucket("a=\"b\"", 1, 2);
        writer.Bucket("", double.PositiveInfinity, 3);
        writer.SumAndCount("a=\"b\"", 7.5, 3);
        Assert.EndsWith(
            """
            # TYPE took_seconds histogram
            took_seconds_bucket{a="b",le="0.25"} 1
            took_seconds_bucket{a="b",le="1.0"} 2
            took_seconds_bucket{le="+Inf"} 3
            took_seconds_sum{a="b"} 7.5
            took_seconds_count{a="b"} 3

            """,
            writer.End(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(123456789012, "123456789012")]
    public void Numbers_are_written_as_Go_reads_them(double value, string text)
    {
        var writer = new MetricsWriter(MetricsFormat.Text);
        writer.Begin("n", MetricKind.Gauge, "Number");
        writer.Sample("", value);
        Assert.EndsWith($"\nn {text}\n", writer.End(), StringComparison.Ordinal);
    }
}
