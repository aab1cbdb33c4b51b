using System.Diagnostics.Metrics;
using System.Globalization;
using Ciaos.Http.Metrics;
using Xunit;

namespace Ciaos.Specs.Http.Metrics;

public sealed class MetricsCollectorSpec : IDisposable
{
    private readonly MetricsCollector _collector = new();
    private readonly Meter _meter;

    public MetricsCollectorSpec() => _meter = _collector.Create("Ciaos.Spec");

    public void Dispose() => _collector.Dispose();

    [Fact]
    public void A_name_gets_its_unit_and_a_counter_total()
    {
        _meter.CreateCounter<long>("ciaos.spec.sent", "By", "Sent").Add(5);
        _meter.CreateCounter<long>("ciaos.spec.calls", "{call}", "Calls").Add(1);
        _meter.CreateObservableGauge("ciaos.spec.since", () => 2.5, "s", "Since");
        Assert.Equal(5, Value("ciaos_spec_sent_bytes_total"));
        Assert.Equal(1, Value("ciaos_spec_calls_total"));
        Assert.Equal(2.5, Value("ciaos_spec_since_seconds"));
        Assert.Contains("# TYPE ciaos_spec_since_seconds gauge", Lines());
    }

    [Fact]
    public void Label_values_are_escaped_and_label_names_made_right()
    {
        _meter.CreateCounter<long>("ciaos.spec.odd", null, "Odd")
            .Add(1, new KeyValuePair<string, object?>("a.b", "quote\" back\\ line\nend"));
        Assert.Contains(@"ciaos_spec_odd_total{a_b=""quote\"" back\\ line\nend""} 1", Lines());
    }

    [Fact]
    public void Help_and_type_are_told_once_however_many_series_and_instruments_there_are()
    {
        _collector.Create("Ciaos.Other").CreateCounter<long>("ciaos.spec.e", null, "E").Add(1, Tag("kind", "a"));
        _meter.CreateCounter<long>("ciaos.spec.e", null, "E").Add(2, Tag("kind", "b"));
        Assert.Single(Lines(), line => line == "# TYPE ciaos_spec_e_total counter");
        Assert.Single(Lines(), line => line == "# HELP ciaos_spec_e_total E");
        Assert.Equal(1, Value("ciaos_spec_e_total{kind=\"a\"}"));
        Assert.Equal(2, Value("ciaos_spec_e_total{kind=\"b\"}"));
    }

    [Fact]
    public void Buckets_of_a_histogram_add_up_and_a_measurement_on_a_bound_belongs_to_it()
    {
        var histogram = _meter.CreateHistogram(
            "ciaos.spec.took", "s", "Took",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2, 4] });
        foreach (var value in new[] { 0.5, 1, 1.5, 3, 9 }) histogram.Record(value, Tag("operation", "x"));
        Assert.Equal(2, Bucket("1.0"));
        Assert.Equal(3, Bucket("2.0"));
        Assert.Equal(4, Bucket("4.0"));
        Assert.Equal(5, Bucket("+Inf"));
        Assert.Equal(5, Value("ciaos_spec_took_seconds_count{operation=\"x\"}"));
        Assert.Equal(15, Value("ciaos_spec_took_seconds_sum{operation=\"x\"}"));

        double Bucket(string bound) => Value($"ciaos_spec_took_seconds_bucket{{operation=\"x\",le=\"{bound}\"}}");
    }

    [Fact]
    public void Many_threads_lose_nothing()
    {
        var counter = _meter.CreateCounter<long>("ciaos.spec.n", null, "N");
        var histogram = _meter.CreateHistogram<long>("ciaos.spec.h", null, "H");
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, Tag("t", Names[i % 16]));
                histogram.Record(2);
            }
        });
        Assert.Equal(80_000, Names.Sum(name => Value($"ciaos_spec_n_total{{t=\"{name}\"}}")));
        Assert.Equal(80_000, Value("ciaos_spec_h_count"));
        Assert.Equal(160_000, Value("ciaos_spec_h_sum"));
    }

    [Fact]
    public void A_counter_never_goes_down_between_pages()
    {
        var counter = _meter.CreateCounter<long>("ciaos.spec.up", null, "Up");
        var last = 0.0;
        for (var i = 1; i <= 5; i++)
        {
            counter.Add(i);
            var now = Value("ciaos_spec_up_total");
            Assert.True(now > last);
            last = now;
        }

        Assert.Equal(15, last);
    }

    [Fact]
    public void Nodes_of_one_process_do_not_meet()
    {
        using var other = new MetricsCollector();
        other.Create("Ciaos.Spec").CreateCounter<long>("ciaos.spec.mine", null, "Mine").Add(7);
        _meter.CreateCounter<long>("ciaos.spec.mine", null, "Mine").Add(1);
        Assert.Equal(1, Value("ciaos_spec_mine_total"));
        Assert.Contains("ciaos_spec_mine_total 7", other.Write(MetricsFormat.Text), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_observed_any_more_is_not_told()
    {
        var isThere = true;
        _meter.CreateObservableGauge<long>(
            "ciaos.spec.there", () => isThere ? [new Measurement<long>(1)] : [], null, "There");
        Assert.Equal(1, Value("ciaos_spec_there"));
        isThere = false;
        Assert.DoesNotContain(Lines(), line => line.Contains("ciaos_spec_there", StringComparison.Ordinal));
    }

    [Fact]
    public void Series_are_bounded()
    {
        var counter = _meter.CreateCounter<long>("ciaos.spec.many", null, "Many");
        for (var i = 0; i < MetricFamily.MaxSeries + 100; i++) counter.Add(1, Tag("i", i));
        Assert.Equal(
            MetricFamily.MaxSeries,
            Lines().Count(line => line.StartsWith("ciaos_spec_many_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_runtime_is_told_under_right_names()
    {
        var lines = Lines();
        Assert.Contains("# TYPE dotnet_gc_collections_total counter", lines);
        Assert.Contains("# TYPE dotnet_thread_pool_threads gauge", lines);
        Assert.Contains("# TYPE dotnet_thread_pool_queue_length gauge", lines);
        Assert.Contains("# TYPE dotnet_process_cpus gauge", lines);
    }

    [Fact]
    public void Measuring_allocates_nothing()
    {
        var counter = _meter.CreateCounter<long>("ciaos.spec.free", null, "Free");
        var histogram = _meter.CreateHistogram<double>("ciaos.spec.hfree", null, "Free");
        Measure();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Measure();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Measure()
        {
            counter.Add(1, Tag("operation", "get"), Tag("status", "200"));
            histogram.Record(0.5, Tag("operation", "get"));
        }
    }

    private static readonly string[] Names =
        [.. Enumerable.Range(0, 16).Select(i => i.ToString(CultureInfo.InvariantCulture))];

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    private string[] Lines() => _collector.Write(MetricsFormat.Text).Split('\n');

    private double Value(string series)
    {
        var line = Assert.Single(Lines(), line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
