using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ciaos.Bench;

/// <summary>Where figures were taken, of what, and when.</summary>
internal sealed record BenchMachine(
    string Processor, int Processors, double MemoryGibibytes, string OperatingSystem, string Runtime, string Commit,
    string Began, string LoadAverage)
{
    private const double GiB = 1024 * 1024 * 1024;

    public static BenchMachine Now() => new(
        ProcessorName(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / GiB,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, CommitOfTree(),
        DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "");

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Processor}, {Processors} processors, {MemoryGibibytes:N0} GiB, {OperatingSystem}, {Runtime}, "
        + $"commit {Commit}, {Began}, load average {LoadAverage}");

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
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return "unknown";
        }
    }
}
