using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Configuration;
using Ciaos.Actors.Check;
using Ciaos.Actors.Index;

namespace Ciaos.Host.Check;

/// <summary><c>ciaos fsck</c>: checks a store (docs/check.md).</summary>
internal static class CheckCommand
{
    private const int Clean = 0;
    private const int NotClean = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static Command Build()
    {
        var scratch = CommandLine.Setting(
            "--scratch", "A folder for a database of notes, which is removed at the end (default: the system's for "
            + "temporary files)");
        var quick = new Option<bool>("--quick") { Description = "Do not read the data, only what tells of it" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        var command = new Command(
            "fsck",
            "Check volumes, journal and catalog against each other. The node must not be running; nothing is changed. "
            + "Exit code 0: clean; 1: problems were found; 2: it could not be done")
        {
            quick, json, scratch,
        };
        var common = new DataCommand(command);
        command.SetAction(parsed => DataCommand.Run(() =>
        {
            var report = Check(
                common.Load(parsed), parsed.GetValue(quick), parsed.GetValue(scratch) ?? Path.GetTempPath());
            Console.Out.WriteLine(
                parsed.GetValue(json) ? JsonSerializer.Serialize(report, Json) : CheckText.Of(report));
            return report.IsClean ? Clean : NotClean;
        }));
        return command;
    }

    internal static CheckReport Check(Config config, bool isQuick, string scratch)
    {
        using var data = DataCommand.OpenData(config);
        var index = IndexSettings.From(config);
        var notes = string.Create(CultureInfo.InvariantCulture, $"ciaos-fsck-{Environment.ProcessId}.db");
        var settings = new CheckSettings(
            index, DataCommand.JournalOf(config, index.JournalPlugin), Path.Combine(Path.GetFullPath(scratch), notes),
            isQuick);
        var progress = new RebuildProgressLine(TimeProvider.System, Console.Error, !Console.IsErrorRedirected);
        var report = StoreCheck.Run(data, settings, TimeProvider.System, progress.Show);
        progress.End();
        return report;
    }
}
