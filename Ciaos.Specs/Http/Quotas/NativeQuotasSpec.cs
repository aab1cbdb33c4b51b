using System.Net;
using System.Text.Json.Nodes;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Http.Quotas;
using Ciaos.Specs.Http.Batch;
using Ciaos.Specs.Index;
using Ciaos.Specs.Storage.FlatBuffers;
using Xunit;

namespace Ciaos.Specs.Http.Quotas;

public sealed class NativeQuotasSpec : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private Quota _quota = new(1000, 3, null);
    private MemoryNode _node = null!;

    public async Task InitializeAsync() => _node = await MemoryNode.StartAsync(quotas: new UserQuotas(
        user => user == "me" ? _quota : null, _ => Task.FromResult(default(BucketUsage)), _time));

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("PUT", "/raw/more")]
    [InlineData("POST", "/put/more")]
    [InlineData("POST", "/append/key")]
    [InlineData("POST", "/update/key")]
    public async Task Every_write_beyond_the_quota_is_refused_and_leaves_nothing(string method, string path)
    {
        Assert.Equal(201, (await SendAsync("PUT", "/raw/key", new byte[500])).Status);
        var needles = _node.NeedleCount;

        var (status, text) = await SendAsync(method, path, method == "PUT" ? new byte[501] : List(520));

        Assert.Equal(403, status);
        Assert.Equal("The quota of the user me does not allow this: it is a quota of bytes", text);
        Assert.Equal(needles, _node.NeedleCount);
        Assert.Equal(404, (await SendAsync("GET", "/raw/more")).Status);
        Assert.Equal(500, (await _node.Client.GetByteArrayAsync("/raw/key")).Length);
        Assert.InRange((await SendAsync(method, path, method == "PUT" ? new byte[500] : List(100))).Status, 200, 201);
    }

    [Theory]
    [InlineData("PUT", "/raw/key")]
    [InlineData("POST", "/put/key")]
    public async Task A_body_of_unannounced_length_counts_as_it_comes(string method, string path)
    {
        _quota = new Quota(200_000, null, null);
        byte[] Body(int bytes) => method == "PUT" ? new byte[bytes] : List(bytes);

        Assert.Equal(HttpStatusCode.Forbidden, await SendChunkedAsync(Body(300_000)));

        Assert.Equal(404, (await SendAsync("GET", "/raw/key")).Status);
        Assert.InRange((int)await SendChunkedAsync(Body(190_000)), 200, 201);
        Assert.Equal(HttpStatusCode.Forbidden, await SendChunkedAsync(Body(20_000), "2"));

        async Task<HttpStatusCode> SendChunkedAsync(byte[] body, string suffix = "")
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path + suffix);
            request.Headers.TransferEncodingChunked = true;
            request.Content = new StreamContent(new MemoryStream(body));
            using var answer = await _node.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Files_that_share_their_bytes_count_each()
    {
        var files = Enumerable.Repeat(new byte[300], 4).ToList();
        var list = Enumerable.Range(0, 100).Select(seed => ScrambledLists.Write(new Random(seed), files))
            .First(each => each.Length < 600);

        Assert.Equal(403, (await SendAsync("POST", "/put/key", list)).Status);

        _quota = new Quota(1200, null, null);
        Assert.Equal(200, (await SendAsync("POST", "/put/key", list)).Status);
    }

    [Fact]
    public async Task Objects_are_counted_and_changes_of_one_are_none()
    {
        for (var i = 0; i < 3; i++) Assert.Equal(201, (await SendAsync("PUT", $"/raw/{i}", new byte[1])).Status);

        Assert.Equal(403, (await SendAsync("PUT", "/raw/3", new byte[1])).Status);
        Assert.Equal(403, (await SendAsync("POST", "/put/3", List(1))).Status);
        Assert.Equal(200, (await SendAsync("POST", "/append/1", List(1))).Status);
        Assert.Equal(200, (await SendAsync("POST", "/update/1", List(1))).Status);
        Assert.Equal(201, (await SendAsync("PUT", "/raw/3", new byte[1], "somebody")).Status);
    }

    [Fact]
    public async Task Each_object_of_a_batch_is_judged_by_itself()
    {
        var body = new PutStreams()
            .Add(PutStreams.Create, "a", new byte[600]).Add(PutStreams.Create, "b", new byte[600])
            .Add(PutStreams.Upsert, "c", new byte[100]).ToArray();

        var (status, text) = await SendAsync("POST", "/batch/put", body);

        Assert.Equal(200, status);
        var results = JsonNode.Parse(text)!["results"]!.AsArray();
        Assert.Equal([201, 201, 403], results.Select(each => (int)each!["status"]!).Order());
        Assert.Equal(201, (int)results[2]!["status"]!);
        Assert.Equal(200, (await SendAsync("GET", "/raw/c")).Status);
    }

    [Fact]
    public async Task More_requests_a_second_than_the_quota_allows_are_to_come_again()
    {
        _quota = new Quota(null, null, 2);
        Assert.Equal(201, (await SendAsync("PUT", "/raw/key", [1])).Status);
        Assert.Equal(200, (await SendAsync("GET", "/raw/key")).Status);

        using var refused = await _node.Client.GetAsync("/raw/key");

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(404, (await SendAsync("GET", "/raw/key", null, "somebody")).Status);
        Assert.Equal(200, (await SendAsync("GET", "/health/live")).Status);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await SendAsync("GET", "/raw/key")).Status);
    }

    private static byte[] List(int bytes) => FileLists.Write([new byte[bytes]]);

    private async Task<(int Status, string Text)> SendAsync(
        string method, string path, byte[]? body = null, string user = "me")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        request.Headers.Add("User", user);
        using var answer = await _node.Client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
