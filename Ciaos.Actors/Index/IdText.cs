using System.Globalization;

namespace Ciaos.Actors.Index;

/// <summary>Ids that clients see as text: 32 lower-case hexadecimal digits, 16 for each number.</summary>
internal static class IdText
{
    private const int Digits = 16;

    public static string Write(long sequence, long value) =>
        string.Create(CultureInfo.InvariantCulture, $"{sequence:x16}{value:x16}");

    public static bool TryRead(string text, out long sequence, out long value)
    {
        (sequence, value) = (0, 0);
        return text.Length == 2 * Digits && !text.AsSpan().ContainsAnyExcept("0123456789abcdef")
            && TryRead(text.AsSpan(0, Digits), out sequence) && TryRead(text.AsSpan(Digits), out value)
            && sequence > 0;
    }

    private static bool TryRead(ReadOnlySpan<char> digits, out long number) =>
        long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0;
}
