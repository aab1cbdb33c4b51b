using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Ciaos.Client;
using Ciaos.Host.Journal;

namespace Ciaos.Host.Client;

/// <summary>What a command for users works with.</summary>
internal sealed record ClientSession(CiaosClientOptions Options, CiaosClient Client, CommandOutput Output)
{
    public bool AsJson => Output.AsJson;
}

/// <summary>Runs a command for users: makes its client, ends it on signals, and turns failures into one line and an
/// exit code (<see cref="ExitCode"/>).</summary>
internal static class ClientCommand
{
    /// <param name="work">Returns the exit code; all failures may escape.</param>
    /// <param name="needsUser">It is about somebody's keys.</param>
    public static Command Build(
        string name, string description, IEnumerable<Symbol> symbols,
        Func<ClientSession, ParseResult, CancellationToken, Task<int>> work,
        bool needsUser = true)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Arguments.Add(argument);
            else command.Options.Add((Option)symbol);
        }

        ClientOptions.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(parsed, needsUser, work));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, bool needsUser, Func<ClientSession, ParseResult, CancellationToken, Task<int>> work)
    {
        using var stop = new CancellationTokenSource();
        var ended = ExitCode.Interrupted;
        using var interrupt = StopOn(PosixSignal.SIGINT, stop, () => ended = ExitCode.Interrupted);
        using var terminate = StopOn(PosixSignal.SIGTERM, stop, () => ended = ExitCode.Terminated);
        try
        {
            RefuseUnknownOptions(parsed);
            var options = ClientOptions.Read(parsed, needsUser);
            await using var client = new CiaosClient(options);
            var output = CommandOutput.Standard(ClientOptions.IsJson(parsed));
            try
            {
                return await work(new ClientSession(options, client, output), parsed, stop.Token);
            }
            finally
            {
                output.Flush();
            }
        }
        catch (IOException closed) when (StandardOutput.HasNoReader(closed))
        {
            // As in "ciaos ls | head": who wanted to read has read enough.
            return ExitCode.Done;
        }
        catch (Exception failure) when (stop.IsCancellationRequested && failure is not CommandException)
        {
            CommandOutput.Tell("stopped");
            return ended;
        }
        catch (Exception failure) when (Failure.TryExplain(failure, out var exitCode, out var message))
        {
            CommandOutput.Tell(message);
            return exitCode;
        }
    }

    /// <summary>
    /// The parser takes for an argument what begins with a dash and is none of the options, while there is room for
    /// one: <c>rm --yess key</c> would remove a key --yess. Whoever means that writes <c>--</c> before it.
    /// </summary>
    private static void RefuseUnknownOptions(ParseResult parsed)
    {
        var meant = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .ToHashSet<Token>(ReferenceEqualityComparer.Instance);
        foreach (var argument in parsed.CommandResult.Command.Arguments)
            foreach (var token in parsed.GetResult(argument)?.Tokens ?? [])
                if (token.Value is ['-', _, ..] && meant.Contains(token))
                    throw CommandException.Usage(
                        $"There is no option {token.Value}. A name that begins with a dash is written behind --");
    }

    /// <summary>The first signal asks for an end in order, a second one ends the process at once.</summary>
    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop, Action note) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (stop.IsCancellationRequested) return;
            context.Cancel = true;
            note();
            stop.Cancel();
        });
}
