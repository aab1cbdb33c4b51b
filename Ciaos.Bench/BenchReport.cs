using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ciaos.Bench;

/// <summary>Where and of what a figure was taken: without it a figure means nothing.</summary>
internal sealed record BenchReport(
    string Machine, int Processors, double MemoryGiB, string OperatingSystem, string Runtime, string Commit,
    string Began, string LoadAverage, IReadOnlyList<string> Settings, IReadOnlyList<object> Figures)
{
    private const double GiB = 1024 * 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public static BenchReport Begin(IReadOnlyList<string> settings) => new(
        ProcessorName(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, CommitOfTree(),
        DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "", settings, []);

    public void Show(TextWriter output) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Machine}, {Processors} processors, {MemoryGiB:N0} GiB, {OperatingSystem}, {Runtime}, commit {Commit}, "
        + $"{Began}, load average {LoadAverage}, {string.Join(", ", Settings)}"));

    public void Write(string path, IReadOnlyList<object> figures) =>
        File.WriteAllText(path, JsonSerializer.Serialize(this with { Figures = figures }, Json) + "\n");

    private static string ProcessorName()
    {
        const string name = "model name";
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            : null;
        return line is null ? "unknown processor" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static string CommitOfTree()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["describe", "--always", "--dirty"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            var told = git!.StandardOutput.ReadToEnd().Trim();
            return told.Length == 0 ? "unknown" : told;
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return "unknown";
        }
    }
}
