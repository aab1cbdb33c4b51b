using System.Text;
using System.Text.Json;
using Ciaos.Host.Client;
using Ciaos.Host.Client.Top;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>What <c>ciaos top</c> makes of two readings of <c>/metrics</c>.</summary>
public sealed class MetricsSpec
{
    private const string Before = """
        # HELP ciaos_http_requests_total Requests
        # TYPE ciaos_http_requests_total counter
        ciaos_http_requests_total{operation="raw_get",status="200"} 100
        ciaos_http_requests_total{operation="raw_put",status="201"} 10
        ciaos_http_request_duration_seconds_bucket{operation="raw_get",le="0.001"} 100
        ciaos_http_request_duration_seconds_bucket{operation="raw_get",le="0.01"} 100
        ciaos_http_request_duration_seconds_bucket{operation="raw_get",le="+Inf"} 100
        ciaos_catalog_cache_requests_total{result="hit"} 5
        ciaos_catalog_cache_requests_total{result="miss"} 5
        ciaos_volume_commit_appends_sum 100
        ciaos_volume_commit_appends_count 10
        """;

    private const string After = """
        ciaos_http_requests_total{operation="raw_get",status="200"} 300
        ciaos_http_requests_total{operation="raw_get",status="500"} 4
        ciaos_http_requests_total{operation="raw_put",status="201"} 10
        ciaos_http_request_duration_seconds_bucket{operation="raw_get",le="0.001"} 200
        ciaos_http_request_duration_seconds_bucket{operation="raw_get",le="0.01"} 298
        ciaos_http_request_duration_seconds_bucket{operation="raw_get",le="+Inf"} 300
        ciaos_catalog_cache_requests_total{result="hit"} 14
        ciaos_catalog_cache_requests_total{result="miss"} 6
        ciaos_volume_commit_appends_sum 220
        ciaos_volume_commit_appends_count 14
        ciaos_volumes{state="sealed"} 5
        ciaos_volumes{state="active"} 1
        ciaos_disk_free_bytes 1073741824
        ciaos_build_info{version="1.2.3"} 1
        """;

    [Fact]
    public void Names_labels_and_values_are_read_and_the_rest_is_passed_over()
    {
        var read = MetricsText.Parse("""
            # a comment
            plain 1.5
            labels{a="x",b="with \"quotes\", \\ and \n"} 2 1700000000
            infinite +Inf
            nothing{} NaN
            torn{a="x
            no value

            """).ToList();
        Assert.Equal(["plain", "labels", "infinite", "nothing"], read.Select(sample => sample.Name));
        Assert.Equal([1.5, 2, double.PositiveInfinity, double.NaN], read.Select(sample => sample.Value));
        Assert.Equal(("x", "with \"quotes\", \\ and \n"), (read[1].Label("a"), read[1].Label("b")));
        Assert.Equal("", read[0].Label("a"));
    }

    [Fact]
    public void Rates_are_of_the_time_between_the_readings()
    {
        var reading = Read(Before, After, seconds: 2);
        var get = Assert.Single(reading.Operations, operation => operation.Name == "raw_get");
        Assert.Equal((102, 2), (get.PerSecond, get.ErrorsPerSecond));
        Assert.Equal(0, Assert.Single(reading.Operations, operation => operation.Name == "raw_put").PerSecond);
        Assert.Equal((102, 2), (reading.All.PerSecond, reading.All.ErrorsPerSecond));
        Assert.Equal(0.9, reading.CacheHitShare);
        Assert.Equal(30, reading.AppendsPerCommit);
        Assert.Equal("1.2.3", reading.Version);
        Assert.Equal([("active", 1d), ("sealed", 5d)], reading.Volumes.Select(state => (state.Key, state.Value)));
    }

    [Fact]
    public void Quantiles_are_those_of_the_meantime_by_proportion_within_a_bucket()
    {
        var get = Read(Before, After, 2).Operations[0];
        Assert.Equal(0.001, get.P50, 1e-9);

        // The last two of two hundred are beyond all bounds: nobody knows how far.
        Assert.Equal(0.01, get.P99, 1e-9);
        var change = Change(Before, After, 2);
        Assert.Equal(
            0.001 + (0.009 * 50 / 98), change.Quantile("ciaos_http_request_duration_seconds", 0.75), 1e-9);
        Assert.Equal(double.NaN, change.Quantile("unknown", 0.5));
        Assert.Equal(double.NaN, Read(After, After, 2).Operations[0].P50);
    }

    [Fact]
    public void A_node_that_was_started_anew_counts_from_nothing() =>
        Assert.Equal(50, Read(After, Before, 2).All.PerSecond);

    [Fact]
    public void What_a_node_does_not_tell_is_a_dash_for_people_and_null_for_programs()
    {
        var reading = Read("", "", 1);
        var text = string.Join('\n', TopText.Lines(reading, new Uri("http://127.0.0.1:9710")));
        Assert.Contains("disk:          - free of -", text);
        var json = Json(reading);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("disk_free_bytes").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("p99_seconds").ValueKind);
        Assert.Equal(0, json.GetProperty("requests_per_second").GetDouble());
    }

    [Fact]
    public void The_text_has_a_line_for_each_operation_that_was_asked_for_and_the_facts_below()
    {
        var lines = TopText.Lines(Read(Before, After, 2), new Uri("http://127.0.0.1:9710/")).ToList();
        Assert.Equal("ciaos 1.2.3 at http://127.0.0.1:9710, 12:00:00 UTC", lines[0]);
        Assert.Equal("OPERATION  PER SECOND      P50      P99  FAILED/S", lines[1]);
        Assert.Equal("raw_get           102  1.00 ms  10.0 ms         2", lines[2]);
        Assert.StartsWith("all ", lines[3]);
        Assert.Contains("volumes:       1 active, 5 sealed", lines);
        Assert.Contains("disk:          1.00 GiB free of -", lines);
        Assert.Contains("catalog cache: 90 % hits", lines);
    }

    private static TopReading Read(string before, string after, double seconds) =>
        TopReading.Of(Change(before, after, seconds), new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    private static MetricsChange Change(string before, string after, double seconds) =>
        new(MetricsText.Parse(before), MetricsText.Parse(after), TimeSpan.FromSeconds(seconds));

    private static JsonElement Json(TopReading reading)
    {
        using var stream = new MemoryStream();
        using (var output = new CommandOutput(stream, asJson: true, isTerminal: false))
            output.Json(json => TopText.Write(json, reading));
        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement;
    }
}
