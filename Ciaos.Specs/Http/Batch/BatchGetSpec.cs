using System.Text.Json;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Index;
using Ciaos.Http.Batch;
using Ciaos.Specs.Storage.FlatBuffers;
using Xunit;

namespace Ciaos.Specs.Http.Batch;

public sealed class BatchGetSpec : TestKit
{
    private static readonly byte[][] ManyFiles = [.. Enumerable.Range(0, 40).Select(i => Pattern(i * 5000))];

    [Theory]
    [InlineData("disk", 4096)]
    [InlineData("disk", 3)]
    [InlineData("given", 4096)]
    [InlineData("given", 1)]
    public async Task Every_key_gets_its_frame_in_the_order_that_was_asked_for(string order, int window)
    {
        await using var node = await MemoryNode.StartAsync($"batch-window = {window}, batch-lookup-keys = 2");
        await PutAsync(node, "one", "1"u8.ToArray());
        await PutAsync(node, "empty", [[]]);
        await PutAsync(node, "two", "22"u8.ToArray(), [], "2"u8.ToArray());
        await PutAsync(node, "large", ManyFiles);
        string[] keys = ["two", "none", "large", "one", "empty", "one", ""];

        var frames = await GetAsync(node, keys, order);

        var byIndex = frames.OrderBy(frame => frame.Index).ToList();
        Assert.Equal([200, 404, 200, 200, 200, 200, 400], byIndex.Select(frame => frame.Status));
        Assert.Equal(["22"u8.ToArray(), [], "2"u8.ToArray()], byIndex[0].Files);
        Assert.Equal("No data found for key: none, The key does not exist", byIndex[1].Text);
        Assert.Equal(ManyFiles, byIndex[2].Files);
        Assert.Equal(["1"u8.ToArray()], byIndex[3].Files);
        Assert.Equal([[]], byIndex[4].Files);
        Assert.Equal(["1"u8.ToArray()], byIndex[5].Files);
        Assert.Equal("The key is empty", byIndex[6].Text);
        var sent = frames.Select(frame => frame.Index);
        if (order == "given" || window == 1) Assert.Equal([0, 1, 2, 3, 4, 5, 6], sent);
        else if (window == 4096) Assert.Equal([1, 4, 6, 3, 5, 0, 2], sent);
        else Assert.Equal([1, 0, 2, 4, 3, 5, 6], sent);
        Assert.Empty(node.Complaints());
    }

    [Fact]
    public async Task A_user_who_has_never_written_and_a_request_without_keys_are_answered_too()
    {
        await using var node = await MemoryNode.StartAsync();

        Assert.Equal(404, Assert.Single(await GetAsync(node, ["none"])).Status);
        Assert.Empty(await GetAsync(node, []));
    }

    [Fact]
    public async Task Limits_are_told_with_413_and_503()
    {
        await using var node = await MemoryNode.StartAsync(
            "max-batch-keys = 2, max-batch-request = 1KiB, max-batches = 1");

        Assert.Equal(413, (await SendAsync(node, ["a", "b", "c"])).Status);
        Assert.Equal(413, (await SendAsync(node, [new string('k', 2000)])).Status);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var reached = new SemaphoreSlim(0);
        node.Overrule = command =>
        {
            if (command is not IndexProtocol.LookupMany) return null;
            reached.Release();
            gate.Task.Wait(TimeSpan.FromSeconds(10));
            return null;
        };
        await PutAsync(node, "a", [1]);
        var first = SendAsync(node, ["a"]);
        await reached.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(503, (await SendAsync(node, ["a"])).Status);
        gate.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await SendAsync(node, ["a"])).Status);
    }

    [Fact]
    public async Task What_the_index_cannot_tell_is_told_in_frames_and_logged_once()
    {
        await using var node = await MemoryNode.StartAsync();
        await PutAsync(node, "a", [1]);
        node.Overrule = command => command is IndexProtocol.LookupMany
            ? new IndexProtocol.Failed(IndexProtocol.FailReason.Unavailable, "The journal is away")
            : null;

        var frames = await GetAsync(node, ["a", "b"]);

        Assert.All(frames, frame => Assert.Equal((503, "The journal is away"), (frame.Status, frame.Text)));
        Assert.Contains("2 keys, The journal is away", Assert.Single(node.Complaints()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_small_object_is_told_in_its_frame_and_the_others_come()
    {
        await using var node = await MemoryNode.StartAsync();
        await PutAsync(node, "good", [1, 2]);
        await PutAsync(node, "bad", Pattern(100_000));
        node.DamagedFrom = node.NeedleCount - 1;

        var frames = await GetAsync(node, ["bad", "good"], "given");

        Assert.Equal([500, 200], frames.Select(frame => frame.Status));
        Assert.Contains("bad", Assert.Single(node.Complaints()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_fails_in_the_middle_cuts_the_stream_and_is_let_go()
    {
        await using var node = await MemoryNode.StartAsync();
        await PutAsync(node, "large", ManyFiles);
        node.DamagedFrom = node.NeedleCount - 1;
        var tickets = Watch(node);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(node, ["large"]));

        await AwaitAssertAsync(() => Assert.Equal((1, 1), tickets()));
        Assert.Single(node.Complaints());
    }

    [Fact]
    public async Task A_client_that_goes_away_leaves_no_read_behind()
    {
        await using var node = await MemoryNode.StartAsync();
        var large = Enumerable.Range(0, 400).Select(_ => Pattern(100_000)).ToArray();
        await PutAsync(node, "large", large);
        var tickets = Watch(node);
        using var request = Request(["large", "large", "large"]);
        using (var response = await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
            Assert.Equal(200, (int)response.StatusCode);

        await AwaitAssertAsync(() => Assert.Equal((1, 1), tickets()));
        Assert.Empty(node.Complaints());
    }

    private static Func<(int Begun, int Ended)> Watch(MemoryNode node)
    {
        var (begun, ended) = (0, 0);
        node.Overrule = command =>
        {
            if (command is IndexProtocol.Lookup { ForReading: true }) Interlocked.Increment(ref begun);
            if (command is IndexProtocol.EndRead) Interlocked.Increment(ref ended);
            return null;
        };
        return () => (Volatile.Read(ref begun), Volatile.Read(ref ended));
    }

    private static async Task PutAsync(MemoryNode node, string key, params byte[][] files) => Assert.Equal(
        (200, $"Data uploaded successfully: key = {key}"),
        await node.SendAsync(HttpMethod.Post, $"/put/{key}", FileLists.Write(files)));

    private static HttpRequestMessage Request(string[] keys, string order = "disk")
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new { keys, order });
        return new HttpRequestMessage(HttpMethod.Post, "/batch/get") { Content = new ByteArrayContent(body) };
    }

    private static async Task<List<Frame>> GetAsync(MemoryNode node, string[] keys, string order = "disk")
    {
        using var request = Request(keys, order);
        using var response = await node.Client.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(ReplyFrame.ContentType, response.Content.Headers.ContentType!.MediaType);
        return Frames.Read(await response.Content.ReadAsByteArrayAsync());
    }

    private static async Task<(int Status, string Text)> SendAsync(MemoryNode node, string[] keys)
    {
        using var request = Request(keys);
        using var response = await node.Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
