using System.Collections.Immutable;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Index;

/// <summary>
/// A run of segments in few bytes: each is told by how it differs from the one before. Spec: docs/formats-index.md.
/// <code>
/// run      count (varint), then the segments
/// segment  flags (1 byte), then the fields that the flags leave open, in this order:
///   0x01 StartsFile     a file begins here
///   0x02 Empty          no bytes, no needle; no field follows and no other flag but 0x01 is set
///   0x04 NewNeedle      volume, offset of the needle, start of its data, length of its data: signed differences
///                       to the needle before (to 0 for the first)
///   0x08 SameNeedleForm with 0x04: only the needle's offset differs; the other three fields are left out
///   0x10 WholeNeedle    with 0x04: all of the needle's data; offset and length are left out
///   0x20 SameStep       the offset's difference is that of the segment before; it is left out
///   0x40 SameLength     the length is that of the segment before; it is left out
///   offset              signed difference to the offset of the segment before (to 0 behind 0x04)
///   length              unsigned
/// </code>
/// </summary>
internal static class SegmentCodec
{
    private const byte StartsFile = 0x01;
    private const byte Empty = 0x02;
    private const byte NewNeedle = 0x04;
    private const byte SameNeedleForm = 0x08;
    private const byte WholeNeedle = 0x10;
    private const byte SameStep = 0x20;
    private const byte SameLength = 0x40;
    private const byte Unknown = 0x80;

    public static byte[] Encode(ReadOnlySpan<Segment> segments)
    {
        var writer = new PackedWriter(16 + (segments.Length * 6));
        Write(writer, segments);
        return writer.Finish();
    }

    public static ImmutableArray<Segment> Decode(ReadOnlySpan<byte> run)
    {
        var reader = new PackedReader(run);
        var segments = Read(ref reader);
        reader.End();
        return segments;
    }

    /// <summary>How many segments there are in a run, without reading them.</summary>
    public static int Count(ReadOnlySpan<byte> run) => new PackedReader(run).Count();

    public static void Write(PackedWriter writer, ReadOnlySpan<Segment> segments)
    {
        writer.Unsigned(segments.Length);
        var last = default(Position);
        foreach (var segment in segments) WriteOne(writer, segment, ref last);
    }

    public static ImmutableArray<Segment> Read(ref PackedReader reader)
    {
        var count = reader.Count();
        var segments = ImmutableArray.CreateBuilder<Segment>(count);
        var last = default(Position);
        for (var i = 0; i < count; i++) segments.Add(ReadOne(ref reader, ref last));
        return segments.MoveToImmutable();
    }

    private static void WriteOne(PackedWriter writer, Segment segment, ref Position last)
    {
        var flags = segment.StartsFile ? StartsFile : (byte)0;
        if (segment is { LengthBytes: 0, OffsetBytes: 0 } && segment.Needle == default)
        {
            writer.Byte((byte)(flags | Empty));
            return;
        }

        var needle = segment.Needle;
        var isNew = needle != last.Needle;
        var isWhole = isNew && segment.OffsetBytes == 0 && segment.LengthBytes == needle.DataBytes;
        var step = segment.OffsetBytes - (isNew ? 0L : last.OffsetBytes);
        if (isNew) flags |= NewNeedle;
        if (isNew && needle with { OffsetBytes = 0 } == last.Needle with { OffsetBytes = 0 }) flags |= SameNeedleForm;
        if (isWhole) flags |= WholeNeedle;
        if (!isWhole && step == last.Step) flags |= SameStep;
        if (!isWhole && segment.LengthBytes == last.LengthBytes) flags |= SameLength;

        writer.Byte(flags);
        if (isNew) WriteNeedle(writer, needle, last.Needle, (flags & SameNeedleForm) != 0);
        if (!isWhole && (flags & SameStep) == 0) writer.Signed(step);
        if (!isWhole && (flags & SameLength) == 0) writer.Unsigned(segment.LengthBytes);
        last = new Position(needle, segment.OffsetBytes, segment.LengthBytes, step);
    }

    private static void WriteNeedle(PackedWriter writer, NeedleLocation needle, NeedleLocation last, bool sameForm)
    {
        if (!sameForm) writer.Signed(needle.Volume.Value - last.Volume.Value);
        writer.Signed(needle.OffsetBytes - last.OffsetBytes);
        if (sameForm) return;
        writer.Signed((long)needle.DataStartBytes - last.DataStartBytes);
        writer.Signed((long)needle.DataBytes - last.DataBytes);
    }

    private static Segment ReadOne(ref PackedReader reader, ref Position last)
    {
        var flags = reader.Byte();
        var startsFile = (flags & StartsFile) != 0;
        if ((flags & Empty) != 0)
        {
            if ((flags & ~(StartsFile | Empty)) != 0)
                throw reader.Wrong($"the flags 0x{flags:x2} contradict each other");
            return new Segment(default, 0, 0, startsFile);
        }

        var isNew = (flags & NewNeedle) != 0;
        var isWhole = (flags & WholeNeedle) != 0;
        if ((flags & Unknown) != 0 || (!isNew && (flags & (SameNeedleForm | WholeNeedle)) != 0))
            throw reader.Wrong($"the flags 0x{flags:x2} are not known");

        var needle = isNew ? ReadNeedle(ref reader, last.Needle, (flags & SameNeedleForm) != 0) : last.Needle;
        var step = isWhole ? 0 : (flags & SameStep) != 0 ? last.Step : reader.Signed();
        var length = isWhole ? needle.DataBytes : (flags & SameLength) != 0 ? last.LengthBytes : reader.Unsigned();
        var start = isNew ? 0L : last.OffsetBytes;
        if (step < -start || step > needle.DataBytes - start || length > needle.DataBytes - (start + step))
            throw reader.Wrong($"the segment does not lie within its needle of {needle.DataBytes} bytes");

        last = new Position(needle, (int)(start + step), (int)length, step);
        return new Segment(needle, last.OffsetBytes, last.LengthBytes, startsFile);
    }

    private static NeedleLocation ReadNeedle(ref PackedReader reader, NeedleLocation last, bool sameForm)
    {
        var volume = sameForm ? last.Volume.Value : Moved(ref reader, last.Volume.Value, long.MaxValue);
        var offset = Moved(ref reader, last.OffsetBytes, long.MaxValue);
        if (sameForm) return last with { OffsetBytes = offset };
        var dataStart = (int)Moved(ref reader, last.DataStartBytes, int.MaxValue);
        var data = (int)Moved(ref reader, last.DataBytes, int.MaxValue);
        return new NeedleLocation(new VolumeId(volume), offset, dataStart, data);
    }

    private static long Moved(ref PackedReader reader, long from, long limit)
    {
        var by = reader.Signed();
        if (by < -from || by > limit - from) throw reader.Wrong("the needle's place is out of range");
        return from + by;
    }

    private readonly record struct Position(NeedleLocation Needle, int OffsetBytes, int LengthBytes, long Step);
}
