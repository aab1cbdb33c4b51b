using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Ciaos.Client;
using Xunit;

namespace Ciaos.Specs.Client;

/// <summary>Batches, against frames made by hand from their description (docs/api.md).</summary>
public sealed class BatchSpec
{
    [Fact]
    public async Task Items_come_with_their_keys_whatever_their_order()
    {
        var (client, wire) = ClientBench.Scripted((_, _) => FaultyWire.Answer([
            .. Object(2, "x", "yz"), .. Object(0, ""), .. Missing(1), .. End(3)]));
        var items = await client.GetManyAsync(["a", "b", "c"]).ToListAsync();
        Assert.Equal([(2, "c"), (0, "a"), (1, "b")], items.Select(item => (item.Index, item.Key)));
        Assert.Equal(["x", "yz"], Texts(items[0]));
        Assert.Equal([""], Texts(items[1]));
        Assert.False(items[2].IsFound);
        Assert.Equal((404, CiaosError.NotFound, "b"), (items[2].Status, items[2].Error!.Error, items[2].Error!.Key));
        Assert.Same(items[2].Error, Assert.Throws<CiaosException>(() => items[2].Files));
        Assert.Equal("POST http://nowhere.invalid/batch/get", Line(wire.Requests.First()));
        items.ForEach(item => item.Dispose());
        Assert.Throws<ObjectDisposedException>(() => items[0].Files);
    }

    [Fact]
    public async Task What_a_break_took_is_asked_for_again_and_nothing_else()
    {
        byte[] frames = [.. Object(1, "bb"), .. Object(0, "aa"), .. Object(2, "cc"), .. End(3)];
        var asked = new List<string[]>();
        var (client, wire) = ClientBench.Scripted((request, message) =>
        {
            asked.Add(Keys(message));
            return FaultyWire.Answer(request == 0 ? frames : [.. Object(1, "cc"), .. Object(0, "aa"), .. End(2)]);
        });
        wire.BreaksAfter = request => request == 0 ? Object(1, "bb").Length + 25 : null;
        var items = await client.GetManyAsync(["a", "b", "c"]).ToListAsync();
        Assert.Equal([["a", "b", "c"], ["a", "c"]], asked);
        Assert.Equal([(1, "b", "bb"), (2, "c", "cc"), (0, "a", "aa")],
            items.Select(item => (item.Index, item.Key, Texts(item).Single())));
    }

    [Fact]
    public async Task An_answer_without_its_end_is_never_taken_for_whole()
    {
        var (client, wire) = ClientBench.Scripted((_, _) => FaultyWire.Answer(Object(0, "aa")));
        var seen = new List<string>();
        var error = await Assert.ThrowsAsync<CiaosException>(async () =>
        {
            await foreach (var item in client.GetManyAsync(["a"])) seen.Add(item.Key);
        });
        Assert.Equal(["a"], seen);
        Assert.Equal(CiaosError.BrokenTransfer, error.Error);
    }

    [Fact]
    public async Task An_answer_cut_anywhere_fails_or_is_made_up_for()
    {
        byte[] frames = [.. Object(0, "aa", "bbb"), .. Missing(1), .. End(2)];
        for (var cut = 0; cut < frames.Length; cut++)
        {
            var (client, _) = ClientBench.Scripted((_, _) => FaultyWire.Answer(frames.AsSpan(0, cut)));
            var error = await Assert.ThrowsAsync<CiaosException>(
                async () => await client.GetManyAsync(["a", "b"]).ToListAsync());
            Assert.Equal(CiaosError.BrokenTransfer, error.Error);
        }
    }

    [Theory]
    [InlineData("0300c80000000000010000000000000000000000")] // a kind that there is not
    [InlineData("0100c80005000000000000000000000000000000")] // an index that nobody asked for
    [InlineData("0100c8000000000001000000030000000000000002000000000000006161")] // lengths that do not add up
    [InlineData("0100c800000000000100000003000000000000800300000000000080")] // a length below zero
    [InlineData("0200000000000000000000000000000000000000")] // the end before everything came
    public async Task An_answer_that_makes_no_sense_is_refused_at_once(string hex)
    {
        var (client, wire) = ClientBench.Scripted((_, _) => FaultyWire.Answer(Convert.FromHexString(hex)));
        var error = await Assert.ThrowsAsync<CiaosException>(
            async () => await client.GetManyAsync(["a"]).ToListAsync());
        Assert.Equal(CiaosError.BrokenTransfer, error.Error);
        Assert.Single(wire.Requests);
    }

    [Fact]
    public async Task An_object_that_is_too_large_for_memory_is_passed_over()
    {
        var (client, _) = ClientBench.Scripted(
            (_, _) => FaultyWire.Answer([.. Object(0, new string('a', 101)), .. Object(1, "b"), .. End(2)]),
            options => options with { MaxBatchItemBytes = 100 });
        var items = await client.GetManyAsync(["a", "b"]).ToListAsync();
        Assert.Equal(CiaosError.TooLarge, items[0].Error!.Error);
        Assert.Equal(["b"], Texts(items[1]));
    }

    [Fact]
    public async Task Many_keys_are_asked_for_in_several_requests_each_when_it_is_its_turn()
    {
        var (client, wire) = ClientBench.Scripted(
            (_, message) => FaultyWire.Answer(Echo(Keys(message))), options => options with { MaxBatchItems = 4 });
        var taken = 0;
        var keys = Enumerable.Range(0, 10).Select(i =>
        {
            taken++;
            return $"k{i}";
        });
        await using var items = client.GetManyAsync(keys).GetAsyncEnumerator();
        for (var i = 0; i < 10; i++)
        {
            Assert.True(await items.MoveNextAsync());
            Assert.Equal((i, $"k{i}"), (items.Current.Index, Texts(items.Current).Single()));
            Assert.Equal((i / 4) + 1, wire.Requests.Count);
            Assert.InRange(taken, i + 1, ((i / 4) + 1) * 4);
        }

        Assert.False(await items.MoveNextAsync());
    }

