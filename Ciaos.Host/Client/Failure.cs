using Ciaos.Client;

namespace Ciaos.Host.Client;

/// <summary>What a failure means for the user: an exit code, and a line that says what to do.</summary>
internal static class Failure
{
    private const int Unauthorized = 401;

    /// <summary>False: it is a programming error, and nothing that a user could mend.</summary>
    public static bool TryExplain(Exception failure, out int exitCode, out string message)
    {
        (exitCode, message) = failure switch
        {
            CommandException own => (own.ExitCode, own.Message),
            CiaosException refused => (CodeOf(refused.Error), TextOf(refused)),
            IOException or UnauthorizedAccessException => (ExitCode.Failed, failure.Message),
            InvalidDataException => (ExitCode.Failed, failure.Message),
            _ => (ExitCode.Done, ""),
        };
        return exitCode != ExitCode.Done;
    }

    public static int CodeOf(CiaosError error) => error switch
    {
        CiaosError.NotFound => ExitCode.NotFound,
        CiaosError.Denied => ExitCode.Denied,
        CiaosError.Exists or CiaosError.PreconditionFailed => ExitCode.Precondition,
        CiaosError.Unavailable => ExitCode.Unavailable,
        _ => ExitCode.Failed,
    };

    /// <summary>Nothing that comes after will fare better. A policy, in contrast, may deny one key and allow another.
    /// </summary>
    public static bool IsForAll(CiaosException failure) =>
        failure.Error is CiaosError.Unavailable or CiaosError.Full || failure.Status == Unauthorized;

    public static string NoNode(string message) =>
        $"{message}\n       Is a node running there? Start one with \"ciaos serve\", or name another with --url or "
        + ClientOptions.UrlVariable;

    private static string TextOf(CiaosException failure) => failure.Error switch
    {
        CiaosError.Unavailable when failure.Status == 0 => NoNode(failure.Message),
        CiaosError.PreconditionFailed =>
            $"{failure.Message}\n       The key exists already (--if-none-match), or its ETag is another (--if-match)",
        CiaosError.Denied => $"{failure.Message}\n       Look at --user and --access-key "
            + $"({ClientOptions.UserVariable}, {ClientOptions.AccessKeyVariable})",
        _ => failure.Message,
    };
}
