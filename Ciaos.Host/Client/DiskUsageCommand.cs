using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Ciaos.Host.Client;

/// <summary><c>ciaos du</c>: how much is stored below a prefix.</summary>
internal static class DiskUsageCommand
{
    private const int MaxDepth = 1024;

    private static readonly Argument<string?> Prefix = Arguments.Prefix();

    private static readonly Option<int> Depth = Arguments.Number(
        "--depth", "How many folders deep they are told apart; 0: only the sum", 1, 0, MaxDepth, "-d");

    private static readonly Option<bool> InBytes = new("--bytes", "-b") { Description = "Sizes in bytes" };

    public static Command Build() => ClientCommand.Build(
        "du", "Tell how many objects of how many bytes there are, folder by folder", [Prefix, Depth, InBytes],
        RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var prefix = parsed.GetValue(Prefix) ?? "";
        var usage = new DiskUsage(prefix, parsed.GetValue(Depth));
        await foreach (var found in session.Client.ListAsync(prefix, cancellation: cancellation))
            usage.Add(found.Key, found.SizeBytes ?? 0);
        if (usage.Total.Objects == 0 && prefix.Length > 0)
            throw new CommandException(ExitCode.NotFound, $"No key begins with {prefix}");
        if (session.AsJson) session.Output.Json(json => Write(json, prefix, usage));
        else foreach (var line in LinesOf(usage, parsed.GetValue(InBytes))) session.Output.Line(line);
        return ExitCode.Done;
    }

    private static IEnumerable<string> LinesOf(DiskUsage usage, bool inBytes)
    {
        foreach (var (folder, found) in usage.Folders) yield return Line(found, folder);
        yield return Line(usage.Total, "total");

        string Line(DiskUsage.Usage found, string name)
        {
            var size = inBytes
                ? found.SizeBytes.ToString(CultureInfo.InvariantCulture)
                : ByteSize.Format(found.SizeBytes);
            return string.Create(CultureInfo.InvariantCulture, $"{size,12}  {found.Objects,10}  {name}");
        }
    }

    private static void Write(Utf8JsonWriter json, string prefix, DiskUsage usage)
    {
        json.WriteString("prefix", prefix);
        json.WriteNumber("size", usage.Total.SizeBytes);
        json.WriteNumber("objects", usage.Total.Objects);
        json.WriteStartArray("folders");
        foreach (var (folder, found) in usage.Folders)
        {
            json.WriteStartObject();
            json.WriteString("prefix", folder);
            json.WriteNumber("size", found.SizeBytes);
            json.WriteNumber("objects", found.Objects);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
