using System.Text.Json;
using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Specs.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Specs.Http.Batch.PutStreams;

namespace Ciaos.Specs.Http.Batch;

public sealed class BatchPutSpec
{
    private static readonly byte[][] ManyFiles = [.. Enumerable.Range(0, 40).Select(i => Pattern(i * 5000))];

    [Fact]
    public async Task Objects_of_every_kind_are_stored_and_read_back()
    {
        await using var node = await MemoryNode.StartAsync();
        byte[][] tiny = [.. Enumerable.Range(0, 3000).Select(i => Pattern(i % 5))];
        var stream = new PutStreams()
            .Add(Create, "one", Pattern(10_000)).Add(Create, "empty", [[]]).Add(Upsert, "two", [1], [], [2, 3])
            .Add(Create, "large", Pattern(700_000)).Add(Create, "many", ManyFiles).Add(Create, "tiny", tiny)
            .Add(Create, "none and none", [], []);

        var results = await PutAsync(node, stream);

        Assert.Equal(Enumerable.Repeat(201, 7), results.Select(result => result.Status));
        Assert.Equal([Pattern(10_000)], await FilesAsync(node, "one"));
        Assert.Equal([[]], await FilesAsync(node, "empty"));
        Assert.Equal([[1], [], [2, 3]], await FilesAsync(node, "two"));
        Assert.Equal([Pattern(700_000)], await FilesAsync(node, "large"));
        Assert.Equal(ManyFiles, await FilesAsync(node, "many"));
        Assert.Equal(tiny, await FilesAsync(node, "tiny"));
        Assert.Equal([[], []], await FilesAsync(node, "none%20and%20none"));
        using var one = await node.Client.GetAsync("/raw/one");
        Assert.Equal($"\"{results[0].Text}\"", one.Headers.ETag!.Tag);
        Assert.Empty(node.Complaints());
    }

