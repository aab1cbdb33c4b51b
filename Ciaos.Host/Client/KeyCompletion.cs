using System.CommandLine;
using System.CommandLine.Completions;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary>Asks the node which keys what is being typed could become, for the completion of a shell. A person waits,
/// so little time is taken, and no failure is told.</summary>
internal static class KeyCompletion
{
    private const int Most = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static IEnumerable<CompletionItem> Suggest(CompletionContext context)
    {
        // An option is being typed: no key is meant.
        if (context.WordToComplete.StartsWith('-')) return [];
        try
        {
            using var stop = new CancellationTokenSource(Patience);
            return Task.Run(() => FindAsync(context, stop.Token)).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (Failure.TryExplain(failure, out _, out _)
            || failure is OperationCanceledException or ArgumentException)
        {
            return [];
        }
    }

    private static async Task<List<CompletionItem>> FindAsync(
        CompletionContext context, CancellationToken cancellation)
    {
        var options = ClientOptions.Read(context.ParseResult);
        await using var client = new CiaosClient(options with { Retries = 0, ConnectTimeout = Patience });
        var prefix = context.WordToComplete;
        var entries = FolderView.OfAsync(after => client.ListAsync(prefix, after, cancellation), prefix);
        return await entries.Take(Most).Select(entry => new CompletionItem(entry.Name)).ToListAsync(cancellation);
    }
}
