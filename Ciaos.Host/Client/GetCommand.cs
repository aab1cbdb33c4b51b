using System.CommandLine;
using System.Runtime.CompilerServices;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos get</c>: reads an object into a file, or all objects of a folder into a folder.</summary>
internal static class GetCommand
{
    private static readonly Argument<string> Key = new("key")
    {
        Description = "The object; with -r the folder of keys, '' being all keys",
        HelpName = "KEY",
    };

    private static readonly Argument<string?> Target = new("target")
    {
        Description = "Default: the key's name behind its last slash, in this folder. -: the standard output",
        HelpName = "FILE|FOLDER|-",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> IsRecursive = new("--recursive", "-r")
    {
        Description = "All objects whose keys begin with KEY/",
    };

    private static readonly Option<int> Workers = Arguments.Workers();

    public static Command Build() => ClientCommand.Build(
        "get", "Read an object into a file, or a folder of objects into a folder. A file appears, or is replaced, once "
        + "it is whole",
        [Key, Target, IsRecursive, Workers], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var (key, target) = (parsed.GetValue(Key)!, parsed.GetValue(Target));
        if (parsed.GetValue(IsRecursive))
            return await GetFolderAsync(session, key, target, parsed.GetValue(Workers), cancellation);
        if (key.Length == 0) throw CommandException.Usage("A key is never empty; get -r '' FOLDER reads all keys");
        var meter = new TransferMeter();
        if (target == "-")
            return await WriteOutAsync(session, key, session.Output.Bytes, meter, cancellation);
        var path = PathOf(key, target);

        // Nothing but a file is to be replaced by a rename.
        if (path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            await using var device = new FileStream(path, FileMode.Open, FileAccess.Write);
            return await WriteOutAsync(session, key, device, meter, cancellation);
        }

        var listed = await session.Client.StatAsync(key, cancellation);
        meter.Expect(listed.SizeBytes ?? 0);
        var read = await ProgressBar.ShowAsync(
            key, meter, new FileTransfer(session.Client, meter).DownloadAsync(key, path, listed, cancellation));
        Show(session, read, path);
        return ExitCode.Done;
    }

    private static async Task<int> WriteOutAsync(
        ClientSession session, string key, Stream target, TransferMeter meter, CancellationToken cancellation)
    {
        await ProgressBar.ShowAsync(
            key, meter,
            session.Client.GetToAsync(key, target, progress: meter.OfOne(), cancellation: cancellation));
        return ExitCode.Done;
    }

    private static string PathOf(string key, string? target)
    {
        if (target is not (null or "") && !Directory.Exists(target) && !Path.EndsInDirectorySeparator(target))
            return Path.GetFullPath(target);
        var name = KeyPath.NameOf(key);
        return KeyPath.Refusal(name) is null
            ? Path.GetFullPath(Path.Combine(target ?? "", name))
            : throw CommandException.Usage($"{key} ends in no name for a file; name one: get KEY FILE");
    }

    private static async Task<int> GetFolderAsync(
        ClientSession session, string key, string? target, int workers, CancellationToken cancellation)
    {
        var prefix = KeyPath.FolderPrefix(key);
        var name = KeyPath.NameOf(prefix.TrimEnd('/'));
        if (target == "-") throw CommandException.Usage("A folder does not go to the standard output; use cat");
        if (target is null && KeyPath.Refusal(name) is not null)
            throw CommandException.Usage($"Into which folder? get -r '{key}' FOLDER");
        var folder = Path.GetFullPath(target ?? name);
        var failures = new FailureCount();
        var meter = new TransferMeter();
        var transfer = new FileTransfer(session.Client, meter);
        var work = ManyTransfers.RunAsync(
            ObjectsAsync(session.Client, prefix, folder, meter, failures, cancellation), workers, failures,
            found => found.Key,
            async (found, token) =>
            {
                var path = KeyPath.Of(folder, found.Key[prefix.Length..]);
                Show(session, await transfer.DownloadAsync(found.Key, path, found, token), path);
                meter.FileDone();
            },
            cancellation);
        await ProgressBar.ShowAsync(folder, meter, work);
        if (meter.TotalFiles == 0 && failures.Count == 0)
            throw new CommandException(ExitCode.NotFound, $"No key begins with {prefix}");
        return failures.ExitCode;
    }

    private static async IAsyncEnumerable<ObjectInfo> ObjectsAsync(
        CiaosClient client, string prefix, string folder, TransferMeter meter, FailureCount failures,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in client.ListAsync(prefix, cancellation: cancellation))
        {
            var name = found.Key[prefix.Length..];
            if (KeyPath.Refusal(name) is { } reason)
            {
                failures.Add(ExitCode.Failed, $"{found.Key} is left out: {reason}");
            }
            else if (KeyPath.LinkOnTheWay(folder, name) is { } link)
            {
                failures.Add(ExitCode.Failed, $"{found.Key} is left out: {link} is a link, which may lead elsewhere");
            }
            else
            {
                meter.Expect(found.SizeBytes ?? 0);
                yield return found;
            }
        }
    }

    private static void Show(ClientSession session, ObjectInfo read, string path)
    {
        if (!session.AsJson) return;
        session.Output.Json(json =>
        {
            CommandOutput.Describe(json, read);
            json.WriteString("path", path);
        });
    }
}
