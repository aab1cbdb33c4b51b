using System.Buffers;
using System.IO.Pipelines;
using Ciaos.Http;
using Ciaos.Http.Batch;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.Batch;

public sealed class PutFrameReaderSpec
{
    private static readonly byte[] Good = new PutStreams()
        .Add(PutStreams.Create, "a", "abc"u8.ToArray(), "hi"u8.ToArray())
        .Add(PutStreams.Append, "key/é", [[]])
        .Add(PutStreams.Upsert, new string('k', 1024), new byte[300])
        .ToArray();

    [Fact]
    public async Task The_example_of_the_document_is_what_is_read()
    {
        var stream = Convert.FromHexString(ReplyFrameSpec.Documented("A request of `/batch/put`"));

        var made = new PutStreams().Add(PutStreams.Create, "greeting", "hi"u8.ToArray(), "you"u8.ToArray());
        Assert.Equal(made.ToArray(), stream);
        Assert.Equal(["Create greeting: 2 3 = hiyou"], await ReadAsync(stream));
    }

    [Fact]
    public void Whatever_is_written_is_read_back_in_whatever_pieces_it_comes() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => AssertReadBack(new Random(seed)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_stream_that_is_cut_anywhere_is_refused()
    {
        for (var length = 0; length < Good.Length; length++)
            Assert.Equal(400, (await RefusalAsync(Good[..length])).Status);
        Assert.Equal(3, (await ReadAsync(Good)).Count);
        Assert.Contains("end frame", (await RefusalAsync([.. Good, 0])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, "kind 3")]
    [InlineData(0, 0, "kind 0")]
    [InlineData(2, 0, "mode 0")]
    [InlineData(2, 5, "mode 5")]
    [InlineData(4, 0, "1 to 1024")]
    [InlineData(5, 5, "1 to 1024")]
    [InlineData(7, 0xFF, "1 to 1024")]
    [InlineData(8, 0, "one file at least")]
    [InlineData(12, 4, "more bytes")]
    [InlineData(12, 6, "fewer bytes")]
    [InlineData(19, 0xFF, "beyond any number")]
    [InlineData(28, 0xFF, "more bytes")]
    public async Task What_would_lose_the_way_to_the_next_frame_is_refused(int at, byte value, string text)
    {
        var bytes = (byte[])Good.Clone();
        bytes[at] = value;
        var refused = await RefusalAsync(bytes);
        Assert.Equal(400, refused.Status);
        Assert.Contains(text, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_frame_is_all_zeros() => Assert.Equal(
        400, (await RefusalAsync([2, .. new byte[18], 1])).Status);

    [Fact]
    public async Task A_key_that_is_none_and_too_many_files_concern_their_object_alone()
    {
        var stream = new PutStreams()
            .Add(1, [0xFF, 0xFE], [[1, 2, 3]], 3, 1)
            .Add(1, "a\0b", [1])
            .Add(1, "four", [1], [2], [], [3])
            .Add(1, "good", [(byte)'x'], [(byte)'y'], [(byte)'z'])
            .ToArray();
        Assert.Equal(
            ["400 The key is not UTF-8", "400 The key has a null character",
                "413 The object has 4 files, at most 3 are allowed at a time", "Create good: 1 1 1 = xyz"],
            await ReadAsync(stream, maxFiles: 3));
    }

    [Fact]
    public async Task More_objects_than_allowed_are_refused()
    {
        Assert.Equal(413, (await RefusalAsync(Good, maxItems: 2)).Status);
        Assert.Equal(3, (await ReadAsync(Good, maxItems: 3)).Count);
    }

    [Fact]
    public async Task Several_files_that_no_list_can_hold_are_refused_and_one_is_not()
    {
        var half = 1L << 30;
        Assert.Equal(413, (await HeadAsync([half, half]))!.Refusal!.Value.Status);
        Assert.Equal(413, (await HeadAsync([0, long.MaxValue - 1]))!.Refusal!.Value.Status);
        Assert.Null((await HeadAsync([1L << 50]))!.Refusal);
    }

    [Fact]
    public void Hostile_bytes_are_refused_and_nothing_else() => Fuzz.Run(2000, random =>
    {
        try
        {
            ReadAsync(Fuzz.Mutate(random, Good, PutStreams.End), random.Next(1, 50)).GetAwaiter().GetResult();
        }
        catch (RequestRefusedException refused)
        {
            Assert.Contains(refused.Status, new[] { 400, 413 });
        }
    });

    private static void AssertReadBack(Random random)
    {
        var (streams, wanted) = (new PutStreams(), new List<string>());
        for (var frame = random.Next(5); frame > 0; frame--)
        {
            var (mode, key) = (random.Next(1, 5), $"key-{random.Next(100)}");
            var files = Enumerable.Range(0, random.Next(1, 6))
                .Select(_ => Letters(random, random.Next(3) == 0 ? 0 : random.Next(2000))).ToArray();
            streams.Add(mode, key, files);
            wanted.Add(Text((PutFrameMode)mode, key, files));
        }

        Assert.Equal(wanted, ReadAsync(streams.ToArray(), random.Next(1, 700)).GetAwaiter().GetResult());
    }

    private static async Task<PutItem?> HeadAsync(long[] lengths)
    {
        var frame = new PutStreams().Add(1, "k"u8.ToArray(), [], lengths.Sum(), 1).ToArray().AsSpan()[..21].ToArray();
        frame[8] = (byte)lengths.Length;
        byte[] stream = [.. frame, .. lengths.SelectMany(BitConverter.GetBytes)];
        return await Reader(stream, 4096).NextAsync();
    }

    private static PutFrameReader Reader(byte[] stream, int pieceBytes, int maxItems = 100, int maxFiles = 100) => new(
        PipeReader.Create(
            new MemoryStream(stream), new StreamPipeReaderOptions(bufferSize: pieceBytes, minimumReadSize: 1)),
        maxItems, maxFiles, CancellationToken.None);

    private static async Task<RequestRefusedException> RefusalAsync(byte[] stream, int maxItems = 100) =>
        await Assert.ThrowsAsync<RequestRefusedException>(() => ReadAsync(stream, maxItems: maxItems));

    private static async Task<List<string>> ReadAsync(
        byte[] stream, int pieceBytes = 64, int maxItems = 100, int maxFiles = 100)
    {
        var reader = Reader(stream, pieceBytes, maxItems, maxFiles);
        var read = new List<string>();
        while (await reader.NextAsync() is { } item)
        {
            var body = new ArrayBufferWriter<byte>();
            await reader.ReadAsync(item.BodyBytes, part =>
            {
                foreach (var piece in part) body.Write(piece.Span);
                return ValueTask.CompletedTask;
            });
            read.Add(item.Refusal is { } refused
                ? $"{refused.Status} {refused.Text}"
                : Text(item.Mode, item.Key.Value, item.LengthBytes, body.WrittenSpan.ToArray()));
        }

        return read;
    }

    private static string Text(PutFrameMode mode, string key, byte[][] files) =>
        Text(mode, key, [.. files.Select(file => file.LongLength)], [.. files.SelectMany(file => file)]);

    private static string Text(PutFrameMode mode, string key, IReadOnlyList<long> lengths, byte[] body) =>
        $"{mode} {key}: {string.Join(' ', lengths)} = {System.Text.Encoding.Latin1.GetString(body)}";

    private static byte[] Letters(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
