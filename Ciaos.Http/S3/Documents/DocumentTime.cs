using System.Globalization;

namespace Ciaos.Http.S3.Documents;

/// <summary>Times as clients write them in documents and headers: ISO 8601 with date, time and zone. A date alone
/// begins at midnight UTC.</summary>
internal static class DocumentTime
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyyMMdd'T'HHmmssK",
        "yyyy-MM-dd",
    ];

    public static bool TryParse(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
