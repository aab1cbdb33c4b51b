namespace Ciaos.Storage.Disks.Simulated;

/// <summary>
/// A file's bytes in memory. What lies between an old end and a write behind it reads as zeros. Kept in chunks, which
/// a copy shares until one of the two is written to: thousands of small disks are made and thrown away in a simulation,
/// and neither growing nor copying a file may cost its size.
/// </summary>
internal sealed class GrowingBytes
{
    private const int ChunkBytes = 16 << 10;

    // What lies behind the end in the last chunk is zero.
    private readonly List<Chunk> _chunks = [];

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        for (var done = 0; done < count;)
        {
            var (index, at) = PlaceOf(offset + done);
            var part = destination[done..Math.Min(count, done + ChunkBytes - at)];
            if (_chunks[index].Bytes is { } bytes) bytes.AsSpan(at, part.Length).CopyTo(part);
            else part.Clear();
            done += part.Length;
        }

        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset + bytes.Length > Length) SetLength(offset + bytes.Length);
        while (bytes.Length > 0)
        {
            var (index, at) = PlaceOf(offset);
            var part = bytes[..Math.Min(bytes.Length, ChunkBytes - at)];
            part.CopyTo(Own(index).AsSpan(at));
            bytes = bytes[part.Length..];
            offset += part.Length;
        }
    }

    public void SetLength(long length)
    {
        var chunks = checked((int)((length + ChunkBytes - 1) / ChunkBytes));
        if (length < Length)
        {
            _chunks.RemoveRange(chunks, _chunks.Count - chunks);
            var (last, end) = PlaceOf(length);
            if (end > 0 && _chunks[last].Bytes is not null) Own(last).AsSpan(end).Clear();
        }

        while (_chunks.Count < chunks) _chunks.Add(default);
        Length = length;
    }

    public void CopyFrom(GrowingBytes other)
    {
        for (var i = 0; i < other._chunks.Count; i++) other._chunks[i] = other._chunks[i] with { IsOwn = false };
        _chunks.Clear();
        _chunks.AddRange(other._chunks);
        Length = other.Length;
    }

    public void FlipBit(long offset, int bit)
    {
        if (offset >= Length) return;
        var (index, at) = PlaceOf(offset);
        Own(index)[at] ^= (byte)(1 << bit);
    }

    private static (int Index, int At) PlaceOf(long offset) =>
        ((int)(offset / ChunkBytes), (int)(offset % ChunkBytes));

    private byte[] Own(int index)
    {
        var chunk = _chunks[index];
        if (chunk is { IsOwn: true, Bytes: not null }) return chunk.Bytes;
        var own = chunk.Bytes is null ? new byte[ChunkBytes] : chunk.Bytes.AsSpan().ToArray();
        _chunks[index] = new Chunk(own, IsOwn: true);
        return own;
    }

    /// <param name="Bytes">Null where all are zero.</param>
    /// <param name="IsOwn">False if another file's copy may have it too: then it is never written to.</param>
    private readonly record struct Chunk(byte[]? Bytes, bool IsOwn);
}
