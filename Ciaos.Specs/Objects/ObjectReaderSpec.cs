using System.Collections.Immutable;
using System.IO.Pipelines;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Objects;

public sealed class ObjectReaderSpec : TestKit
{
    private const int PageSegments = 3;
    private static readonly int[] SegmentLengths = [10, 0, 100_000, 1, 65_536, 7, 7, 131_072];

    private readonly MemoryVolumes _volumes = new();
    private readonly List<Segment> _segments = [];
    private readonly byte[] _whole;

    public ObjectReaderSpec()
    {
        var random = new Random(7);
        using var whole = new MemoryStream();
        foreach (var length in SegmentLengths)
        {
            var needle = new byte[length + 20];
            random.NextBytes(needle);
            _segments.Add(new Segment(_volumes.Store(needle), 13, length, StartsFile: true));
            whole.Write(needle, 13, length);
        }

        _whole = whole.ToArray();
    }

    [Fact]
    public async Task Any_range_is_read_over_the_bounds_of_segments_and_pages()
    {
        var random = new Random(1);
        await using var reader = Open(_segments.Count);
        for (var round = 0; round < 200; round++)
        {
            var offset = random.Next(_whole.Length + 1);
            var length = random.Next(_whole.Length - offset + 1);
            Assert.Equal(_whole.AsSpan(offset, length).ToArray(), await ReadAsync(reader, offset, length));
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReadAsync(reader, 1, _whole.Length));
    }

    [Fact]
    public async Task Nothing_is_read_at_the_end_where_no_segment_is()
    {
        await using var reader = Open(_segments.Count);
        Assert.Empty(await ReadAsync(reader, _whole.Length, 0));
    }

    [Fact]
    public async Task All_segments_come_in_order_and_may_be_enumerated_again()
    {
        await using var reader = Open(_segments.Count);
        for (var round = 0; round < 2; round++)
            Assert.Equal(_segments, await AllSegmentsAsync(reader));
    }

    [Fact]
    public async Task What_is_appended_after_the_look_up_is_not_seen()
    {
        await using var reader = Open(knownSegments: 4);
        Assert.Equal(_segments.Take(4), await AllSegmentsAsync(reader));
        Assert.Equal(SegmentLengths.Take(4).Sum(), reader.Object.SizeBytes);
    }

    [Fact]
    public async Task The_segments_are_let_go_when_the_reader_is_disposed()
    {
        var reader = Open(_segments.Count);
        await reader.DisposeAsync();
        await ExpectMsgAsync<IndexProtocol.EndRead>(end => Assert.Equal(5, end.Ticket.Id));
    }

    [Fact]
    public async Task A_client_that_has_gone_ends_the_reading()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        await using var reader = Open(_segments.Count);
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => reader.CopyAsync(0, _whole.Length, pipe.Writer, default));
    }

    private ObjectReader Open(int knownSegments)
    {
        var index = Sys.ActorOf(Props.Create(() => new Index(_segments, TestActor)));
        var settings = new StoreSettings(1 << 20, 4, 8 << 20, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        var store = new ObjectStore(
            index, TestActor, TestActor, _volumes, new NoListing(), new NeedleIds(TimeProvider.System),
            TimeProvider.System, settings);
        var size = SegmentLengths.Take(knownSegments).Sum();
        var record = new IndexProtocol.ObjectRecord(
            new BucketId(1), ObjectKey.Create("k"), new ObjectId(1), 1, size, knownSegments, knownSegments,
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, ImmutableSortedDictionary<string, string>.Empty);
        return store.OpenRead(new IndexProtocol.Found(
            record, [.. _segments.Take(PageSegments)], new IndexProtocol.ReadTicket(5, 1)));
    }

    private static async Task<byte[]> ReadAsync(ObjectReader reader, long offset, long length)
    {
        using var output = new MemoryStream();
        var pipe = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await reader.CopyAsync(offset, length, pipe, default);
        await pipe.CompleteAsync();
        return output.ToArray();
    }

    private static async Task<List<Segment>> AllSegmentsAsync(ObjectReader reader)
    {
        var all = new List<Segment>();
        await foreach (var page in reader.SegmentsAsync(default)) all.AddRange(page);
        return all;
    }

    /// <summary>Gives out pages of three segments, as a shard would.</summary>
    private sealed class Index : ReceiveActor
    {
        public Index(List<Segment> segments, IActorRef ends)
        {
            Receive<IndexProtocol.ReadSegments>(read => Sender.Tell(Page(segments, (int)read.FromOrdinal)));
            Receive<IndexProtocol.SeekSegments>(seek =>
            {
                var (ordinal, end) = (0, 0L);
                while (ordinal < segments.Count
                    && (end += segments[ordinal].LengthBytes) <= seek.OffsetBytes) ordinal++;
                Sender.Tell(Page(segments, ordinal));
            });
            Receive<IndexProtocol.EndRead>(ends.Tell);
        }

        private static IndexProtocol.SegmentPage Page(List<Segment> segments, int from) => new(
            from,
            segments.Take(from).Sum(segment => (long)segment.LengthBytes),
            [.. segments.Skip(from).Take(PageSegments)]);
    }
}
