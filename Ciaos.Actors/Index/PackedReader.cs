using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// Reads what <see cref="PackedWriter"/> wrote. Believes nothing: every length is checked against what is there before
/// anything is allocated for it.
/// </summary>
/// <exception cref="SerializationException">The bytes are not what the format allows; tells where and why.</exception>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    public readonly int Remaining => _bytes.Length - _position;

    public byte Byte() => Take(1)[0];

    public long Unsigned()
    {
        var value = Varint();
        if (value > long.MaxValue) throw Wrong("the number is too large");
        return (long)value;
    }

    public long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A count of things that take at least one byte each.</summary>
    public int Count()
    {
        var value = Unsigned();
        if (value > Remaining) throw Wrong($"a count of {value} cannot fit into the {Remaining} bytes that follow");
        return (int)value;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    public string Text()
    {
        var span = Bytes();
        try
        {
            return Strict.GetString(span);
        }
        catch (DecoderFallbackException)
        {
            throw Wrong("the text is not UTF-8");
        }
    }

    public ObjectKey Key()
    {
        var text = Text();
        return ObjectKey.TryCreate(text, out var key, out var error) ? key : throw Wrong(error);
    }

    public ImmutableSortedDictionary<string, string> Metadata()
    {
        var count = Count();
        if (count == 0) return ImmutableSortedDictionary<string, string>.Empty;
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var name = Text();
            if (!metadata.TryAdd(name, Text())) throw Wrong($"the metadata name {name} comes twice");
        }

        return metadata.ToImmutable();
    }

    public DateTimeOffset Time() =>
        Micros.TryTime(Unsigned(), out var time) ? time : throw Wrong("there is no such time");

    public readonly void End()
    {
        if (Remaining > 0) throw Wrong($"{Remaining} bytes follow behind the end");
    }

    public readonly SerializationException Wrong(string why) =>
        new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Malformed at byte {_position}: {why}"));

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            if (shift == 63 && next > 1) throw Wrong("the number is too large");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Wrong("the number does not end");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining) throw Wrong($"{count} bytes are due, {Remaining} are there");
        _position += count;
        return _bytes.Slice(_position - count, count);
    }
}
