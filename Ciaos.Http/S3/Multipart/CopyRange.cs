using System.Globalization;
using System.Text.RegularExpressions;
using Ciaos.Http.S3.Listing;

namespace Ciaos.Http.S3.Multipart;

/// <summary>The header <c>x-amz-copy-source-range</c>: <c>bytes=first-last</c> and nothing else. Other than ranges of
/// a read, it must lie within the object.</summary>
internal static partial class CopyRange
{
    public const string HeaderName = "x-amz-copy-source-range";

    /// <summary>Null: all of the object.</summary>
    /// <exception cref="S3Exception">InvalidArgument: it is malformed; InvalidRange: the object is
    /// shorter.</exception>
    public static (long OffsetBytes, long LengthBytes) Find(string? header, long objectBytes)
    {
        if (header is null) return (0, objectBytes);
        var match = Form().Match(header);
        if (!match.Success || !TryParse(match.Groups["first"], out var first)
            || !TryParse(match.Groups["last"], out var last) || first > last)
        {
            throw ListErrors.InvalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are "
                + "the zero-based offsets of the first and last bytes to copy",
                HeaderName, header);
        }

        if (last < objectBytes) return (first, last - first + 1);
        throw new S3Exception(
            S3Error.InvalidRange, $"Range specified is not valid for source object of size: {objectBytes}");
    }

    private static bool TryParse(Group digits, out long number) =>
        long.TryParse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    [GeneratedRegex("^bytes=(?<first>[0-9]+)-(?<last>[0-9]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();
}
