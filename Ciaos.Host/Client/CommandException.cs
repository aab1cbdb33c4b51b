namespace Ciaos.Host.Client;

/// <summary>A command ends here, with this text for the user and this exit code.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public static CommandException Usage(string message) => new(Client.ExitCode.Usage, message);
}
