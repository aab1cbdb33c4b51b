using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Ciaos.Http.S3.Multipart;

/// <summary>
/// The parts that an object was completed from, as its metadata <c>parts</c> keeps them: sizes, equal ones in a row
/// counted, then perhaps the checksums of the parts.
/// <code>
/// parts  run ("," run)* [";" algorithm ":" checksum ("," checksum)*]
/// run    size ["x" count]        5242880x3,1024 are four parts
/// </code>
/// Checksums are in base64, one for each part, kept where the upload was begun with an algorithm.
/// </summary>
/// <param name="SizesBytes">At least one.</param>
/// <param name="Algorithm">Such as <c>sha256</c>; null where no checksums are kept.</param>
/// <param name="Checksums">As many as there are sizes, or none.</param>
internal sealed record PartList(
    ImmutableArray<long> SizesBytes, string? Algorithm, ImmutableArray<string> Checksums)
{
    public const int MaxParts = 10_000;

    public int Count => SizesBytes.Length;

    /// <summary>Where a part lies in the object.</summary>
    /// <param name="number">From 1 to <see cref="Count"/>: parts are numbered anew when an object is
    /// completed.</param>
    public (long OffsetBytes, long SizeBytes) Find(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, Count);
        long offset = 0;
        for (var index = 0; index < number - 1; index++) offset += SizesBytes[index];
        return (offset, SizesBytes[number - 1]);
    }

    /// <summary>The checksum of a part, in base64; null where none is kept.</summary>
    public string? ChecksumOf(int number) => Checksums.IsEmpty ? null : Checksums[number - 1];

    public string Format()
    {
        var text = new StringBuilder();
        for (var index = 0; index < Count;)
        {
            var size = SizesBytes[index];
            var end = index + 1;
            while (end < Count && SizesBytes[end] == size) end++;
            if (index > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{size}");
            if (end - index > 1) text.Append(CultureInfo.InvariantCulture, $"x{end - index}");
            index = end;
        }

        if (Algorithm is not null) text.Append(';').Append(Algorithm).Append(':').AppendJoin(',', Checksums);
        return text.ToString();
    }

    /// <summary>False: it is not what <see cref="Format"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PartList? parts)
    {
        parts = null;
        var semicolon = text.IndexOf(';', StringComparison.Ordinal);
        if (!TryParseSizes(semicolon < 0 ? text : text.AsSpan(0, semicolon), out var sizes)) return false;
        if (semicolon < 0)
        {
            parts = new PartList(sizes, null, []);
            return true;
        }

        var colon = text.IndexOf(':', semicolon);
        if (colon <= semicolon + 1) return false;
        var checksums = text[(colon + 1)..].Split(',').ToImmutableArray();
        if (checksums.Length != sizes.Length || checksums.Any(checksum => checksum.Length == 0)) return false;
        parts = new PartList(sizes, text[(semicolon + 1)..colon], checksums);
        return true;
    }

    private static bool TryParseSizes(ReadOnlySpan<char> text, out ImmutableArray<long> sizes)
    {
        sizes = [];
        var found = ImmutableArray.CreateBuilder<long>();
        long total = 0;
        foreach (var range in text.Split(','))
        {
            var run = text[range];
            var x = run.IndexOf('x');
            var count = 1;
            if (!TryParseNumber(x < 0 ? run : run[..x], out var size)) return false;
            if (x >= 0 && (!int.TryParse(run[(x + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out count)
                || count < 2))
                return false;
            if (found.Count + (long)count > MaxParts || size > (long.MaxValue - total) / count) return false;
            total += size * count;
            found.AddRange(Enumerable.Repeat(size, count));
        }

        sizes = found.ToImmutable();
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
