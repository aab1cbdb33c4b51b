using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Index;

public class SegmentCodecSpec
{
    [Fact]
    public void Any_segments_come_back_as_they_were() =>
        Prop.ForAll(Arb.From(IndexGen.Segments(40)), segments =>
            SegmentCodec.Decode(SegmentCodec.Encode(segments.AsSpan())).SequenceEqual(segments))
                .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_bytes_are_segments_or_a_clear_error() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            try
            {
                var segments = SegmentCodec.Decode(bytes);
                return segments.All(IsWithinItsNeedle)
                    && SegmentCodec.Decode(SegmentCodec.Encode(segments.AsSpan())).SequenceEqual(segments);
            }
            catch (SerializationException wrong)
            {
                return wrong.Message.StartsWith("Malformed at byte ", StringComparison.Ordinal);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Segments_cut_short_anywhere_are_refused()
    {
        var whole = SegmentCodec.Encode(Files(5).AsSpan());
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<SerializationException>(() => SegmentCodec.Decode(whole.AsSpan(0, length)));
    }

    [Fact]
    public void Ten_thousand_equal_files_of_one_body_take_a_byte_each() =>
        Assert.InRange(SegmentCodec.Encode(Files(10_000).AsSpan()).Length, 10_000, 10_040);

    [Fact]
    public void Ten_thousand_files_of_differing_sizes_take_few_bytes_each()
    {
        var needle = new NeedleLocation(new VolumeId(3), 5_000_000_000, 96, 400_000_000);
        var offset = needle.DataBytes;
        var files = Enumerable.Range(0, 10_000).Select(i =>
        {
            var length = 1000 + (i * 7919 % 30_000);
            offset -= length + 8;
            return new Segment(needle, offset, length, true);
        }).ToImmutableArray();
        Assert.InRange(SegmentCodec.Encode(files.AsSpan()).Length, 1, 70_000);
        Assert.Equal(files.ToArray(), SegmentCodec.Decode(SegmentCodec.Encode(files.AsSpan())).ToArray());
    }

    [Fact]
    public void The_chunks_of_a_large_upload_take_seven_bytes_each()
    {
        var chunks = Enumerable.Range(0, 1000).Select(i => new Segment(
            new NeedleLocation(new VolumeId(12), 4096 + (i * 4_194_424L), 96, 4_194_304), 0, 4_194_304, i == 0));
        Assert.InRange(SegmentCodec.Encode(chunks.ToArray()).Length, 1, 7_020);
    }

    [Fact]
    public void A_count_beyond_the_bytes_that_follow_allocates_nothing()
    {
        var wrong = Assert.Throws<SerializationException>(
            () => SegmentCodec.Decode([0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x02]));
        Assert.Contains(
            "a count of 2147483647 cannot fit into the 1 bytes that follow", wrong.Message, StringComparison.Ordinal);
    }

    private static ImmutableArray<Segment> Files(int count)
    {
        var needle = new NeedleLocation(new VolumeId(3), 81_920, 96, count * 108);
        return [.. Enumerable.Range(0, count).Select(i => new Segment(needle, (count - 1 - i) * 108, 100, true))];
    }

    private static bool IsWithinItsNeedle(Segment segment) =>
        segment is
        {
            OffsetBytes: >= 0, LengthBytes: >= 0,
            Needle: { OffsetBytes: >= 0, DataStartBytes: >= 0, Volume.Value: >= 0 }
        }
        && (long)segment.OffsetBytes + segment.LengthBytes <= segment.Needle.DataBytes;
}
