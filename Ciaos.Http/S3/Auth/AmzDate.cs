using System.Globalization;

namespace Ciaos.Http.S3.Auth;

/// <summary>Times as signed requests carry them: <c>20130524T000000Z</c>, in UTC, to the second.</summary>
internal static class AmzDate
{
    /// <summary>Of the basic form, in characters.</summary>
    public const int Length = 16;

    /// <summary>Of the day at its beginning.</summary>
    public const int DayLength = 8;

    private const string Basic = "yyyyMMdd'T'HHmmss'Z'";
    private const string Greenwich = "GMT";
    private const int ZoneLength = 5;

    /// <summary>Also takes the form of the header <c>Date</c> (RFC 9110, 5.6.7), and that of mails, which Python's SDK
    /// writes there: it has <c>-0000</c> for <c>GMT</c>. No request is from before 1970.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var culture = CultureInfo.InvariantCulture;
        if (!DateTimeOffset.TryParseExact(text, Basic, culture, utc, out time))
        {
            if (text.EndsWith(" -0000", StringComparison.Ordinal) || text.EndsWith(" +0000", StringComparison.Ordinal))
                text = text[..^ZoneLength] + Greenwich;
            if (!DateTimeOffset.TryParseExact(text, "r", culture, utc, out time)) return false;
        }

        return time >= DateTimeOffset.UnixEpoch;
    }

    /// <summary>Only the basic form, which presigned requests and forms must use.</summary>
    public static bool TryParseBasic(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Basic, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Basic, CultureInfo.InvariantCulture);

    public static string FormatDay(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Fills <see cref="Length"/> characters.</summary>
    public static void Format(DateTimeOffset time, Span<char> to) =>
        time.UtcDateTime.TryFormat(to, out _, Basic, CultureInfo.InvariantCulture);
}
