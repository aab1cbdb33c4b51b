using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>What the head of a data needle tells of an object that lies in it.</summary>
internal sealed record NeedleHead(BucketId Bucket, ObjectKey Key, ObjectId Object, NeedleLocation Location);

/// <summary>
/// An <see cref="ObjectPut"/> whose object lies in one needle, told by what that needle's head does not tell: bucket,
/// key, upload, and where the data begins. Stands in event needles alone, in place of the journal's bytes, which come
/// out of it and the head again. Spec: docs/formats.md.
/// <code>
/// volume (unsigned)  place / 8 (unsigned)  before (signed)  age (unsigned)  metadata  segments
/// </code>
/// Before, age and metadata are those of the event; segments are as in events, but of a needle in volume 0 at 0, whose
/// data begins at 0; none at all stand for all of the needle's data as one file.
/// </summary>
internal sealed record NeedlePut(
    VolumeId Volume, long OffsetBytes, long Before, long Age, ImmutableSortedDictionary<string, string> Metadata,
    ImmutableArray<Segment> Segments)
{
    private const int Alignment = NeedleFormat.AlignmentBytes;

    /// <summary>Null: it cannot be told that way, or its object lies in another volume.</summary>
    /// <param name="volume">The one that it will be recorded in.</param>
    public static NeedlePut? From(ObjectPut put, VolumeId volume)
    {
        if (put.Stamp is not null) return null;
        var needle = put.Segments[0].Needle;
        if (needle.Volume != volume || needle.OffsetBytes % Alignment != 0) return null;
        var inside = needle with { Volume = default, OffsetBytes = 0, DataStartBytes = 0 };
        var whole = new Segment(needle, 0, needle.DataBytes, StartsFile: true);
        var segments = ImmutableArray<Segment>.Empty;
        if (put.Segments.Length > 1 || put.Segments[0] != whole)
        {
            var others = put.Segments.Any(segment => segment.Needle != needle && segment.Needle != default);
            if (others) return null;
            segments = put.Segments.Select(
                segment => segment.Needle == needle ? segment with { Needle = inside } : segment).ToImmutableArray();
        }

        var at = Micros.From(put.At);
        return new NeedlePut(
            volume, needle.OffsetBytes, at - put.Id.Value, at - Micros.From(put.Created), put.Metadata, segments);
    }

    public byte[] Encode()
    {
        var writer = new PackedWriter();
        writer.Unsigned(Volume.Value);
        writer.Unsigned(OffsetBytes / Alignment);
        writer.Signed(Before);
        writer.Unsigned(Age);
        writer.Metadata(Metadata);
        SegmentCodec.Write(writer, Segments.AsSpan());
        return writer.Finish();
    }

    /// <exception cref="SerializationException">The bytes are none.</exception>
    public static NeedlePut Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new PackedReader(bytes);
        var volume = reader.Unsigned();
        var place = reader.Unsigned();
        if (place > long.MaxValue / Alignment) throw reader.Wrong($"no needle is at {place} times {Alignment}");
        var read = new NeedlePut(
            new VolumeId(volume), place * Alignment, reader.Signed(), reader.Unsigned(), reader.Metadata(),
            SegmentCodec.Read(ref reader));
        reader.End();
        return read;
    }

    /// <summary>The event.</summary>
    /// <param name="head">Of the needle that lies there.</param>
    /// <exception cref="SerializationException">It is not the one that was meant.</exception>
    public ObjectPut With(NeedleHead head)
    {
        var needle = head.Location;
        var at = unchecked(head.Object.Value + Before);
        if (!Micros.TryTime(at, out var time) || Age > at || !Micros.TryTime(at - Age, out var created))
            throw new SerializationException("An object was put at a time that there is not");
        if (Segments.Any(segment => segment.Needle != default && segment.Needle.DataBytes != needle.DataBytes))
            throw new SerializationException("An object lies in a needle of another length");
        return new ObjectPut(head.Bucket, head.Key, time, created, head.Object, Metadata, SegmentsIn(needle));
    }

    private ImmutableArray<Segment> SegmentsIn(NeedleLocation needle) => Segments.IsEmpty
        ? [new Segment(needle, 0, needle.DataBytes, StartsFile: true)]
        : Segments.Select(segment => segment.Needle == default ? segment : segment with { Needle = needle })
            .ToImmutableArray();
}
