using System.CommandLine;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos mv</c>: gives an object another key. Its data stays where it is.</summary>
internal static class MoveCommand
{
    private static readonly Argument<string> From = new("old") { HelpName = "OLD", Description = "The key it has" };

    private static readonly Argument<string> To = new("new")
    {
        HelpName = "NEW",
        Description = "The key it gets, which must not exist. With a slash at its end: the old name is put behind it",
    };

    public static Command Build() => ClientCommand.Build(
        "mv", "Give an object another key, at once and without copying it", [From, To], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var (from, to) = (parsed.GetValue(From)!, parsed.GetValue(To)!);
        if (to.EndsWith('/')) to += KeyPath.NameOf(from);
        if (from.Length == 0 || to.Length == 0) throw CommandException.Usage("A key is never empty");
        await session.Client.RenameAsync(from, to, cancellation: cancellation);
        if (session.AsJson)
            session.Output.Json(json =>
            {
                json.WriteString("renamed_from", from);
                json.WriteString("key", to);
            });
        return ExitCode.Done;
    }
}
