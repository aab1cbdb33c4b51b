using System.Collections.Immutable;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Index;

/// <summary>Neighbouring segments of an object as they are stored: one row of the catalog.</summary>
/// <param name="FirstOrdinal">Ordinal of the first of them, counted from the object's first segment.</param>
/// <param name="FirstOffsetBytes">Where that one begins in the object.</param>
/// <param name="Encoded">As <c>SegmentCodec</c> writes them; never changed.</param>
public sealed record SegmentRun(long FirstOrdinal, long FirstOffsetBytes, ReadOnlyMemory<byte> Encoded)
{
    public const int MaxSegments = 256;

    /// <summary>The segments in runs that are as long as they may be.</summary>
    internal static ImmutableArray<SegmentRun> Cut(
        long firstOrdinal, long firstOffsetBytes, ReadOnlySpan<Segment> segments)
    {
        var runs = ImmutableArray.CreateBuilder<SegmentRun>((segments.Length + MaxSegments - 1) / MaxSegments);
        while (segments.Length > 0)
        {
            var part = segments[..Math.Min(MaxSegments, segments.Length)];
            runs.Add(new SegmentRun(firstOrdinal, firstOffsetBytes, SegmentCodec.Encode(part)));
            firstOrdinal += part.Length;
            firstOffsetBytes += SizeOf(part);
            segments = segments[part.Length..];
        }

        return runs.MoveToImmutable();
    }

    /// <summary>The segments as one file; of none, an empty one is made.</summary>
    internal static SegmentRuns Pack(IEnumerable<Segment> segments)
    {
        var runs = ImmutableArray.CreateBuilder<SegmentRun>();
        long size = 0, count = 0;
        foreach (var chunk in segments.DefaultIfEmpty(new Segment(default, 0, 0, StartsFile: true)).Chunk(MaxSegments))
        {
            for (var i = 0; i < chunk.Length; i++) chunk[i] = chunk[i] with { StartsFile = count + i == 0 };
            runs.Add(new SegmentRun(count, size, SegmentCodec.Encode(chunk)));
            count += chunk.Length;
            size = checked(size + SizeOf(chunk));
        }

        return new SegmentRuns(size, 1, count, runs.ToImmutable());
    }

    internal static long SizeOf(ReadOnlySpan<Segment> segments)
    {
        var size = 0L;
        foreach (var segment in segments) size = checked(size + segment.LengthBytes);
        return size;
    }

    internal static long FilesOf(ReadOnlySpan<Segment> segments)
    {
        var files = 0L;
        foreach (var segment in segments) files += segment.StartsFile ? 1 : 0;
        return files;
    }

    public bool Equals(SegmentRun? other) =>
        other is not null && FirstOrdinal == other.FirstOrdinal && FirstOffsetBytes == other.FirstOffsetBytes
        && Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override int GetHashCode() => HashCode.Combine(FirstOrdinal, FirstOffsetBytes, Encoded.Length);
}
