using System.Globalization;

namespace Ciaos.Host.Client;

/// <summary>Which bytes of an object are wanted, as HTTP writes it: <c>0-99</c>, <c>100-</c>, <c>-5</c> (the last
/// five).</summary>
/// <param name="First">From 0; null: the last <paramref name="Last"/> bytes.</param>
/// <param name="Last">The last byte's offset, or how many from the end; null: to the end.</param>
internal readonly record struct ByteRange(long? First, long? Last)
{
    public static bool TryParse(string text, out ByteRange range)
    {
        range = default;
        var dash = text.IndexOf('-');
        if (dash < 0) return false;
        if (!TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last)) return false;
        range = new ByteRange(first, last);
        return (first, last) switch
        {
            (null, null) => false,
            ({ } from, { } to) => from <= to,
            _ => true,
        };
    }

    /// <summary>Where to begin and how much to read of an object of <paramref name="size"/> bytes: 0 to its end.
    /// </summary>
    public (long Offset, long Length) Within(long size)
    {
        if (First is not { } first)
        {
            var suffix = Math.Min(Last!.Value, size);
            return (size - suffix, suffix);
        }

        var end = Last is { } last && last < size - 1 ? last + 1 : size;
        return (Math.Min(first, size), Math.Max(0, end - first));
    }

    private static bool TryNumber(string text, out long? number)
    {
        number = null;
        if (text.Length == 0) return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        number = value;
        return true;
    }
}
