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
    private const string Mail = "d MMM yyyy HH':'mm':'ss";

    private static readonly string[] Zones = [" GMT", " -0000", " +0000"];

    /// <summary>Also takes the form of the header <c>Date</c> (RFC 9110, 5.6.7), and that of mails, which Python's SDK
    /// writes there: it has <c>-0000</c> for <c>GMT</c>. No request is from before 1970.</summary>
    public static bool TryParse(string text, out DateTimeOffset time) =>
        (TryParseBasic(text, out time) || TryParseMail(text, out time)) && time >= DateTimeOffset.UnixEpoch;

    /// <summary>Only the basic form, which presigned requests and forms must use.</summary>
    public static bool TryParseBasic(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Basic, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
        out time);

    // The day of the week says nothing that the date does not.
    private static bool TryParseMail(string text, out DateTimeOffset time)
    {
        var date = text.AsSpan(text.IndexOf(',', StringComparison.Ordinal) + 1).Trim();
        foreach (var zone in Zones)
        {
            if (date.EndsWith(zone, StringComparison.Ordinal))
                return DateTimeOffset.TryParseExact(
                    date[..^zone.Length], Mail, CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
        }

        time = default;
        return false;
    }

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Basic, CultureInfo.InvariantCulture);

    public static string FormatDay(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Fills <see cref="Length"/> characters.</summary>
    public static void Format(DateTimeOffset time, Span<char> to) =>
        time.UtcDateTime.TryFormat(to, out _, Basic, CultureInfo.InvariantCulture);
}
