using System.CommandLine;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos completion</c>: a script that makes a shell complete what is typed. It asks ciaos itself, through
/// the directive <c>[suggest]</c> of System.CommandLine, so that it is never behind.</summary>
internal static class CompletionCommand
{
    public static Command Build()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command(
            "completion",
            "Print a script that completes commands, options and keys. bash: source <(ciaos completion bash); "
            + "zsh: source <(ciaos completion zsh); fish: ciaos completion fish | source")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            Console.Out.Write(ScriptOf(parsed.GetValue(shell)!));
            return ExitCode.Done;
        });
        return command;
    }

    private static string ScriptOf(string shell)
    {
        using var stream = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"completion.{shell}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
