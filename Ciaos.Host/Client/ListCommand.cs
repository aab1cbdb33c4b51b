using System.CommandLine;
using System.Globalization;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos ls</c>: the keys, as folders or all of them.</summary>
internal static class ListCommand
{
    private const int SizeWidth = 12;
    private const string NoTime = "                   ";

    private static readonly Argument<string?> Prefix = Arguments.Prefix();

    private static readonly Option<bool> IsLong = new("--long", "-l") { Description = "Sizes and times too" };

    private static readonly Option<bool> IsHuman = new("--human")
    {
        Description = "With -l: sizes as 48.2 KiB instead of bytes",
    };

    private static readonly Option<bool> IsRecursive = new("--recursive", "-R")
    {
        Description = "All keys instead of folders",
    };

    public static Command Build() => ClientCommand.Build(
        "ls", "List keys in the order of their bytes. What has a slash behind the prefix shows as a folder",
        [Prefix, IsLong, IsHuman, IsRecursive], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var prefix = parsed.GetValue(Prefix) ?? "";
        var entries = parsed.GetValue(IsRecursive)
            ? session.Client.ListAsync(prefix, cancellation: cancellation)
                .Select(found => new FolderEntry(found.Key, found))
            : FolderView.OfAsync(after => session.Client.ListAsync(prefix, after, cancellation), prefix);
        var isEmpty = true;
        await foreach (var entry in entries)
        {
            isEmpty = false;
            if (session.AsJson) session.Output.Json(json =>
            {
                if (entry.Object is { } found) CommandOutput.Describe(json, found);
                else json.WriteString("folder", entry.Name);
            });
            else session.Output.Line(
                parsed.GetValue(IsLong) ? LongLine(entry, parsed.GetValue(IsHuman)) : entry.Name);
        }

        return isEmpty && prefix.Length > 0
            ? throw new CommandException(ExitCode.NotFound, $"No key begins with {prefix}")
            : ExitCode.Done;
    }

    internal static string LongLine(FolderEntry entry, bool isHuman)
    {
        if (entry.Object is not { } found) return $"{"-",SizeWidth}  {NoTime}  {entry.Name}";
        var size = found.SizeBytes ?? 0;
        var time = found.Modified?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? NoTime;
        var shown = isHuman ? ByteSize.Format(size) : size.ToString(CultureInfo.InvariantCulture);
        return $"{shown,SizeWidth}  {time}  {entry.Name}";
    }
}
