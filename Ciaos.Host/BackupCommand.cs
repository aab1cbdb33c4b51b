using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;
using Ciaos.Actors.Backup;
using Ciaos.Actors.Index;
using Ciaos.Host.Check;
using Ciaos.Host.Identity;
using Ciaos.Host.Settings;
using Ciaos.Storage.Disks;

namespace Ciaos.Host;

/// <summary><c>ciaos backup</c>: a copy of a store as it was at one moment, also of one that is written to
/// (docs/operate.md).</summary>
internal static class BackupCommand
{
    private const int Whole = 0;
    private const int NotWhole = 1;
    private const double MiB = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Build()
    {
        var to = new Option<string>("--to")
        {
            Description = "The folder of the copy. It must not exist: it is there when the copy is whole",
            Required = true,
        };
        var previous = CommandLine.Setting(
            "--previous", "An earlier backup on the same file system: what has not changed since is shared with it");
        var noKey = new Option<bool>("--without-key")
        {
            Description = "Leave out identity.key and root-credentials. Keep the key elsewhere: without it users, and "
                + "what is encrypted, cannot be restored",
        };
        var verify = new Option<bool>("--verify") { Description = "Check the copy afterwards, as ciaos fsck does" };
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var command = new Command(
            "backup",
            "Copy a store as it is at one moment; its node may be running. "
            + "Exit code 0: done; 1: done, but something could not be copied, or the check found problems; "
            + "2: it could not be done")
        {
            to, previous, noKey, verify, json,
        };
        var common = new DataCommand(command);
        command.SetAction(parsed => DataCommand.Run(() => Run(
            common.Load(parsed),
            new Request(
                Path.GetFullPath(parsed.GetValue(to)!), parsed.GetValue(previous), !parsed.GetValue(noKey),
                parsed.GetValue(verify), parsed.GetValue(json)))));
        return command;
    }

    private static int Run(Config config, Request request)
    {
        if (Path.Exists(request.To)) throw new BackupRefusedException($"There is something at {request.To} already");
        var report = Copy(config, request);
        Console.Out.WriteLine(request.IsJson ? JsonSerializer.Serialize(report, Json) : TextOf(report, request.To));
        var isSound = !request.Verifies || IsSound(config, request);
        return report.Problems.Count == 0 && isSound ? Whole : NotWhole;
    }

    // The copy is made under another name, so that what has the name that was asked for is always whole.
    private static BackupReport Copy(Config config, Request request)
    {
        var source = Path.GetFullPath(NodeSettings.From(config).DataPath);
        if (!Directory.Exists(source)) throw new BackupRefusedException($"There is no folder {source}");
        var draft = request.To + ".partial";
        RemoveAbandoned(draft);
        using var alone = TryLock(source);
        using var data = PhysicalDisk.WithoutLock(source);
        using var target = PhysicalDisk.Open(draft);
        using var previous = PreviousOf(request);
        var index = IndexSettings.From(config);
        var progress = new RebuildProgressLine(TimeProvider.System, Console.Error, !Console.IsErrorRedirected);
        var began = TimeProvider.System.GetTimestamp();
        var report = new StoreBackup(
            data, target,
            new BackupSettings(index, DataCommand.JournalOf(config, index.JournalPlugin), IsAlone: alone is not null),
            previous is null ? null : new PreviousBackup(data, previous, target), progress.Show).Run();
        progress.End();
        if (request.HasKey)
            foreach (var name in new[] { MasterKeyFile.FileName, RootCredentials.FileName })
                CopySecret(data, target, name);
        report.Seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Directory.Move(draft, request.To);
        PhysicalDisk.WithoutLock(Path.GetDirectoryName(request.To)!).SyncFolder("");
        return report;
    }

    // An earlier attempt was broken off; one that is still under way has it locked.
    private static void RemoveAbandoned(string draft)
    {
        if (!Directory.Exists(draft)) return;
        PhysicalDisk.Open(draft).Dispose();
        Directory.Delete(draft, recursive: true);
    }

    // Where no node runs, none may be started while the copy is made.
    private static PhysicalDisk? TryLock(string source)
    {
        try
        {
            return PhysicalDisk.Open(source);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static PhysicalDisk? PreviousOf(Request request)
    {
        if (request.Previous is not { } previous) return null;
        return Directory.Exists(previous)
            ? PhysicalDisk.WithoutLock(previous)
            : throw new BackupRefusedException($"There is no earlier backup {previous}");
    }

    private static void CopySecret(PhysicalDisk from, PhysicalDisk to, string name)
    {
        var path = Path.Combine(from.Root, name);
        if (File.Exists(path)) SecretFile.Write(to, name, File.ReadAllText(path));
    }

    private static bool IsSound(Config config, Request request)
    {
        var copied = ConfigurationFactory.ParseString(
            $$"""
            ciaos.data = {{Quoted(request.To)}}
            ciaos.journal.path = {{Quoted(Path.Combine(request.To, StoreBackup.JournalFile))}}
            ciaos.index.catalog.path = {{Quoted(Path.Combine(request.To, StoreBackup.CatalogFile))}}
            """).WithFallback(config);
        var report = CheckCommand.Check(copied, isQuick: false, Path.GetTempPath());
        Console.Error.WriteLine(CheckText.Of(report));
        return report.IsClean;
    }

    private static string Quoted(string path) => JsonSerializer.Serialize(path, Json);

    private static string TextOf(BackupReport report, string path)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: {report.Volumes} volumes ({report.VolumesTaken} shared with the earlier backup), "
            + $"{report.VolumeBytes / MiB:N0} MiB copied, events up to {report.JournalPosition}, "
            + $"in {report.Seconds:N1} s");
        return string.Join(Environment.NewLine, [text, .. report.Problems]);
    }

    private sealed record Request(string To, string? Previous, bool HasKey, bool Verifies, bool IsJson);
}