    [Fact]
    public async Task Puts_are_sent_as_frames_and_answered_one_by_one()
    {
        var bodies = new List<byte[]>();
        var (client, wire) = ClientBench.Scripted(
            (_, message) =>
            {
                bodies.Add(Body(message));
                return FaultyWire.Answer(200, bodies.Count == 1
                    ? """{"results":[{"status":201,"etag":"e1"},{"status":400,"error":"Key already exists"}]}"""
                    : """{"results":[{"status":200,"etag":"e3"}]}""");
            },
            options => options with { MaxBatchItems = 2 });
        var results = await client.PutManyAsync(
        [
            new BatchPut("a", [new byte[] { 1 }, new byte[] { 2, 3 }]),
            new BatchPut("é", [Array.Empty<byte>()], WriteMode.Create),
            new BatchPut("c", [new byte[] { 4 }], WriteMode.Append),
        ]).ToListAsync();
        Assert.Equal(
            "0100030001000000020000000300000000000000" + "61" + "01000000000000000200000000000000" + "010203"
            + "0100010002000000010000000000000000000000" + "c3a9" + "0000000000000000"
            + "0200000000000000000000000000000000000000",
            Convert.ToHexStringLower(bodies[0]));
        Assert.Equal([(0, "a", 201, "e1"), (1, "é", 400, null), (2, "c", 200, "e3")],
            results.Select(result => (result.Index, result.Key, result.Status, result.ETag)));
        Assert.Equal([null, CiaosError.Exists, null], results.Select(result => result.Error?.Error));
        Assert.NotEqual(wire.Header(0, "Idempotency-Key"), wire.Header(1, "Idempotency-Key"));
    }

    [Fact]
    public async Task A_batch_of_puts_whose_answer_is_lost_is_sent_again_under_the_same_name()
    {
        var (client, wire) = ClientBench.Scripted(
            (_, _) => FaultyWire.Answer(200, """{"results":[{"status":201,"etag":"e"}]}"""));
        wire.LosesAnswer = request => request == 0;
        Assert.Single(await client.PutManyAsync([new BatchPut("a", [new byte[1]])]).ToListAsync());
        Assert.Equal(wire.Header(0, "Idempotency-Key"), wire.Header(1, "Idempotency-Key"));
    }

    [Fact]
    public async Task Files_of_any_size_are_streamed_down_and_up()
    {
        var (client, wire) = ClientBench.Scripted((request, message) => request == 0
            ? FaultyWire.Answer([.. Object(0, "ab", "", "cde"), .. End(1)])
            : Convert.ToHexStringLower(Body(message)) is
                "0100030001000000030000000500000000000000" + "6b"
                + "020000000000000000000000000000000300000000000000" + "6162636465"
                + "0200000000000000000000000000000000000000"
                ? FaultyWire.Answer(200, """{"results":[{"status":201,"etag":"e"}]}""")
                : FaultyWire.Answer(400, "another body came"));
        await using var files = await client.OpenFilesAsync("a");
        Assert.Equal([2, 0, 3], files.Lengths);
        var made = await client.UploadFilesAsync("k", files.Lengths, files);
        Assert.Equal((5, 3, "e"), (made.SizeBytes, made.FileCount, made.ETag));
    }

    [Fact]
    public async Task Files_that_break_off_fail_to_be_read()
    {
        byte[] frames = [.. Object(0, "ab", "cde"), .. End(1)];
        for (var cut = 0; cut < frames.Length; cut++)
        {
            var (client, _) = ClientBench.Scripted((_, _) => FaultyWire.Answer(frames.AsSpan(0, cut)));
            var error = await Assert.ThrowsAsync<CiaosException>(async () =>
            {
                await using var files = await client.OpenFilesAsync("a");
                await files.CopyToAsync(Stream.Null);
            });
            Assert.Equal(CiaosError.BrokenTransfer, error.Error);
        }
    }

    private static byte[] Object(int index, params string[] files) => Frame(
        1, 200, index, files.Length, string.Concat(files),
        files.SelectMany(file => BitConverter.GetBytes((long)file.Length)));

    private static byte[] Missing(int index) => Frame(1, 404, index, 0, "No data found", []);

    private static byte[] End(int count) => Frame(2, 0, count, 0, "", []);

    private static byte[] Echo(string[] keys) => [.. keys.SelectMany((key, i) => Object(i, key)), .. End(keys.Length)];

    private static byte[] Frame(int kind, int status, int index, int files, string body, IEnumerable<byte> lengths)
    {
        var head = new byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(head, (ushort)kind);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)status);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), index);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), files);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(12), body.Length);
        return [.. head, .. lengths, .. Encoding.ASCII.GetBytes(body)];
    }

    private static string Line(HttpRequestMessage message) => $"{message.Method} {message.RequestUri}";

    private static byte[] Body(HttpRequestMessage message) =>
        message.Content!.ReadAsByteArrayAsync().GetAwaiter().GetResult();

    private static string[] Keys(HttpRequestMessage message) =>
        JsonDocument.Parse(Body(message)).RootElement.GetProperty("keys").Deserialize<string[]>()!;

    private static IEnumerable<string> Texts(BatchItem item) =>
        item.Files.Select(file => Encoding.ASCII.GetString(file.Span));
}
