using System.CommandLine;
using System.Runtime.CompilerServices;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos rm</c>: removes objects, or folders of them.</summary>
internal static class RemoveCommand
{
    private static readonly Argument<string[]> Keys = Arguments.Keys();

    private static readonly Option<bool> IsRecursive = new("--recursive", "-r")
    {
        Description = "The key, and all keys that begin with KEY/ ('/' alone: all keys)",
    };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask whether -r is meant" };

    private static readonly Option<bool> Force = new("--force", "-f")
    {
        Description = "What is not there is as good as removed",
    };

    private static readonly Option<int> Workers = Arguments.Workers();

    public static Command Build() => ClientCommand.Build(
        "rm", "Remove objects", [Keys, IsRecursive, Yes, Force, Workers], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var keys = parsed.GetValue(Keys)!;
        var isRecursive = parsed.GetValue(IsRecursive);
        if (isRecursive && !parsed.GetValue(Yes) && !await IsMeantAsync(session, keys, cancellation))
            return ExitCode.Failed;
        var failures = new FailureCount();
        var meter = new TransferMeter();
        foreach (var key in keys)
        {
            var before = (meter.TotalFiles, failures.Count);
            var found = isRecursive ? BelowAsync(session.Client, key, meter, cancellation) : OneAsync(key);
            var work = ManyTransfers.RunAsync(
                found, parsed.GetValue(Workers), failures, each => each,
                async (each, token) =>
                {
                    await RemoveAsync(session, each, parsed.GetValue(Force), token);
                    meter.FileDone();
                },
                cancellation);
            await ProgressBar.ShowAsync(key, meter, work);
            if (isRecursive && !parsed.GetValue(Force) && before == (meter.TotalFiles, failures.Count))
                failures.Add(ExitCode.NotFound, $"There is no key {key}, and none begins with {FolderOf(key)}");
        }

        return failures.ExitCode;
    }

    private static async Task RemoveAsync(
        ClientSession session, string key, bool isForced, CancellationToken cancellation)
    {
        try
        {
            await session.Client.DeleteAsync(key, cancellation: cancellation);
            if (session.AsJson) session.Output.Json(json => json.WriteString("removed", key));
        }
        catch (CiaosException failure) when (failure.Error == CiaosError.NotFound && isForced)
        {
            // Somebody else was faster, or it never was.
        }
    }

    private static string FolderOf(string key) => key == "/" ? "" : KeyPath.FolderPrefix(key);

    private static async IAsyncEnumerable<string> OneAsync(string key)
    {
        await Task.CompletedTask;
        yield return key;
    }

    private static async IAsyncEnumerable<string> BelowAsync(
        CiaosClient client, string key, TransferMeter meter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (key[^1] != '/' && await client.ExistsAsync(key, cancellation))
        {
            meter.Expect(1);
            yield return key;
        }

        await foreach (var found in client.ListAsync(FolderOf(key), cancellation: cancellation))
        {
            meter.Expect(1);
            yield return found.Key;
        }
    }

    private static async Task<bool> IsMeantAsync(
        ClientSession session, string[] keys, CancellationToken cancellation)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected)
            throw CommandException.Usage("rm -r asks before it removes, and nobody is there to answer: give --yes too");
        var meter = new TransferMeter();
        foreach (var key in keys)
            await foreach (var _ in BelowAsync(session.Client, key, meter, cancellation)) { }
        if (meter.TotalFiles == 0) return true;
        await Console.Error.WriteAsync(CommandOutput.Plain(
            $"Remove {meter.TotalFiles} {(meter.TotalFiles == 1 ? "object" : "objects")}, all of "
            + $"{string.Join(", ", keys)}? [y/N] "));
        var answer = await Task.Run(Console.In.ReadLine, cancellation).WaitAsync(cancellation);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
