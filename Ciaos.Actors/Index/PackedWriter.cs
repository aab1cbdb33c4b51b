using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Ciaos.Actors.Index;

/// <summary>
/// Writes the building blocks of events and catalog rows: unsigned numbers as base-128 varints (seven bits a byte,
/// lowest first), signed ones zigzagged first (0, -1, 1, -2 … become 0, 1, 2, 3 …), bytes and text behind their length.
/// It is used up when <see cref="Finish"/> has given its bytes.
/// </summary>
internal sealed class PackedWriter(int capacityBytes = 128)
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacityBytes);
    private int _length;

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Unsigned(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Varint((ulong)value);
    }

    public void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Unsigned(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Unsigned(bytes);
        Encoding.UTF8.GetBytes(value, Reserve(bytes));
    }

    public void Metadata(ImmutableSortedDictionary<string, string> metadata)
    {
        Unsigned(metadata.Count);
        if (metadata.IsEmpty) return;

        // Nearly all of it is in this order already.
        if (metadata.KeyComparer != StringComparer.Ordinal)
            metadata = metadata.WithComparers(StringComparer.Ordinal);
        foreach (var (name, value) in metadata)
        {
            Text(name);
            Text(value);
        }
    }

    /// <summary>Microseconds since 1970; what is finer than that is cut off.</summary>
    public void Time(DateTimeOffset value) => Unsigned(Micros.From(value));

    public byte[] Finish()
    {
        var written = _bytes.AsSpan(0, _length).ToArray();
        ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
        return written;
    }

    private void Varint(ulong value)
    {
        var span = Reserve(10);
        var used = 0;
        for (; value >= 0x80; value >>= 7) span[used++] = (byte)(value | 0x80);
        span[used++] = (byte)value;
        _length -= 10 - used;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count) Grow(_length + count);
        var span = _bytes.AsSpan(_length, count);
        _length += count;
        return span;
    }

    private void Grow(int atLeastBytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, atLeastBytes));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

/// <summary>Times as they are stored: microseconds since 1970 (UTC), from 0 up to the year 9999.</summary>
internal static class Micros
{
    private static readonly long Max = From(DateTimeOffset.MaxValue);

    public static long From(DateTimeOffset time) =>
        (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static bool TryTime(long micros, out DateTimeOffset time)
    {
        time = DateTimeOffset.UnixEpoch;
        if (micros < 0 || micros > Max) return false;
        time = DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        return true;
    }

    /// <summary>The time as it will be read back.</summary>
    public static DateTimeOffset Cut(DateTimeOffset time) =>
        TryTime(From(time), out var cut) ? cut : DateTimeOffset.UnixEpoch;
}
