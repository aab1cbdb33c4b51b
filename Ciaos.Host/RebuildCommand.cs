using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Rebuild;
using Ciaos.Host.Identity;
using Ciaos.Storage.Volumes;

namespace Ciaos.Host;

/// <summary><c>ciaos rebuild-index</c>: journal and catalog anew from the volumes (docs/recovery.md).</summary>
internal static class RebuildCommand
{
    private const int Complete = 0;
    private const int Incomplete = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "Print the summary as JSON" };
        var force = new Option<bool>("--force")
        {
            Description = "Move a journal and a catalog that are there aside; nothing is deleted",
        };
        var verify = new Option<bool>("--verify")
        {
            Description = "Read and check all data, not only what tells of it",
        };
        var command = new Command(
            "rebuild-index",
            "Make journal and catalog anew from the volumes. The node must not be running. "
            + "Exit code 0: complete; 1: something is lost or damaged; 2: it could not be done")
        {
            json, force, verify,
        };
        var common = new DataCommand(command);
        command.SetAction(parsed => DataCommand.Run(() =>
        {
            var report = Rebuild(common.Load(parsed), parsed.GetValue(verify), parsed.GetValue(force));
            Console.Out.WriteLine(
                parsed.GetValue(json) ? JsonSerializer.Serialize(report, Json) : RebuildText.Of(report));
            return report.IsComplete ? Complete : Incomplete;
        }));
        return command;
    }

    private static RebuildReport Rebuild(Config config, bool verifies, bool force)
    {
        using var data = DataCommand.OpenData(config);
        var index = IndexSettings.From(config);
        var settings = new RebuildSettings(
            index,
            DataCommand.JournalOf(config, index.JournalPlugin),
            Path.Combine(data.Root, "rebuild-scratch.db"),
            verifies,
            force,
            MasterKeyFile.Find(data, Environment.GetEnvironmentVariable(MasterKeyFile.Variable)) is { } key
                ? new DataKeys(key, RandomNumberGenerator.Fill)
                : null);
        var progress = new RebuildProgressLine(TimeProvider.System, Console.Error, !Console.IsErrorRedirected);
        var report = new IndexRebuild(
            new VolumeFolder(data, "volumes"), settings, TimeProvider.System, progress.Show).Run();
        progress.End();
        return report;
    }
}

/// <summary>Shows how far a rebuild is, now and then: on a terminal in one line that changes.</summary>
internal sealed class RebuildProgressLine(TimeProvider time, TextWriter output, bool isTerminal)
{
    private const double MiB = 1024 * 1024;

    private readonly TimeSpan _pause = TimeSpan.FromSeconds(isTerminal ? 0.5 : 5);
    private long _shownAt = time.GetTimestamp();
    private long _stepBegan = time.GetTimestamp();
    private string _step = "";
    private bool _isShown;

    public void Show(RebuildProgress progress)
    {
        var now = time.GetTimestamp();
        if (progress.Step != _step) (_step, _stepBegan) = (progress.Step, now);
        if (time.GetElapsedTime(_shownAt, now) < _pause) return;
        _shownAt = now;
        var text = Text(progress, Math.Max(0.001, time.GetElapsedTime(_stepBegan, now).TotalSeconds));
        if (isTerminal) output.Write($"\r{text,-78}");
        else output.WriteLine(text);
        _isShown = true;
    }

    public void End()
    {
        if (_isShown && isTerminal) output.WriteLine();
    }

    private static string Text(RebuildProgress progress, double seconds)
    {
        if (!progress.AreBytes)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{progress.Step}: {progress.Done:N0} of {progress.Total:N0} {progress.Unit}, "
                + $"{progress.Done / seconds:N0}/s");
        var left = TimeSpan.FromSeconds((progress.Total - progress.Done) * seconds / Math.Max(1, progress.Done));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Step}: {progress.Done / MiB:N0} of {progress.Total / MiB:N0} MiB, "
            + $"{progress.Done / MiB / seconds:N0} MiB/s, {left:hh\\:mm\\:ss} left");
    }
}
