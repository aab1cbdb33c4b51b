using System.Collections.Immutable;
using Ciaos.Actors.Encryption;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>A durable upload that no key shows yet. Its bytes can be read at any place, and named as
/// segments.</summary>
public sealed class StoredBody
{
    private readonly INeedleReader _needles;
    private readonly ImmutableArray<NeedleLocation> _chunks;
    private readonly bool _isSealed;
    private readonly long[] _startBytes;

    /// <param name="needles">Gives plaintext where the body is encrypted.</param>
    /// <param name="chunks">At least one, in the order of the body. Only the last may be empty.</param>
    /// <param name="isSealed">The body is encrypted: segments cover the plaintext alone.</param>
    internal StoredBody(INeedleReader needles, ImmutableArray<NeedleLocation> chunks, bool isSealed = false)
    {
        (_needles, _chunks, _isSealed, _startBytes) = (needles, chunks, isSealed, new long[chunks.Length]);
        for (var i = 0; i < chunks.Length; i++)
        {
            _startBytes[i] = LengthBytes;
            LengthBytes += BytesOf(i);
        }
    }

    public long LengthBytes { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offsetBytes"/> on, verified.</summary>
    public void Read(long offsetBytes, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes + destination.Length, LengthBytes);
        while (!destination.IsEmpty)
        {
            var (chunk, start) = Find(offsetBytes);
            var length = Math.Min(destination.Length, BytesOf(chunk) - start);
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
            var (chunk, start) = Find(offsetBytes);
            var length = (int)Math.Min(lengthBytes, BytesOf(chunk) - start);
            to.Add(new Segment(_chunks[chunk], start, length, startsFile));
            offsetBytes += length;
            lengthBytes -= length;
        }
    }

    private int BytesOf(int chunk) => _isSealed
        ? NeedleEncryption.RoomBytes(_chunks[chunk].DataBytes)
        : _chunks[chunk].DataBytes;

    private (int Chunk, int StartBytes) Find(long offsetBytes)
    {
        var chunk = Array.BinarySearch(_startBytes, offsetBytes);
        if (chunk < 0) chunk = ~chunk - 1;
        return (chunk, (int)(offsetBytes - _startBytes[chunk]));
    }
}