    [Fact]
    public async Task Several_files_lie_in_volumes_as_the_list_that_a_single_put_makes()
    {
        await using var node = await MemoryNode.StartAsync();
        byte[][] files = [Pattern(100), [], Pattern(7)];
        await PutAsync(node, new PutStreams().Add(Create, "a", files).Add(Create, "b", Pattern(9)));

        var (bodies, raw) = (node.Body(0), node.Body(1));
        Assert.Equal((BodyFormat.FileDataList, BodyFormat.Raw), (bodies.Format, raw.Format));
        Assert.Equal(FileLists.Write(files), bodies.Bytes);
        Assert.Equal(Pattern(9), raw.Bytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public async Task Each_object_is_answered_as_its_own_request_would_be_in_the_order_of_the_frames(int parallelism)
    {
        await using var node = await MemoryNode.StartAsync($"batch-parallelism = {parallelism}");
        Assert.Equal(
            [(404, "No data found for key: new, The key does not exist")],
            await PutAsync(node, new PutStreams().Add(Append, "new", [1])));
        var stream = new PutStreams()
            .Add(Replace, "a", [0]).Add(Create, "a", [1]).Add(Append, "a", [2], [3]).Add(Create, "a", [4])
            .Add(Append, "a", [5]).Add(Replace, "b", [6]).Add(Upsert, "b", [7]).Add(Replace, "b", [8])
            .Add(Upsert, "b", Pattern(300_000)).Add(Append, "b", [9]);

        var results = await PutAsync(node, stream);

        Assert.Equal([404, 201, 200, 400, 200, 404, 201, 200, 200, 200], results.Select(result => result.Status));
        Assert.Equal("Key already exists", results[3].Text);
        Assert.Equal([[1], [2], [3], [5]], await FilesAsync(node, "a"));
        Assert.Equal([Pattern(300_000), [9]], await FilesAsync(node, "b"));
        Assert.Empty(node.Complaints());
    }

    [Fact]
    public async Task Many_appends_to_one_key_are_carried_out_in_the_order_of_their_frames()
    {
        await using var node = await MemoryNode.StartAsync();
        var stream = new PutStreams().Add(Create, "log", [0]);
        for (var i = 1; i < 250; i++) stream.Add(Append, "log", [(byte)i]).Add(Upsert, $"other {i}", [1]);

        Assert.All(await PutAsync(node, stream), result => Assert.InRange(result.Status, 200, 201));

        var whole = await node.Client.GetByteArrayAsync("/raw/log");
        Assert.Equal(Enumerable.Range(0, 250).Select(i => (byte)i), whole);
    }

    [Fact]
    public async Task An_object_that_need_not_be_read_is_passed_over_and_the_next_one_is_found()
    {
        await using var node = await MemoryNode.StartAsync("max-files-per-upload = 3");
        await PutAsync(node, new PutStreams().Add(Create, "there", [1]));
        var needles = node.NeedleCount;
        var stream = new PutStreams()
            .Add(Create, "there", Pattern(5_000_000)).Add(Replace, "missing", Pattern(3_000_000), Pattern(1_000_000))
            .Add(Create, "files", [1], [2], [3], [4]).Add(Create, [0xFF], [Pattern(1000)], 1000, 1)
            .Add(Create, "good", [1]);

        var results = await PutAsync(node, stream);

        Assert.Equal([400, 404, 413, 400, 201], results.Select(result => result.Status));
        Assert.Equal(needles + 1, node.NeedleCount);
    }

    [Fact]
    public async Task A_cut_stream_is_refused_and_what_came_whole_before_may_be_there_but_nothing_else()
    {
        await using var node = await MemoryNode.StartAsync();
        var stream = new PutStreams().Add(Create, "whole", [1]).Add(Create, "cut", Pattern(500_000)).ToArray();

        var (status, text) = await node.SendAsync(HttpMethod.Post, "/batch/put", stream[..^1000]);

        Assert.Equal(400, status);
        Assert.Contains("malformed at frame 2", text, StringComparison.Ordinal);
        Assert.Contains("may have been stored", text, StringComparison.Ordinal);
        Assert.Equal([[1]], await FilesAsync(node, "whole"));
        Assert.Equal(404, (await node.SendAsync(HttpMethod.Get, "/get/cut")).Status);
        Assert.Empty(node.Complaints());
    }

    [Theory]
    [InlineData(VolumeProtocol.RejectReason.DiskFull, 507)]
    [InlineData(VolumeProtocol.RejectReason.Stopping, 503)]
    public async Task What_the_volumes_refuse_is_told_of_each_object_and_logged_once(
        VolumeProtocol.RejectReason reason, int status)
    {
        await using var node = await MemoryNode.StartAsync();
        node.Rejects = reason;
        var stream = new PutStreams()
            .Add(Create, "a", [1]).Add(Create, "b", Pattern(2_000_000)).Add(Create, "c", ManyFiles);

        var results = await PutAsync(node, stream);

        Assert.Equal(Enumerable.Repeat((status, "The disk is full"), 3), results);
        Assert.Contains("3 keys, The disk is full", Assert.Single(node.Complaints()), StringComparison.Ordinal);
        Assert.Equal(404, (await node.SendAsync(HttpMethod.Get, "/get/a")).Status);
    }

    [Fact]
    public async Task What_the_index_does_not_do_is_told_of_its_object_and_the_others_are_stored()
    {
        await using var node = await MemoryNode.StartAsync();
        node.Overrule = command => command is IndexProtocol.Put && command.Key.Value == "bad"
            ? new IndexProtocol.Failed(IndexProtocol.FailReason.Unavailable, "The journal is away")
            : null;

        var results = await PutAsync(
            node, new PutStreams().Add(Upsert, "a", [1]).Add(Upsert, "bad", [1]).Add(Upsert, "c", [1]));

        Assert.Equal([201, 503, 201], results.Select(result => result.Status));
    }

    [Fact]
    public async Task No_more_objects_than_allowed_are_stored_at_a_time()
    {
        await using var node = await MemoryNode.StartAsync("batch-parallelism = 3");
        var (now, most) = (0, 0);
        var stream = new PutStreams();
        for (var i = 0; i < 200; i++) stream.Add(Create, $"key {i}", [1]);
        node.Overrule = command =>
        {
            // The look-up comes first, the put last.
            if (command is IndexProtocol.Lookup) most = Math.Max(most, ++now);
            if (command is IndexProtocol.Put) now--;
            return null;
        };

        Assert.All(await PutAsync(node, stream), result => Assert.Equal(201, result.Status));

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task An_empty_batch_is_answered_and_nothing_at_all_is_malformed()
    {
        await using var node = await MemoryNode.StartAsync();
        Assert.Empty(await PutAsync(node, new PutStreams()));
        Assert.Equal(400, (await node.SendAsync(HttpMethod.Post, "/batch/put", [])).Status);
    }

    private static async Task<List<(int Status, string Text)>> PutAsync(MemoryNode node, PutStreams stream)
    {
        var (status, text) = await node.SendAsync(HttpMethod.Post, "/batch/put", stream.ToArray());
        Assert.Equal(200, status);
        using var json = JsonDocument.Parse(text);
        return
        [
            .. json.RootElement.GetProperty("results").EnumerateArray().Select(result => (
                result.GetProperty("status").GetInt32(),
                result.GetProperty(result.TryGetProperty("etag", out _) ? "etag" : "error").GetString()!)),
        ];
    }

    private static async Task<List<byte[]>> FilesAsync(MemoryNode node, string key) =>
        FileLists.Read(await node.Client.GetByteArrayAsync($"/get/{key}"));

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
