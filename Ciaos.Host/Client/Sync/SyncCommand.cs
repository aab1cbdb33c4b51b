using System.CommandLine;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client.Sync;

/// <summary><c>ciaos sync</c>: makes a folder on the node like one on this machine, or back.</summary>
internal static class SyncCommand
{
    private static readonly Argument<string> Source = new("source")
    {
        Description = "What is to be copied: a folder, or ciaos:PREFIX",
        HelpName = "FROM",
    };

    private static readonly Argument<string> Target = new("target")
    {
        Description = "What becomes like it: ciaos:PREFIX, or a folder",
        HelpName = "TO",
    };

    private static readonly Option<bool> ByContent = new("--checksum")
    {
        Description = "Compare the bytes of what has the same size, instead of times. Reads both sides",
    };

    private static readonly Option<bool> Deletes = new("--delete")
    {
        Description = "Remove what the source does not have, once all else has been done without a failure",
    };

    private static readonly Option<bool> IsDryRun = new("--dry-run", "-n")
    {
        Description = "Only tell what would be done",
    };

    private static readonly Option<bool> IsVerbose = new("--verbose", "-v") { Description = "Tell all that is done" };

    private static readonly Option<int> Workers = Arguments.Workers();

    public static Command Build() => ClientCommand.Build(
        "sync", "Make a folder of keys like a folder of files, or back. It may be interrupted at any time and repeated",
        [Source, Target, ByContent, Deletes, IsDryRun, IsVerbose, Workers], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var request = SyncRequest.Of(parsed.GetValue(Source)!, parsed.GetValue(Target)!) with
        {
            ByContent = parsed.GetValue(ByContent),
            Deletes = parsed.GetValue(Deletes),
            IsDryRun = parsed.GetValue(IsDryRun),
            IsVerbose = parsed.GetValue(IsVerbose),
            Workers = parsed.GetValue(Workers),
        };
        if (request.IsUpload && !Directory.Exists(request.Folder))
            throw new CommandException(ExitCode.Failed, $"There is no folder {request.Folder}");
        if (!request.IsUpload && File.Exists(request.Folder))
            throw new CommandException(ExitCode.Failed, $"{request.Folder} is a file, not a folder");
        using var node = new NodeHttp(session.Options);
        var lead = request.IsUpload && !request.ByContent ? await LeadAsync(node, cancellation) : TimeSpan.Zero;
        var run = new SyncRun(session, request, new SyncRule(request.IsUpload, request.ByContent, lead));
        return await run.RunAsync(cancellation);
    }

    private static async Task<TimeSpan> LeadAsync(NodeHttp node, CancellationToken cancellation)
    {
        var lead = await node.ClockLeadAsync(cancellation);
        if (lead != TimeSpan.Zero)
            CommandOutput.Tell(
                $"The node's clock is {Duration.Format(lead.Duration().TotalSeconds)} "
                + $"{(lead > TimeSpan.Zero ? "ahead of" : "behind")} ours, which is taken into account; "
                + "--checksum does without clocks");
        return lead;
    }
}
