using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Check;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Host.Settings;

namespace Ciaos.Host.Check;

/// <summary><c>ciaos fsck</c>: checks a store (docs/check.md).</summary>
internal static class CheckCommand
{
    private const int Clean = 0;
    private const int NotClean = 1;
    private const int NotDone = 2;

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
        var config = CommandLine.Setting("--config", "A HOCON file with settings, as for serve");
        var data = CommandLine.Setting("--data", "The node's data folder (ciaos.data; default ./data)");
        var scratch = CommandLine.Setting(
            "--scratch", "A folder for a database of notes, which is removed at the end (default: the system's for "
            + "temporary files)");
        var set = new Option<string[]>("--set")
        {
            Description = "Any setting as key=value; may be repeated",
            DefaultValueFactory = _ => [],
        };
        var quick = new Option<bool>("--quick") { Description = "Do not read the data, only what tells of it" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON" };
        var command = new Command(
            "fsck",
            "Check volumes, journal and catalog against each other. The node must not be running; nothing is changed. "
            + "Exit code 0: clean; 1: problems were found; 2: it could not be done")
        {
            config, data, set, quick, json, scratch,
        };
        command.SetAction(parsed =>
        {
            var assignments = new List<string>(parsed.GetValue(set)!);
            CommandLine.Add(assignments, "ciaos.data", parsed.GetValue(data));
            return Run(
                parsed.GetValue(config), assignments, parsed.GetValue(quick), parsed.GetValue(json),
                parsed.GetValue(scratch));
        });
        return command;
    }

    private static int Run(string? file, List<string> assignments, bool isQuick, bool asJson, string? scratch)
    {
        try
        {
            var report = Check(CommandLine.Load(file, assignments), isQuick, scratch ?? Path.GetTempPath());
            Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(report, Json) : CheckText.Of(report));
            return report.IsClean ? Clean : NotClean;
        }
        catch (Exception error) when (error is SettingsException or NodeStartException or CheckRefusedException
            or JournalException or IOException or DbException or UnauthorizedAccessException or ConfigurationException
            or CatalogLayoutException)
        {
            Console.Error.WriteLine("ciaos: " + error.Message);
            return NotDone;
        }
    }

    private static CheckReport Check(Config config, bool isQuick, string scratch)
    {
        var path = NodeSettings.From(config).DataPath;
        if (!Directory.Exists(path)) throw new CheckRefusedException($"There is no folder {path}");
        using var data = Node.OpenData(path);
        var index = IndexSettings.From(config);
        var plugin = index.JournalPlugin.Length > 0 ? index.JournalPlugin : "ciaos.journal";
        var notes = string.Create(CultureInfo.InvariantCulture, $"ciaos-fsck-{Environment.ProcessId}.db");
        var settings = new CheckSettings(
            index, JournalSettings.From(config.GetConfig(plugin)), Path.Combine(Path.GetFullPath(scratch), notes),
            isQuick);
        var progress = new RebuildProgressLine(TimeProvider.System, Console.Error, !Console.IsErrorRedirected);
        var report = StoreCheck.Run(data, settings, TimeProvider.System, progress.Show);
        progress.End();
        return report;
    }
}
