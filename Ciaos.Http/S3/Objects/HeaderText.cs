using System.Text;

namespace Ciaos.Http.S3.Objects;

/// <summary>
/// Between the bytes of a header, which the server hands over as Latin-1, and the text that is kept. What is UTF-8 is
/// kept as what it means. Any other byte from 0x80 on becomes a character of a private range, so that every header
/// comes back as it was sent.
/// </summary>
internal static class HeaderText
{
    private const int RawBase = 0xF700;
    private const char FirstRaw = '\uF780';
    private const char LastRaw = '\uF7FF';

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static string FromWire(string latin1)
    {
        if (Ascii.IsValid(latin1)) return latin1;
        var bytes = Encoding.Latin1.GetBytes(latin1);
        try
        {
            var text = Strict.GetString(bytes);
            if (!text.AsSpan().ContainsAnyInRange(FirstRaw, LastRaw)) return text;
        }
        catch (DecoderFallbackException)
        {
            // Kept byte by byte, below.
        }

        return string.Create(bytes.Length, bytes, (text, from) =>
        {
            for (var at = 0; at < text.Length; at++)
                text[at] = (char)(from[at] < 0x80 ? from[at] : RawBase + from[at]);
        });
    }

    public static string ToWire(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var wire = new StringBuilder(text.Length * 2);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= FirstRaw and <= LastRaw)
            {
                wire.Append((char)(rune.Value - RawBase));
                continue;
            }

            foreach (var unit in bytes[..rune.EncodeToUtf8(bytes)]) wire.Append((char)unit);
        }

        return wire.ToString();
    }

    /// <summary>Whether it may stand in a header of an answer: no control characters.</summary>
    public static bool IsSendable(string text)
    {
        foreach (var letter in text)
            if ((letter < ' ' && letter != '\t') || letter == '\u007F') return false;
        return true;
    }
}
