namespace Ciaos.Storage.Disks.Simulated;

/// <summary>A file's bytes in memory. What lies between an old end and a write behind it reads as zeros.</summary>
internal sealed class GrowingBytes
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public int Read(long offset, Span<byte> destination)
    {
        var count = (int)Math.Clamp(Length - offset, 0, destination.Length);
        if (count > 0) _bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var end = checked((int)(offset + bytes.Length));
        if (end > Length) SetLength(end);
        bytes.CopyTo(_bytes.AsSpan((int)offset));
    }

    public void SetLength(long length)
    {
        var wanted = checked((int)length);
        if (wanted > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Clamp(2L * _bytes.Length, wanted, Array.MaxLength));
        if (wanted < Length) _bytes.AsSpan(wanted, Length - wanted).Clear();
        Length = wanted;
    }

    public void CopyFrom(GrowingBytes other)
    {
        _bytes = other._bytes.AsSpan(0, other.Length).ToArray();
        Length = other.Length;
    }

    public void FlipBit(long offset, int bit)
    {
        if (offset < Length) _bytes[offset] ^= (byte)(1 << bit);
    }
}
