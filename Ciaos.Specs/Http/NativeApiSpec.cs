using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Http.Health;
using Ciaos.Specs.Objects;
using Ciaos.Specs.Storage.FlatBuffers;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Ciaos.Specs.Http;

/// <summary>What the front end makes of failures behind it. What it does when all is well, the Python tests show on a
/// whole node.</summary>
public sealed class NativeApiSpec
{
    private static readonly byte[] Small = FileLists.Write(["hello"u8.ToArray()]);
    private static readonly byte[] Large = FileLists.Write([.. Enumerable.Range(1, 40).Select(i => Pattern(i * 5000))]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_list_comes_back_file_by_file_over_pages_of_segments(bool isLarge)
    {
        await using var node = await MemoryNode.StartAsync();
        var body = isLarge ? Large : Small;

        Assert.Equal(200, (await node.SendAsync(HttpMethod.Post, "/put/key", body)).Status);
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Post, "/append/key", body)).Status);
        var reply = await node.Client.GetByteArrayAsync("/get/key");

        var files = FileLists.Read(body);
        Assert.Equal([.. files, .. files], FileLists.Read(reply));
        Assert.Equal(
            files.Concat(files).SelectMany(file => file), await node.Client.GetByteArrayAsync("/raw/key"));
        Assert.Empty(node.Complaints());
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_why_and_serves_its_health_only()
    {
        await using var node = await MemoryNode.StartAsync();

        node.Readiness.SetNotReady("The node is stopping");

        Assert.Equal((503, "The node is stopping"), await node.SendAsync(HttpMethod.Get, "/get/key"));
        Assert.Equal(
            (503, """{"ready":false,"reason":"The node is stopping"}"""),
            await node.SendAsync(HttpMethod.Get, "/health/ready"));
        Assert.Equal((200, """{"live":true}"""), await node.SendAsync(HttpMethod.Get, "/health/live"));
    }

    [Fact]
    public async Task A_shard_that_is_down_makes_the_node_unready_but_not_unavailable()
    {
        await using var node = await MemoryNode.StartAsync();
        var (time, asked, fault) = (new SteppedTime(), 0, "shard 3: the journal is away");
        node.Readiness.SetReady(new IndexProbe(
            _ =>
            {
                asked++;
                return Task.FromResult(fault);
            },
            time));

        for (var i = 0; i < 10; i++)
        {
            var (status, text) = await node.SendAsync(HttpMethod.Get, "/health/ready");
            Assert.Equal(503, status);
            Assert.Contains(
                "\"reason\":\"The index does not serve all keys: shard 3: the journal is away\"", text,
                StringComparison.Ordinal);
        }

        Assert.Equal(404, (await node.SendAsync(HttpMethod.Get, "/get/key")).Status);
        Assert.Equal(1, asked);
        fault = "";
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Get, "/health/ready")).Status);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task An_object_of_too_many_pieces_to_be_renamed_is_the_clients_matter()
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Small);
        node.Overrule = _ => new IndexProtocol.Failed(IndexProtocol.FailReason.TooManySegments, "too many pieces");

        Assert.Equal((413, "too many pieces"), await node.SendAsync(HttpMethod.Put, "/update_key/key/new"));
        Assert.Empty(node.Complaints());
    }

    [Theory]
    [InlineData(IndexProtocol.FailReason.Unavailable, 503)]
    [InlineData(IndexProtocol.FailReason.Overloaded, 503)]
    [InlineData(IndexProtocol.FailReason.TicketExpired, 503)]
    [InlineData(IndexProtocol.FailReason.DiskFull, 507)]
    public async Task What_the_index_cannot_do_is_told_with_its_reason_and_logged_once(
        IndexProtocol.FailReason reason, int status)
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Small);
        node.Overrule = _ => new IndexProtocol.Failed(reason, "The journal is away");

        foreach (var (method, path) in EveryKeyRoute())
        {
            node.Log.Clear();
            Assert.Equal((status, "The journal is away"), await node.SendAsync(method, path, BodyFor(method)));
            Assert.Contains("The journal is away", Assert.Single(node.Complaints()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_catalog_that_cannot_be_read_makes_listings_unavailable()
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Small);
        node.ListingFailure = new IOException("the cable is out");

        var (status, text) = await node.SendAsync(HttpMethod.Get, "/list");

        Assert.Equal((503, "The catalog could not be read: the cable is out"), (status, text));
    }

    [Fact]
    public async Task An_index_that_does_not_answer_in_time_is_unavailable()
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Small);
        node.Overrule = _ => new MemoryIndex.Silence();

        var (status, text) = await node.SendAsync(HttpMethod.Get, "/get/key");

        Assert.Equal(503, status);
        Assert.Contains("did not answer", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VolumeProtocol.RejectReason.DiskFull, 507)]
    [InlineData(VolumeProtocol.RejectReason.DiskFailed, 503)]
    [InlineData(VolumeProtocol.RejectReason.Stopping, 503)]
    [InlineData(VolumeProtocol.RejectReason.TooLarge, 413)]
    public async Task A_body_that_the_volumes_refuse_becomes_nothing(VolumeProtocol.RejectReason reason, int status)
    {
        await using var node = await MemoryNode.StartAsync();
        node.Rejects = reason;

        foreach (var body in new[] { Small, Large })
        {
            Assert.Equal((status, "The disk is full"), await node.SendAsync(HttpMethod.Post, "/put/key", body));
            Assert.Equal((status, "The disk is full"), await node.SendAsync(HttpMethod.Put, "/raw/key", body));
        }

        Assert.Equal(404, (await node.SendAsync(HttpMethod.Get, "/get/key")).Status);
        var (_, health) = await node.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Contains("\"writable\":false", health, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/get/key")]
    [InlineData("/raw/key")]
    public async Task Damage_that_is_found_before_the_first_byte_is_an_error_that_names_the_key(string path)
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Large);
        node.DamagedFrom = 0;

        using var response = await node.Client.GetAsync(path);

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains(path, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(response.Headers.ETag);
        Assert.True(response.Headers.Contains("X-Request-Id"));
        Assert.Contains(path, Assert.Single(node.Complaints()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/get/key")]
    [InlineData("/raw/key")]
    public async Task Damage_that_is_found_later_cuts_the_connection(string path)
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Large);
        node.DamagedFrom = node.NeedleCount - 1;

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => node.Client.GetByteArrayAsync(path));

        Assert.Single(node.Complaints());
    }

    [Fact]
    public async Task Whoever_loses_the_race_for_a_key_is_told_so()
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", Small);
        node.Overrule = command => command is IndexProtocol.Lookup ? IndexProtocol.KeyNotFound.Instance : null;

        Assert.Equal((400, "Key already exists"), await node.SendAsync(HttpMethod.Post, "/put/key", Small));
        using var request = new HttpRequestMessage(HttpMethod.Put, "/raw/key");
        request.Content = new ByteArrayContent(Small);
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var response = await node.Client.SendAsync(request);
        Assert.Equal(412, (int)response.StatusCode);
        Assert.Empty(node.Complaints());
    }

    [Fact]
    public async Task What_clients_do_wrong_is_logged_for_debugging_only()
    {
        await using var node = await MemoryNode.StartAsync();

        await node.SendAsync(HttpMethod.Post, "/put/key", "garbage"u8.ToArray());
        await node.SendAsync(HttpMethod.Get, "/get/missing");
        await node.SendAsync(HttpMethod.Get, "/nowhere");

        Assert.Empty(node.Complaints());
        Assert.Contains(node.Log, line =>
            line.Level == LogLevel.Debug && line.Text.Contains("Failed to parse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_is_refused_when_it_has_too_many_files_or_pieces()
    {
        await using var node = await MemoryNode.StartAsync("max-files-per-upload = 39");

        var (status, text) = await node.SendAsync(HttpMethod.Post, "/put/key", Large);

        Assert.Equal((413, "The list has 40 files, at most 39 are allowed in one request"), (status, text));
    }

    [Fact]
    public async Task A_request_that_has_begun_is_finished_while_the_node_stops()
    {
        await using var node = await MemoryNode.StartAsync();
        var body = new SlowBody(Small);
        var put = node.Client.PostAsync("/put/key", body);
        await body.Begun;

        var stop = node.StopAsync();
        body.Finish();

        Assert.Equal(200, (int)(await put).StatusCode);
        await stop;
    }

    private static IEnumerable<(HttpMethod Method, string Path)> EveryKeyRoute() =>
    [
        (HttpMethod.Get, "/get/key"), (HttpMethod.Post, "/put/key"), (HttpMethod.Post, "/append/key"),
        (HttpMethod.Post, "/update/key"), (HttpMethod.Put, "/update_key/key/new"), (HttpMethod.Delete, "/delete/key"),
        (HttpMethod.Get, "/raw/key"), (HttpMethod.Put, "/raw/key"), (HttpMethod.Delete, "/raw/key"),
        (HttpMethod.Get, "/stat/key"),
    ];

    private static byte[]? BodyFor(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Delete ? null : Small;

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Sends its first byte, then waits.</summary>
    private sealed class SlowBody(byte[] bytes) : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public void Finish() => _finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(bytes.AsMemory(0, 1));
            await stream.FlushAsync();
            _begun.SetResult();
            await _finish.Task;
            await stream.WriteAsync(bytes.AsMemory(1));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
