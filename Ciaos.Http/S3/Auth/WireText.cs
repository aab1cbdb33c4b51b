using System.Buffers;
using System.Text;

namespace Ciaos.Http.S3.Auth;

/// <summary>
/// Text that is to be hashed or signed, as the bytes of it: written where its user gives it room, on the stack for most
/// requests. Characters stand for bytes, since the server hands headers over so; those of a path or a query come
/// encoded, and are ASCII.
/// </summary>
/// <param name="room">What is longer goes to rented memory.</param>
internal ref struct WireText(Span<byte> room)
{
    private Span<byte> _room = room;
    private byte[]? _rented;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Bytes => _room[..Length];

    public void Append(char character) => Take(1)[0] = (byte)character;

    public void Append(scoped ReadOnlySpan<char> text)
    {
        // Whatever is no byte becomes a question mark, and a pair of surrogates one for both.
        var written = Encoding.Latin1.GetBytes(text, Take(text.Length));
        Length -= text.Length - written;
    }

    public void Append(scoped ReadOnlySpan<byte> ascii) => ascii.CopyTo(Take(ascii.Length));

    /// <summary>Two lower-case digits for each byte.</summary>
    public void AppendHex(scoped ReadOnlySpan<byte> bytes) =>
        Convert.TryToHexStringLower(bytes, Take(bytes.Length * 2), out _);

    /// <summary>As clients are shown it.</summary>
    public override readonly string ToString() => Encoding.Latin1.GetString(Bytes);

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        this = default;
    }

    private Span<byte> Take(int count)
    {
        if (_room.Length - Length < count) Grow(count);
        var taken = _room.Slice(Length, count);
        Length += count;
        return taken;
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, 2 * _room.Length));
        Bytes.CopyTo(larger);
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _room = _rented = larger;
    }
}
