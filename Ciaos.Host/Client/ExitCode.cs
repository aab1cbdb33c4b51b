namespace Ciaos.Host.Client;

/// <summary>How the commands for users end (docs/cli.md). Scripts depend on these numbers: never renumber.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something failed that no other code tells, or several things for several reasons.</summary>
    public const int Failed = 1;

    /// <summary>What was typed cannot be meant; nothing was done.</summary>
    public const int Usage = 2;

    public const int NotFound = 3;

    /// <summary>The access key is wrong or missing, or a policy says no.</summary>
    public const int Denied = 4;

    /// <summary>The key exists, or has changed: a condition did not hold.</summary>
    public const int Precondition = 5;

    /// <summary>The node does not answer, or is not ready. It may be worth trying again.</summary>
    public const int Unavailable = 6;

    /// <summary>Ctrl-C: 128 and the number of the signal, as a shell counts.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM.</summary>
    public const int Terminated = 143;
}
