using System.Text;
using System.Text.Json;
using Ciaos.Host.Client;
using Ciaos.Host.Client.Benchmarks;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>How <c>ciaos bench</c> counts, plans and reports.</summary>
public sealed class BenchSpec
{
    private static readonly BenchPlan Plan = new(
        TimeSpan.FromSeconds(10), 16, 4096, new BenchMix(95), 1000, 4L << 30, "ciaos-bench/x/");

    [Fact]
    public void Quantiles_are_right_to_one_in_128()
    {
        var durations = Gen.Choose(0, int.MaxValue).Select(value => (long)value).ArrayOf();
        Prop.ForAll(Arb.From(durations), Arb.From(Gen.Choose(0, 1000)), (microseconds, share) =>
        {
            if (microseconds.Length == 0) return;
            var histogram = new LatencyHistogram();
            foreach (var each in microseconds) histogram.Add(TimeSpan.FromMicroseconds(each));
            var rank = Math.Max(1, (int)Math.Ceiling(share / 1000.0 * microseconds.Length));
            var exact = microseconds.Order().ElementAt(rank - 1) / 1e6;
            Assert.InRange(histogram.Quantile(share / 1000.0), exact, (exact * (1 + (1.0 / 128))) + 1e-9);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Histograms_put_together_are_one_of_all()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        for (var i = 1; i <= 100; i++) (i % 2 == 0 ? one : other).Add(TimeSpan.FromMicroseconds(i));
        one.Add(other);
        Assert.Equal((100, 0.0001), (one.Count, one.MaxSeconds));
        Assert.Equal(0.00005, one.Quantile(0.5), 1e-9);
        Assert.Equal(0.0000505, one.MeanSeconds, 1e-9);
    }

    [Fact]
    public void Nothing_has_no_quantile()
    {
        Assert.Equal(double.NaN, new LatencyHistogram().Quantile(0.5));
        Assert.Equal(double.NaN, new LatencyHistogram().MeanSeconds);
    }

    [Fact]
    public void What_is_prepared_for_reading_takes_at_most_half_of_what_may_be_written()
    {
        Assert.Equal(1000, Plan.PreparedKeys);
        Assert.Equal(8, (Plan with { SizeBytes = 256 << 20 }).PreparedKeys);
        Assert.Equal(1, (Plan with { MaxBytes = 1 }).PreparedKeys);
        Assert.Equal(1000, (Plan with { SizeBytes = 0 }).PreparedKeys);
        Assert.Equal(0, (Plan with { Mix = new BenchMix(0) }).PreparedKeys);
    }

    [Fact]
    public void A_report_tells_rates_latencies_and_errors()
    {
        var (puts, gets) = (new LatencyHistogram(), new LatencyHistogram());
        for (var i = 0; i < 950; i++) gets.Add(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 50; i++) puts.Add(TimeSpan.FromMilliseconds(20));
        var report = new BenchReport(
            Plan, TimeSpan.FromSeconds(2), puts, gets, new Dictionary<string, long> { ["503 busy"] = 3 }, IsCut: true);
        var text = string.Join('\n', report.Lines());
        Assert.Contains("4.00 KiB objects, 16 connections, 2.00 s, ended early", text);
        Assert.Contains("get          950         475    1.86 MiB     1.00 ms", text);
        Assert.Contains("3 errors\n  3 times: 503 busy", text);

        using var stream = new MemoryStream();
        using (var output = new CommandOutput(stream, asJson: true, isTerminal: false)) output.Json(report.Write);
        var json = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
        Assert.Equal(25, json.GetProperty("put").GetProperty("per_second").GetDouble());
        Assert.Equal(0.02, json.GetProperty("put").GetProperty("p999_seconds").GetDouble(), 0.0002);
        Assert.Equal(3, json.GetProperty("errors_by_text").GetProperty("503 busy").GetInt64());
        Assert.True(json.GetProperty("ended_early").GetBoolean());
    }

    [Fact]
    public void What_the_mix_does_not_have_is_not_told()
    {
        var report = new BenchReport(
            Plan with { Mix = new BenchMix(0) }, TimeSpan.FromSeconds(1), new LatencyHistogram(),
            new LatencyHistogram(), new Dictionary<string, long>(), IsCut: false);
        Assert.DoesNotContain(report.Lines(), line => line.StartsWith("get", StringComparison.Ordinal));
    }
}
