using System.CommandLine;

namespace Ciaos.Host.Client;

/// <summary>The commands for users of a node (docs/cli.md).</summary>
internal static class ClientCommands
{
    public static IEnumerable<Command> Build() =>
    [
        PutCommand.Build(),
        GetCommand.Build(),
        ListCommand.Build(),
        CatCommand.Build(),
        RemoveCommand.Build(),
        MoveCommand.Build(),
        StatCommand.Build(),
        Sync.SyncCommand.Build(),
        DiskUsageCommand.Build(),
        Benchmarks.BenchCommand.Build(),
        Top.TopCommand.Build(),
        CompletionCommand.Build(),
    ];
}
