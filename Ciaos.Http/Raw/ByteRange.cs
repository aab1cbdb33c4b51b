using System.Globalization;
using Ciaos.Actors.Index;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ciaos.Http.Raw;

internal enum RangeKind
{
    /// <summary>No range is asked for, or one that may be passed over: the whole object.</summary>
    Whole,
    Part,

    /// <summary>No byte of the range is there.</summary>
    Unsatisfiable,
}

/// <summary>The part of an object that a read is about (RFC 9110, 14). Several ranges at once get the whole object, as
/// the RFC allows; so does what is no range of bytes.</summary>
internal readonly record struct ByteRange(RangeKind Kind, long OffsetBytes, long LengthBytes)
{
    private const string Unit = "bytes=";

    public static ByteRange Read(HttpRequest request, IndexProtocol.ObjectRecord found)
    {
        var whole = new ByteRange(RangeKind.Whole, 0, found.SizeBytes);
        var header = request.Headers.Range;
        if (header.Count != 1 || HttpMethods.IsHead(request.Method)) return whole;
        return Applies(request.Headers, found) ? Parse(header.ToString(), found.SizeBytes) ?? whole : whole;
    }

    /// <summary>Null: to be passed over.</summary>
    internal static ByteRange? Parse(string header, long sizeBytes)
    {
        if (!header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)) return null;
        var range = header.AsSpan(Unit.Length).Trim();
        var dash = range.IndexOf('-');
        if (dash < 0 || range.Contains(',')) return null;
        var (first, last) = (Number(range[..dash]), Number(range[(dash + 1)..]));
        if (dash == 0)
            return last is { } suffix ? Of(sizeBytes - Math.Min(suffix, sizeBytes), sizeBytes - 1, sizeBytes) : null;
        if (first is null || (last is null && dash < range.Length - 1) || last < first) return null;
        return Of(first.Value, Math.Min(last ?? long.MaxValue, sizeBytes - 1), sizeBytes);
    }

    private static ByteRange Of(long first, long last, long sizeBytes) => first < sizeBytes
        ? new ByteRange(RangeKind.Part, first, last - first + 1)
        : new ByteRange(RangeKind.Unsatisfiable, 0, 0);

    /// <summary>Digits alone; a number beyond any size counts as the largest.</summary>
    private static long? Number(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return null;
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : long.MaxValue;
    }

    /// <summary>If-Range, where it is given: what the client has a part of is what is there. A weak tag never says
    /// so.</summary>
    internal static bool Applies(IHeaderDictionary headers, IndexProtocol.ObjectRecord found)
    {
        if (headers.IfRange.Count == 0) return true;
        var value = headers.IfRange.ToString().Trim();
        if (HeaderUtilities.TryParseDate(value, out var date)) return date == Conditions.LastModified(found);
        return value == $"\"{found.ETag}\"";
    }
}
