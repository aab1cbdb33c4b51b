using System.Collections.Immutable;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>A durable upload that no key shows yet. Its bytes can be read at any place, and named as
/// segments.</summary>
public sealed class StoredBody
{
    private readonly INeedleReader _needles;
    private readonly ImmutableArray<NeedleLocation> _chunks;
    private readonly int _chunkBytes;

    /// <param name="chunks">At least one; all but the last hold <paramref name="chunkBytes"/>.</param>
    internal StoredBody(INeedleReader needles, ImmutableArray<NeedleLocation> chunks, int chunkBytes)
    {
        (_needles, _chunks, _chunkBytes) = (needles, chunks, chunkBytes);
        LengthBytes = (chunks.Length - 1L) * chunkBytes + chunks[^1].DataBytes;
    }

    public long LengthBytes { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offsetBytes"/> on, verified.</summary>
    public void Read(long offsetBytes, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes + destination.Length, LengthBytes);
        while (!destination.IsEmpty)
        {
            var (chunk, start) = ((int)(offsetBytes / _chunkBytes), (int)(offsetBytes % _chunkBytes));
            var length = Math.Min(destination.Length, _chunks[chunk].DataBytes - start);
            _needles.Read(_chunks[chunk], start, destination[..length]);
            destination = destination[length..];
            offsetBytes += length;
        }
    }

    /// <summary>Adds the segments of one file that lies in this body; a length of 0 adds that of an empty
    /// file.</summary>
    public void AddSegments(ImmutableArray<Segment>.Builder to, long offsetBytes, long lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes + lengthBytes, LengthBytes);
        if (lengthBytes == 0) to.Add(new Segment(default, 0, 0, StartsFile: true));
        for (var startsFile = true; lengthBytes > 0; startsFile = false)
        {
            var (chunk, start) = ((int)(offsetBytes / _chunkBytes), (int)(offsetBytes % _chunkBytes));
            var length = (int)Math.Min(lengthBytes, _chunks[chunk].DataBytes - start);
            to.Add(new Segment(_chunks[chunk], start, length, startsFile));
            offsetBytes += length;
            lengthBytes -= length;
        }
    }
}
