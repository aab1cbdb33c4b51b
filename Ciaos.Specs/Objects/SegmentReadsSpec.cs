using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Objects;

public sealed class SegmentReadsSpec
{
    [Fact]
    public void Whatever_segments_there_are_their_bytes_come_one_behind_the_other() => Fuzz.Run(300, random =>
    {
        var reader = new CountingReader(random);
        var (segments, wanted) = (new List<Segment>(), new List<byte>());
        for (var count = random.Next(1, 40); count > 0; count--)
        {
            var segment = reader.Any(random);
            segments.Add(segment);
            if (segment.LengthBytes > 0) wanted.AddRange(reader.Bytes(segment));
        }

        var read = new byte[wanted.Count];
        SegmentReads.Read(reader, segments.ToArray(), read);

        Assert.Equal(wanted, read);
        Assert.InRange(reader.Reads, 0, segments.Count(segment => segment.LengthBytes > 0));

        var offset = random.Next(wanted.Count + 1);
        var part = new byte[random.Next(wanted.Count - offset + 1)];
        SegmentReads.Read(reader, segments.ToArray(), offset, part);
        Assert.Equal(wanted.Skip(offset).Take(part.Length), part);
    });

    [Fact]
    public void The_files_of_a_list_are_read_together_and_those_that_lie_far_apart_are_not()
    {
        var reader = new CountingReader(new Random(1));
        var needle = CountingReader.Needle(0);
        Segment[] near = [.. Enumerable.Range(0, 50).Select(i => new Segment(needle, 100 + (i * 20), 13, true))];
        SegmentReads.Read(reader, near, new byte[50 * 13]);
        Assert.Equal(1, reader.Reads);

        Segment[] far = [new(needle, 0, 10, true), new(needle, 10_000, 10, true), new(needle, 5, 10, true)];
        SegmentReads.Read(reader, far, new byte[30]);
        Assert.Equal(4, reader.Reads);
    }

    private sealed class CountingReader : INeedleReader
    {
        private const int NeedleBytes = 20_000;
        private readonly byte[][] _needles = new byte[3][];

        public CountingReader(Random random)
        {
            for (var i = 0; i < _needles.Length; i++) random.NextBytes(_needles[i] = new byte[NeedleBytes]);
        }

        public int Reads { get; private set; }

        public static NeedleLocation Needle(int number) => new(new VolumeId(1), number, 64, NeedleBytes);

        public Segment Any(Random random)
        {
            if (random.Next(5) == 0) return new Segment(default, 0, 0, true);
            var offset = random.Next(NeedleBytes);
            var length = random.Next(1, Math.Min(300, NeedleBytes - offset) + 1);
            return new Segment(Needle(random.Next(_needles.Length)), offset, length, true);
        }

        public ReadOnlySpan<byte> Bytes(Segment segment) =>
            _needles[segment.Needle.OffsetBytes].AsSpan(segment.OffsetBytes, segment.LengthBytes);

        public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination)
        {
            Reads++;
            _needles[needle.OffsetBytes].AsSpan(offsetBytes, destination.Length).CopyTo(destination);
        }
    }
}
