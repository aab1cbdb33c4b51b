using System.Text;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.Metrics;

/// <summary>The line of the log for a request that took longer than <c>ciaos.http.slow-request</c>.</summary>
internal static partial class SlowRequests
{
    private const int MaxKeyLength = 80;

    /// <param name="untilBody">Until the first byte of the answer's body; of an answer without one, until its
    /// end.</param>
    public static void Tell(
        ILogger logger, RequestWatch watch, int status, TimeSpan untilBody, TimeSpan total, string requestId) =>
        Slow(
            logger, watch.Operation, watch.User, Shorten(watch.Key.ToString() ?? ""), status, watch.RequestBytes,
            watch.ResponseBytes,
            (long)untilBody.TotalMilliseconds, (long)total.TotalMilliseconds, requestId);

    // A key may hold anything: it must not look like another line.
    internal static string Shorten(string key)
    {
        var text = new StringBuilder(MaxKeyLength);
        foreach (var rune in key.EnumerateRunes())
        {
            if (text.Length >= MaxKeyLength) return text.Append('…').ToString();
            if (Rune.IsControl(rune)) text.Append('?');
            else text.Append(rune);
        }

        return text.ToString();
    }

    [LoggerMessage(
        20, LogLevel.Warning,
        "Slow request: {Operation} of user {User}, key {Key}: status {Status}, {RequestBytes} bytes came, "
        + "{ResponseBytes} bytes went, body after {BodyMilliseconds} ms, done after {TotalMilliseconds} ms "
        + "[{RequestId}]")]
    private static partial void Slow(
        ILogger logger, string operation, string user, string key, int status, long requestBytes, long responseBytes,
        long bodyMilliseconds, long totalMilliseconds, string requestId);
}
