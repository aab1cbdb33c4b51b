using System.CommandLine;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos put</c>: stores a file, the standard input, or all files of a folder.</summary>
internal static class PutCommand
{
    private static readonly Argument<string> Source = new("source")
    {
        Description = "A file, a folder (with -r), or - for the standard input",
        HelpName = "FILE|FOLDER|-",
    };

    private static readonly Argument<string?> Key = new("key")
    {
        Description = "Default: the file's name. With a slash at its end: the file's name is put behind it",
        HelpName = "KEY",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> IsRecursive = new("--recursive", "-r")
    {
        Description = "All files of a folder, each under KEY/its path (default: the folder's name)",
    };

    private static readonly Option<bool> IfNoneMatch = new("--if-none-match")
    {
        Description = "Only where there is no such key yet",
    };

    private static readonly Option<string?> IfMatch =
        CommandLine.Setting("--if-match", "Only where the object has this ETag; *: only where it exists");

    private static readonly Option<string?> Type =
        CommandLine.Setting("--type", "Content type, such as image/png (default: application/octet-stream)");

    private static readonly Option<int> Workers = Arguments.Workers();

    public static Command Build() => ClientCommand.Build(
        "put", "Store a file, a folder, or what comes from the standard input",
        [Source, Key, IsRecursive, IfNoneMatch, IfMatch, Type, Workers], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var (source, key) = (parsed.GetValue(Source)!, parsed.GetValue(Key));
        var options = new PutOptions
        {
            IfNoneMatch = parsed.GetValue(IfNoneMatch) ? "*" : null,
            IfMatch = parsed.GetValue(IfMatch)?.Trim('"'),
            ContentType = parsed.GetValue(Type),
        };
        if (source == "-") return await PutInputAsync(session, key, options, cancellation);
        if (Directory.Exists(source))
            return parsed.GetValue(IsRecursive)
                ? await PutFolderAsync(session, source, key, options, parsed.GetValue(Workers), cancellation)
                : throw CommandException.Usage($"{source} is a folder: put -r {source} stores all files in it");
        if (!File.Exists(source)) throw new CommandException(ExitCode.Failed, $"There is no file {source}");
        if (string.IsNullOrEmpty(key) || key[^1] == '/') key += Path.GetFileName(source);
        var meter = new TransferMeter();
        if (new FileInfo(source) is { Exists: true, LinkTarget: null } file) meter.Expect(file.Length);
        var stored = await ProgressBar.ShowAsync(
            key, meter, new FileTransfer(session.Client, meter).UploadAsync(source, key, options, cancellation));
        Show(session, stored);
        return ExitCode.Done;
    }

    private static async Task<int> PutInputAsync(
        ClientSession session, string? key, PutOptions options, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(key) || key[^1] == '/')
            throw CommandException.Usage("What comes from the standard input has no name: put - KEY");
        await using var input = new StandardInput();
        var meter = new TransferMeter();
        var stored = await ProgressBar.ShowAsync(
            key, meter, session.Client.PutAsync(key, input, options, meter.OfOne(), cancellation));
        Show(session, stored);
        return ExitCode.Done;
    }

    private static async Task<int> PutFolderAsync(
        ClientSession session, string folder, string? key, PutOptions options, int workers,
        CancellationToken cancellation)
    {
        var prefix = KeyPath.FolderPrefix(key ?? new DirectoryInfo(folder).Name);
        var failures = new FailureCount();
        var local = new LocalFolder(
            folder, isTarget: false, message => failures.Add(ExitCode.Failed, message));
        var meter = new TransferMeter();
        var transfer = new FileTransfer(session.Client, meter);
        var work = ManyTransfers.RunAsync(
            local.Scan().Select(Expected).ToAsyncEnumerable(), workers, failures, file => file.Path,
            async (file, token) =>
            {
                Show(session, await transfer.UploadAsync(file.Path, prefix + file.Key, options, token));
                meter.FileDone();
            },
            cancellation);
        await ProgressBar.ShowAsync(folder, meter, work);
        return failures.ExitCode;

        LocalFile Expected(LocalFile file)
        {
            meter.Expect(file.SizeBytes);
            return file;
        }
    }

    private static void Show(ClientSession session, ObjectInfo stored)
    {
        if (session.AsJson) session.Output.Json(json => CommandOutput.Describe(json, stored));
    }
}
