using System.Net;
using Ciaos.Http.Metrics;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ciaos.Specs.Http.Metrics;

public sealed class RequestObserverSpec : IAsyncLifetime, IDisposable
{
    private readonly Telemetry _telemetry = new(
        new MetricsSettings(IsEnabled: true, IsPublic: false, TimeSpan.FromTicks(1)), TimeProvider.System, "1.2.3+abc");

    private MemoryNode _node = null!;

    public async Task InitializeAsync() => _node = await MemoryNode.StartAsync(telemetry: _telemetry);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    public void Dispose() => _telemetry.Dispose();

    [Fact]
    public async Task Requests_are_counted_by_operation_and_status_with_their_bytes()
    {
        await _node.SendAsync(HttpMethod.Put, "/raw/k", new byte[300]);
        await _node.SendAsync(HttpMethod.Get, "/raw/k");
        await _node.SendAsync(HttpMethod.Head, "/raw/k");
        await _node.SendAsync(HttpMethod.Get, "/raw/nothing");
        await _node.SendAsync(HttpMethod.Get, "/what/is/this");
        var page = await PageAsync();
        Assert.Contains("ciaos_http_requests_total{operation=\"raw_put\",status=\"201\"} 1", page);
        Assert.Contains("ciaos_http_requests_total{operation=\"raw_get\",status=\"200\"} 2", page);
        Assert.Contains("ciaos_http_requests_total{operation=\"raw_get\",status=\"404\"} 1", page);
        Assert.Contains("ciaos_http_requests_total{operation=\"other\",status=\"404\"} 1", page);
        Assert.Contains("ciaos_http_request_bytes_sum{operation=\"raw_put\"} 300", page);
        Assert.Contains("ciaos_http_request_duration_seconds_count{operation=\"raw_get\"} 3", page);
        Assert.Contains("ciaos_http_requests_in_flight{api=\"native\"} 1", page);
        var refusal = (await _node.SendAsync(HttpMethod.Get, "/raw/nothing")).Text.Length;
        Assert.Contains($"ciaos_http_response_bytes_sum{{operation=\"raw_get\"}} {300 + refusal}", page);
    }

    [Fact]
    public async Task A_body_without_a_length_is_counted_as_it_is_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/raw/k");
        request.Headers.TransferEncodingChunked = true;
        request.Content = new ByteArrayContent(new byte[100_000]);
        using var response = await _node.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(100_000, (await _node.Client.GetByteArrayAsync("/raw/k")).Length);
        Assert.Contains("ciaos_http_request_bytes_sum{operation=\"raw_put\"} 100000", await PageAsync());
    }

    [Fact]
    public async Task What_the_node_fails_at_is_an_error_of_its_kind()
    {
        await _node.SendAsync(HttpMethod.Put, "/raw/k", new byte[10]);
        _node.DamagedFrom = 0;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _node.Client.GetByteArrayAsync("/raw/k"));
        _node.Overrule = _ => throw new InvalidOperationException("no");
        var page = await PageAsync();
        Assert.Contains("ciaos_errors_total{kind=\"data_corrupt\"} 1", page);
        Assert.Contains("ciaos_errors_total{kind=\"request_failed\"} 0", page);
    }

    [Fact]
    public async Task A_slow_request_is_told_with_all_that_helps_to_find_it()
    {
        using var response = await _node.Client.PutAsync("/raw/a%0Ab", new ByteArrayContent(new byte[7]));
        var id = Assert.Single(response.Headers.GetValues("X-Request-Id"));
        string[] lines = [];
        for (var i = 0; i < 500 && lines.Length == 0; i++)
        {
            await Task.Yield();
            await PageAsync();
            lines = [.. _node.Log.Where(line => line.Level == LogLevel.Warning && line.Text.Contains(id))
                .Select(line => line.Text)];
        }

        Assert.Matches(
            @"Slow request: raw_put of user me, key a\?b: status 201, 7 bytes came, \d+ bytes went, body after \d+ ms, "
            + @"done after \d+ ms \[" + id + @"\]$",
            Assert.Single(lines));
    }

    [Theory]
    [InlineData("text/plain", "text/plain; version=0.0.4; charset=utf-8", "ciaos_writable")]
    [InlineData(
        "application/openmetrics-text;version=1.0.0,text/plain;q=0.5",
        "application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF\n")]
    public async Task The_format_is_that_which_is_asked_for(string accept, string type, string end)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await _node.Client.SendAsync(request);
        Assert.Equal(type, response.Content.Headers.GetValues("Content-Type").Single());
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal(end.EndsWith('\n'), page.EndsWith("# EOF\n", StringComparison.Ordinal));
        Assert.Contains("ciaos_build_info{version=\"1.2.3\",commit=\"abc\"", page);
    }

    [Theory]
    [InlineData("plain/key-1", "plain/key-1")]
    [InlineData("\u0001\r\n\u007f", "????")]
    public void Keys_are_shown_without_what_would_break_a_line(string key, string shown) =>
        Assert.Equal(shown, SlowRequests.Shorten(key));

    [Fact]
    public void Long_keys_are_shortened()
    {
        var shown = SlowRequests.Shorten(new string('k', 1000));
        Assert.Equal(new string('k', 80) + "…", shown);
    }

    private Task<string> PageAsync() => _node.Client.GetStringAsync("/metrics");
}
