using System.Collections.Immutable;
using System.IO.Pipelines;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Objects;

public sealed class UploadSpec : TestKit
{
    private const int ChunkBytes = 64 * 1024;
    private const int WindowChunks = 2;

    private static readonly Dictionary<string, string> Metadata = new() { ["content-type"] = "text/plain" };

    private readonly MemoryVolumes _volumes = new();
    private readonly UploadBudget _budget = new(4 * ChunkBytes, TimeSpan.FromSeconds(10), TimeProvider.System);
    private readonly IActorRef _writer;

    public UploadSpec() => _writer = Sys.ActorOf(_volumes.Props());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ChunkBytes - 1)]
    [InlineData(ChunkBytes)]
    [InlineData(ChunkBytes + 1)]
    [InlineData(2 * ChunkBytes)]
    [InlineData(5 * ChunkBytes + 12345)]
    public async Task A_body_is_stored_whole_whether_or_not_its_length_was_announced(int length)
    {
        var body = Bytes(length);
        foreach (var announced in new long?[] { null, length })
        {
            _volumes.Appended.Clear();
            await using var upload = Begin();
            await upload.BufferAsync(PipeReader.Create(new(body)), announced, default);
            Assert.Equal(body.AsSpan(0, Math.Min(length, ChunkBytes)), upload.Buffered.Span);
        }

        foreach (var announced in new long?[] { null, length })
        {
            _volumes.Appended.Clear();
            await using var upload = Begin();
            var reader = PipeReader.Create(new MemoryStream(body));
            var ended = await upload.BufferAsync(reader, announced, default);
            Assert.Equal(length <= ChunkBytes, ended);
            var stored = await upload.StoreAsync(reader, default);

            Assert.Equal(length, stored.LengthBytes);
            var back = new byte[length];
            stored.Read(0, back);
            Assert.Equal(body, back);
            AssertNeedlesOf(upload.Id, length);
        }
    }

    [Fact]
    public async Task The_socket_is_not_read_while_the_window_is_full()
    {
        _volumes.Answers = false;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: ChunkBytes, resumeWriterThreshold: ChunkBytes / 2));
        await using var upload = Begin();
        var storing = upload.StoreAsync(pipe.Reader, default);
        var writing = WriteAsync(pipe.Writer, Bytes(10 * ChunkBytes));

        await AwaitConditionAsync(() => Task.FromResult(_volumes.Appended.Count == WindowChunks));
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
        Assert.Equal(WindowChunks, _volumes.Appended.Count);
        Assert.False(writing.IsCompleted);

        _volumes.Answers = true;
        _writer.Tell(MemoryVolumes.Release.Instance);
        await writing;
        Assert.Equal(10 * ChunkBytes, (await storing).LengthBytes);
    }

    [Fact]
    public async Task What_was_read_is_not_looked_at_again_once_its_memory_is_given_back()
    {
        var body = Bytes(3 * ChunkBytes + 1000);
        for (var round = 0; round < 20; round++)
        {
            _volumes.Appended.Clear();
            using var reader = new ScramblingReader(body, pieceBytes: 100);
            await using var upload = Begin();
            await upload.BufferAsync(reader, body.Length, default);
            var stored = await upload.StoreAsync(reader, default);
            AssertNeedlesOf(upload.Id, body.Length);
            var back = new byte[body.Length];
            stored.Read(0, back);
            Assert.True(body.AsSpan().SequenceEqual(back));
        }
    }

    [Theory]
    [InlineData(VolumeProtocol.RejectReason.DiskFull)]
    [InlineData(VolumeProtocol.RejectReason.DiskFailed)]
    public async Task A_rejected_chunk_fails_the_upload_and_gives_its_memory_back(VolumeProtocol.RejectReason reason)
    {
        _volumes.Rejects = reason;
        for (var round = 0; round < 20; round++)
        {
            await using var upload = Begin();
            var rejected = await Assert.ThrowsAsync<UploadRejectedException>(
                () => upload.StoreAsync(PipeReader.Create(new(Bytes(3 * ChunkBytes))), default));
            Assert.Equal(reason, rejected.Reason);
        }
    }

    [Fact]
    public async Task A_body_that_breaks_off_stores_nothing_that_looks_finished()
    {
        var pipe = new Pipe();
        await using var upload = Begin();
        await pipe.Writer.WriteAsync(Bytes(100));
        await pipe.Writer.CompleteAsync(new IOException("the client has gone"));

        await Assert.ThrowsAsync<IOException>(() => upload.StoreAsync(pipe.Reader, default));
        Assert.DoesNotContain(_volumes.Appended, needle => needle.IsLastChunk);
    }

    [Fact]
    public async Task Files_are_cut_into_segments_at_the_bounds_of_chunks()
    {
        await using var upload = Begin();
        var stored = await upload.StoreAsync(PipeReader.Create(new(Bytes(2 * ChunkBytes + 10))), default);

        var segments = ImmutableArray.CreateBuilder<Segment>();
        stored.AddSegments(segments, 5, 0);
        stored.AddSegments(segments, 0, 7);
        stored.AddSegments(segments, ChunkBytes - 3, ChunkBytes + 13);

        Assert.Equal(
            [(0, 0, true), (0, 7, true), (ChunkBytes - 3, 3, true), (0, ChunkBytes, false), (0, 10, false)],
            segments.Select(segment => (segment.OffsetBytes, segment.LengthBytes, segment.StartsFile)));
        Assert.Throws<ArgumentOutOfRangeException>(() => stored.AddSegments(segments, 2 * ChunkBytes, 11));
    }

    private Upload Begin()
    {
        var tenSeconds = TimeSpan.FromSeconds(10);
        var settings = new StoreSettings(ChunkBytes, WindowChunks, 4 * ChunkBytes, tenSeconds, tenSeconds);
        var target = new UploadTarget(
            _writer, _volumes, new NeedleIds(TimeProvider.System), new ChunkBuffers(ChunkBytes), _budget, settings);
        var id = target.Ids.Next();
        return new Upload(target, new Needle(
            NeedleKind.Data, id, new BucketId(1), ObjectKey.Create("k"), new ObjectId(id.Value), 0, false,
            UploadOperation.Create, BodyFormat.Raw, Metadata, default));
    }

    private void AssertNeedlesOf(ObjectId upload, int length)
    {
        var needles = _volumes.Appended.ToArray();
        Assert.Equal(Math.Max(1, (length + ChunkBytes - 1) / ChunkBytes), needles.Length);
        Assert.All(needles, needle => Assert.Equal(upload, needle.Object));
        Assert.Equal(Enumerable.Range(0, needles.Length), needles.Select(needle => needle.ChunkOrdinal));
        Assert.Equal(needles.Length - 1, Array.FindIndex(needles, needle => needle.IsLastChunk));
        Assert.Equal(upload.Value, needles[0].Id.Value);
        Assert.Equal("text/plain", needles[0].Metadata["content-type"]);
        Assert.All(needles[1..], needle => Assert.Empty(needle.Metadata));
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] bytes)
    {
        await writer.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
        await writer.WriteAsync(bytes.AsMemory(bytes.Length / 2));
        await writer.CompleteAsync();
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
