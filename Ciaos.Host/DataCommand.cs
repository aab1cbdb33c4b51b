using System.CommandLine;
using System.Data.Common;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Backup;
using Ciaos.Actors.Check;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using Ciaos.Host.Settings;
using Ciaos.Storage.Disks;

namespace Ciaos.Host;

/// <summary>What the commands that work on the data of a node have in common: their options, how they open its
/// folder, and what becomes of their failures.</summary>
internal sealed class DataCommand
{
    /// <summary>The exit code of a command that could not do its work.</summary>
    public const int NotDone = 2;

    private readonly Option<string?> _config =
        CommandLine.Setting("--config", "A HOCON file with settings, as for serve");

    private readonly Option<string?> _data =
        CommandLine.Setting("--data", "The node's data folder (ciaos.data; default ./data)");

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Any setting as key=value; may be repeated",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Gives the command its options.</summary>
    public DataCommand(Command command)
    {
        foreach (var option in new Option[] { _config, _data, _set }) command.Options.Add(option);
    }

    public Config Load(ParseResult parsed)
    {
        var assignments = new List<string>(parsed.GetValue(_set)!);
        CommandLine.Add(assignments, "ciaos.data", parsed.GetValue(_data));
        return CommandLine.Load(parsed.GetValue(_config), assignments);
    }

    /// <summary>Returns the exit code: that of <paramref name="work"/>, or <see cref="NotDone"/> and a line on the
    /// error output.</summary>
    public static int Run(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is SettingsException or NodeStartException or JournalException
            or IOException or DbException or UnauthorizedAccessException or ConfigurationException
            or CatalogLayoutException or CheckRefusedException or RebuildRefusedException or BackupRefusedException)
        {
            Console.Error.WriteLine("ciaos: " + error.Message);
            return NotDone;
        }
    }

    /// <exception cref="NodeStartException">There is no such folder, or a node uses it.</exception>
    public static PhysicalDisk OpenData(Config config)
    {
        var path = NodeSettings.From(config).DataPath;
        return Directory.Exists(path)
            ? Node.OpenData(path)
            : throw new NodeStartException($"There is no folder {path}");
    }

    public static JournalSettings JournalOf(Config config, string plugin) =>
        JournalSettings.From(config.GetConfig(plugin.Length > 0 ? plugin : "ciaos.journal"));

    public static JournalSettings JournalOf(Config config) =>
        JournalOf(config, IndexSettings.From(config).JournalPlugin);
}
