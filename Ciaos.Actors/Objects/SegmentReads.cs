using System.Buffers;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>Reads segments one behind the other. The files of a list lie close together in one needle: they are read,
/// and verified, in one go.</summary>
internal static class SegmentReads
{
    /// <summary>Bytes between two files up to which reading them too costs less than another read.</summary>
    private const int MaxGapBytes = 4096;

    /// <summary>Fills <paramref name="destination"/> with bytes of the segments, taken as one.</summary>
    /// <param name="offsetBytes">Counted from the start of the first segment.</param>
    /// <exception cref="IOException">They cannot be read, or are not what was written.</exception>
    public static void Read(
        INeedleReader needles, ReadOnlySpan<Segment> segments, long offsetBytes, Span<byte> destination)
    {
        while (offsetBytes >= segments[0].LengthBytes && segments.Length > 1)
        {
            offsetBytes -= segments[0].LengthBytes;
            segments = segments[1..];
        }

        // The first and the last may be wanted in part.
        if (offsetBytes > 0)
        {
            var first = segments[0];
            var bytes = (int)Math.Min(first.LengthBytes - offsetBytes, destination.Length);
            if (bytes > 0) needles.Read(first.Needle, first.OffsetBytes + (int)offsetBytes, destination[..bytes]);
            segments = segments[1..];
            destination = destination[bytes..];
        }

        var (whole, wholeBytes) = WholeWithin(segments, destination.Length);
        Read(needles, segments[..whole], destination[..wholeBytes]);
        destination = destination[wholeBytes..];
        if (!destination.IsEmpty) needles.Read(segments[whole].Needle, segments[whole].OffsetBytes, destination);
    }

    private static (int Count, int Bytes) WholeWithin(ReadOnlySpan<Segment> segments, int lengthBytes)
    {
        var (count, bytes) = (0, 0);
        while (count < segments.Length && segments[count].LengthBytes <= lengthBytes - bytes)
            bytes += segments[count++].LengthBytes;
        return (count, bytes);
    }

    /// <exception cref="IOException">They cannot be read, or are not what was written.</exception>
    public static void Read(INeedleReader needles, ReadOnlySpan<Segment> segments, Span<byte> destination)
    {
        while (!segments.IsEmpty)
        {
            var count = RunLength(segments);
            var bytes = count == 1 ? ReadOne(needles, segments[0], destination)
                : ReadRun(needles, segments[..count], destination);
            segments = segments[count..];
            destination = destination[bytes..];
        }
    }

    /// <summary>How many of the first segments lie in one needle, in order and close together.</summary>
    private static int RunLength(ReadOnlySpan<Segment> segments)
    {
        var (count, end) = (1, segments[0].OffsetBytes + segments[0].LengthBytes);
        for (; count < segments.Length && segments[count].Needle == segments[0].Needle; count++)
        {
            var segment = segments[count];
            if (segment.OffsetBytes < end || segment.OffsetBytes - end > MaxGapBytes) break;
            end = segment.OffsetBytes + segment.LengthBytes;
        }

        return count;
    }

    private static int ReadOne(INeedleReader needles, Segment segment, Span<byte> destination)
    {
        // An empty file is in no needle.
        if (segment.LengthBytes > 0)
            needles.Read(segment.Needle, segment.OffsetBytes, destination[..segment.LengthBytes]);
        return segment.LengthBytes;
    }

    private static int ReadRun(INeedleReader needles, ReadOnlySpan<Segment> run, Span<byte> destination)
    {
        var start = run[0].OffsetBytes;
        var length = run[^1].OffsetBytes + run[^1].LengthBytes - start;
        if (length == 0) return 0;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            needles.Read(run[0].Needle, start, buffer.AsSpan(0, length));
            var bytes = 0;
            foreach (var segment in run)
            {
                buffer.AsSpan(segment.OffsetBytes - start, segment.LengthBytes).CopyTo(destination[bytes..]);
                bytes += segment.LengthBytes;
            }

            return bytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
