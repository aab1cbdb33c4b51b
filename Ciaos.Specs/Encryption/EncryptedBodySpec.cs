using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Rebuild;
using Ciaos.Specs.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Encryption;

/// <summary>Whole bodies, through an upload into volumes and out again through a reader.</summary>
public sealed class EncryptedBodySpec : TestKit
{
    private const int ChunkBytes = 128 * 1024;

    private static readonly BucketId Bucket = new(1);

    /// <summary>What one chunk holds when it is encrypted.</summary>
    private static readonly int RoomBytes = NeedleEncryption.RoomBytes(ChunkBytes);

    private readonly MemoryVolumes _volumes = new();
    private readonly ObjectStore _store;

    public EncryptedBodySpec()
    {
        var patience = TimeSpan.FromSeconds(10);
        _store = new ObjectStore(
            TestActor, TestActor, Sys.ActorOf(_volumes.Props()), _volumes, new NoListing(),
            new NeedleIds(TimeProvider.System), TimeProvider.System,
            new StoreSettings(ChunkBytes, 2, 4 * ChunkBytes, patience, patience), post: null,
            new DataKeys(new MasterKey(new byte[32], RandomNumberGenerator.Fill), RandomNumberGenerator.Fill));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4000)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(65_536)]
    [InlineData(ChunkBytes)]
    [InlineData((5 * ChunkBytes) + 12_345)]
    public async Task A_body_is_read_as_it_was_written_whether_or_not_its_length_was_announced(int length)
    {
        foreach (var body in new[] { RandomNumberGenerator.GetBytes(length), new byte[length] })
        {
            foreach (var announced in new long?[] { null, length })
            {
                _volumes.Appended.Clear();
                var found = await StoreAsync(body, announced);
                Assert.Equal(length, found.Object.SizeBytes);
                Assert.Equal(body, await ReadAsync(found, 0, length));
                AssertNeedles(body);
            }
        }
    }

    [Fact]
    public async Task Chunks_that_are_just_full_hold_what_has_room()
    {
        foreach (var length in new[] { RoomBytes - 1, RoomBytes, RoomBytes + 1, 2 * RoomBytes })
        {
            _volumes.Appended.Clear();
            var body = RandomNumberGenerator.GetBytes(length);
            Assert.Equal(body, await ReadAsync(await StoreAsync(body, length), 0, length));
            Assert.Equal((length + RoomBytes - 1) / RoomBytes, _volumes.Appended.Count);
            Assert.All(_volumes.Appended, needle => Assert.InRange(needle.Data.Length, 1, ChunkBytes));
        }
    }

    [Fact]
    public async Task Any_range_is_read_over_the_bounds_of_blocks_and_needles()
    {
        var random = new Random(3);
        var body = RandomNumberGenerator.GetBytes((3 * ChunkBytes) + 777);
        var found = await StoreAsync(body, body.Length);
        for (var round = 0; round < 200; round++)
        {
            var offset = random.Next(body.Length + 1);
            var length = random.Next(body.Length - offset + 1);
            Assert.Equal(body.AsSpan(offset, length).ToArray(), await ReadAsync(found, offset, length));
        }
    }

    [Fact]
    public async Task The_body_itself_can_be_read_before_it_is_an_object()
    {
        var body = RandomNumberGenerator.GetBytes(2 * ChunkBytes);
        var (stored, _, _) = await UploadAsync(body, null);
        var back = new byte[body.Length];
        stored.Read(0, back);
        Assert.Equal(body, back);
    }

    [Fact]
    public async Task Nothing_of_a_damaged_block_goes_out()
    {
        var body = RandomNumberGenerator.GetBytes(3 * ChunkBytes);
        var found = await StoreAsync(body, body.Length);
        _volumes.Damage(found.Segments[1].Needle, 70_000);
        using var output = new MemoryStream();
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await using var reader = _store.OpenRead(found);
        await Assert.ThrowsAsync<VolumeCorruptException>(() => reader.CopyAsync(0, body.Length, pipe, default));
        await pipe.CompleteAsync();
        Assert.InRange(output.Length, 1, RoomBytes + 65_536);
        Assert.Equal(body[..(int)output.Length], output.ToArray());
    }

    [Fact]
    public async Task The_clients_key_is_asked_for_before_anything_is_read()
    {
        var key = new CustomerKey(RandomNumberGenerator.GetBytes(32));
        var request = new EncryptionRequest(EncryptionMetadata.Customer, Customer: key);
        var found = await StoreAsync("secret"u8.ToArray(), 6, request);
        Refuses(DataKeyProblem.CustomerKeyMissing, found, null);
        Refuses(DataKeyProblem.CustomerKeyWrong, found, new CustomerKey(new byte[32]));
        Assert.Equal("secret"u8.ToArray(), await ReadAsync(found, 0, 6, key));
        Refuses(DataKeyProblem.CustomerKeyNotWanted, await StoreAsync("open"u8.ToArray(), 4), key);
    }

    [Fact]
    public async Task Parts_of_one_key_are_read_as_one_object()
    {
        var metadata = new Dictionary<string, string>();
        var key = _store.Keys.Create(Bucket, new EncryptionRequest(EncryptionMetadata.Managed), metadata);
        var bodies = new[] { 200_000, 5, 65_536 }.Select(RandomNumberGenerator.GetBytes).ToArray();
        var segments = ImmutableArray.CreateBuilder<Segment>();
        foreach (var body in bodies)
        {
            await using var upload = Begin(metadata, key);
            var stored = await upload.StoreAsync(PipeReader.Create(new MemoryStream(body)), default);
            stored.AddSegments(segments, 0, stored.LengthBytes);
        }

        var whole = bodies.SelectMany(body => body).ToArray();
        var found = Found(whole.Length, segments.ToImmutable(), metadata);
        Assert.Equal(whole, await ReadAsync(found, 0, whole.Length));
        Assert.Equal(whole[199_990..200_010], await ReadAsync(found, 199_990, 20));
    }

    [Fact]
    public async Task A_rebuild_of_the_index_finds_the_same_segments()
    {
        var body = RandomNumberGenerator.GetBytes((2 * ChunkBytes) + 99);
        var found = await StoreAsync(body, body.Length);
        var chunks = found.Segments.Select(segment => segment.Needle).ToImmutableArray();
        var segments = UploadedFiles.Segments(_volumes, chunks, BodyFormat.Raw, isEncrypted: true);
        Assert.Equal(found.Segments.AsEnumerable(), segments);
        Assert.Equal(body.Length, found.Segments.Sum(segment => segment.LengthBytes));
    }

    private void Refuses(DataKeyProblem problem, IndexProtocol.Found found, CustomerKey? key) =>
        Assert.Equal(problem, Assert.Throws<DataKeyException>(() => _store.OpenRead(found, key)).Problem);

    private Upload Begin(Dictionary<string, string> metadata, DataKey key) => _store.BeginUpload(
        Bucket, ObjectKey.Create("k"), UploadOperation.Replace, BodyFormat.Raw, metadata, key);

    private async Task<IndexProtocol.Found> StoreAsync(
        byte[] body, long? announced, EncryptionRequest? request = null)
    {
        var (stored, metadata, _) = await UploadAsync(body, announced, request);
        var segments = ImmutableArray.CreateBuilder<Segment>();
        stored.AddSegments(segments, 0, stored.LengthBytes);
        return Found(stored.LengthBytes, segments.ToImmutable(), metadata);
    }

    private async Task<(StoredBody Stored, Dictionary<string, string> Metadata, ObjectId Id)> UploadAsync(
        byte[] body, long? announced, EncryptionRequest? request = null)
    {
        var metadata = new Dictionary<string, string>();
        var key = _store.Keys.Create(
            Bucket, request ?? new EncryptionRequest(EncryptionMetadata.Managed), metadata);
        await using var upload = Begin(metadata, key);
        var reader = PipeReader.Create(new MemoryStream(body));
        await upload.BufferAsync(reader, announced, default);
        return (await upload.StoreAsync(reader, default), metadata, upload.Id);
    }

    private static IndexProtocol.Found Found(
        long size, ImmutableArray<Segment> segments, Dictionary<string, string> metadata) => new(
        new IndexProtocol.ObjectRecord(
            Bucket, ObjectKey.Create("k"), new ObjectId(1), 1, size, 1, segments.Length, DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch, metadata.ToImmutableSortedDictionary(StringComparer.Ordinal)),
        segments,
        null);

    private async Task<byte[]> ReadAsync(
        IndexProtocol.Found found, long offset, long length, CustomerKey? key = null)
    {
        using var output = new MemoryStream();
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await using var reader = _store.OpenRead(found, key);
        await reader.CopyAsync(offset, length, pipe, default);
        await pipe.CompleteAsync();
        return output.ToArray();
    }

    // No eight bytes of the plaintext may be seen on disk, nor, in zeros, a run of eight.
    private void AssertNeedles(byte[] body)
    {
        Assert.Equal("AES256", _volumes.Appended.First().Metadata["sse"]);
        foreach (var needle in _volumes.Appended)
        {
            Assert.Equal(body.Length > 0, needle.Data.Length > 0);
            if (body.Length < 8) continue;
            Assert.True(needle.Data.Span.IndexOf(body.AsSpan(0, 8)) < 0);
        }
    }
}
