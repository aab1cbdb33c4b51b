using Ciaos.Http;
using Ciaos.Http.S3;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Http.S3.Buckets;

/// <summary>What a browser hears, over a real socket.</summary>
public sealed class CorsAnswersSpec : IAsyncLifetime
{
    private BucketBench _bench = null!;
    private HttpClient _client = null!;
    private HttpServer _server = null!;

    public async Task InitializeAsync()
    {
        _bench = await BucketBench.WithBucketAsync("b-1", ("x-amz-acl", "public-read"));
        await _bench.SendAsync(_bench.Main, "PUT", "/plain", "", ("x-amz-acl", "public-read"));
        await _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?cors",
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>"
            + "<AllowedOrigin>http://*.get</AllowedOrigin><AllowedHeader>x-*</AllowedHeader>"
            + "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>"
            + "<CORSRule><AllowedMethod>PUT</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>"
            + "</CORSConfiguration>");
        var services = _bench.Services;
        var readiness = new Readiness();
        readiness.SetReady();
        _server = await S3Server.StartAsync(
            HttpSettings.From(HttpSettingsSpec.Reference()), services.Settings, services.Store, services.Identity,
            readiness, TimeProvider.System, NullLoggerFactory.Instance, certificate: null, default);
        _client = ClientOf(_server);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.StopAsync(default);
        await _server.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Theory]
    [InlineData("HEAD", "http://a.get", null, 200, "http://a.get")]
    [InlineData("HEAD", "http://a.org", null, 200, null)]
    [InlineData("HEAD", null, null, 200, null)]
    [InlineData("DELETE", "http://a.get", null, 403, null)]
    [InlineData("DELETE", "http://a.get", "GET", 403, "http://a.get")]
    [InlineData("DELETE", "http://a.org", "PUT", 403, "*")]
    public async Task Answers_and_errors_say_which_origin_may_read_them(
        string method, string? origin, string? asked, int status, string? allowed)
    {
        var answer = await SendAsync(method, "/b-1", ("Origin", origin), ("Access-Control-Request-Method", asked));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed is not (null or "*") ? "true" : null, Header(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal(origin is not null, Header(answer, "Vary")?.Contains("Origin", StringComparison.Ordinal) ?? false);
        Assert.NotNull(Header(answer, "x-amz-request-id"));
    }

    [Theory]
    [InlineData("x-one", "http://a.get")]
    [InlineData("authorization", null)]
    public async Task Headers_that_a_page_asks_for_count_for_answers_too(string asked, string? allowed)
    {
        var answer = await SendAsync(
            "HEAD", "/b-1", ("Origin", "http://a.get"), ("Access-Control-Request-Headers", asked));
        Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_preflight_is_told_what_the_rule_allows()
    {
        var answer = await SendAsync(
            "OPTIONS", "/b-1/key", ("Origin", "http://a.get"), ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "X-One, x-two"));
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("http://a.get", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("GET, HEAD", Header(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("x-one, x-two", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("ETag", Header(answer, "Access-Control-Expose-Headers"));
        Assert.Equal("60", Header(answer, "Access-Control-Max-Age"));
    }

    [Theory]
    [InlineData("/b-1", null, "GET", null, 400)]
    [InlineData("/b-1", "http://a.get", null, null, 400)]
    [InlineData("/b-1", "http://a.org", "GET", null, 403)]
    [InlineData("/b-1", "http://a.get", "DELETE", null, 403)]
    [InlineData("/b-1", "http://a.get", "GET", "authorization", 403)]
    [InlineData("/plain", "http://a.get", "GET", null, 403)]
    [InlineData("/plain", "http://a.get", null, null, 403)]
    [InlineData("/plain", "http://a.get", "PATCH", null, 400)]
    [InlineData("/plain", "http://a.get", "get", null, 400)]
    [InlineData("/plain", "http://a.get", "GET", "x-a, bad/header", 400)]
    [InlineData("/missing", "http://a.get", "GET", null, 403)]
    [InlineData("/missing", "http://a.get", null, null, 403)]
    [InlineData("/", "http://a.get", "GET", null, 403)]
    public async Task A_preflight_of_others_is_refused(
        string path, string? origin, string? method, string? headers, int status)
    {
        var answer = await SendAsync(
            "OPTIONS", path, ("Origin", origin), ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", headers));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    private static HttpClient ClientOf(HttpServer server) => new() { BaseAddress = new Uri(server.Address) };

    private async Task<HttpResponseMessage> SendAsync(
        string method, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
