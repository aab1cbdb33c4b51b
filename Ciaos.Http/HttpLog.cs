using Microsoft.Extensions.Logging;

namespace Ciaos.Http;

/// <summary>What the front end logs: a line for each failure of the server, and those of clients at Debug.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1, LogLevel.Error, "{Method} {Target} of user {User} failed [{RequestId}]")]
    public static partial void Failed(
        ILogger logger, Exception error, string method, string target, string user, string requestId);

    [LoggerMessage(
        2, LogLevel.Warning, "{Method} {Target} of user {User} was answered with {Status}: {Detail} [{RequestId}]")]
    public static partial void Unavailable(
        ILogger logger, string method, string target, string user, int status, string detail, string requestId);

    [LoggerMessage(3, LogLevel.Debug, "{Method} {Target} ended early, the client has gone: {Detail} [{RequestId}]")]
    public static partial void ClientGone(
        ILogger logger, string method, string target, string detail, string requestId);

    [LoggerMessage(4, LogLevel.Debug, "{Method} {Target} was refused with {Status}: {Detail} [{RequestId}]")]
    public static partial void Refused(
        ILogger logger, string method, string target, int status, string detail, string requestId);

    [LoggerMessage(5, LogLevel.Error, "Key {Key} of {Method} {Target} of user {User} failed [{RequestId}]")]
    public static partial void ItemFailed(
        ILogger logger, Exception error, string key, string method, string target, string user, string requestId);
}
