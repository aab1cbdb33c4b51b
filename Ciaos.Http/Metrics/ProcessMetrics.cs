using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Ciaos.Http.Metrics;

/// <summary>What Prometheus's own client libraries tell of every process, and which build this is.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    private const string FileDescriptors = "/proc/self/fd";
    private const string Threads = "/proc/self/task";

    private readonly Process _process = Process.GetCurrentProcess();
    private readonly double _maxFiles = MaxFiles();

    public ProcessMetrics(Meter meter, string version)
    {
        // Asked once: it is reckoned from the time since the machine began, and would not stay quite the same.
        var startedAt = (_process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
        var commit = version.IndexOf('+', StringComparison.Ordinal);
        KeyValuePair<string, object?>[] build =
        [
            new("version", commit < 0 ? version : version[..commit]),
            new("commit", commit < 0 ? "" : version[(commit + 1)..]),
            new("dotnet", RuntimeInformation.FrameworkDescription),
        ];
        meter.CreateObservableGauge(
            "ciaos.build_info", () => new Measurement<long>(1, build), null, "Which build this is; always 1");
        meter.CreateObservableCounter(
            "process.cpu", () => Fresh().TotalProcessorTime.TotalSeconds, "s", "Processor time used");
        meter.CreateObservableGauge(
            "process.resident_memory", () => Fresh().WorkingSet64, "By", "Memory that is resident");
        meter.CreateObservableGauge(
            "process.virtual_memory", () => Fresh().VirtualMemorySize64, "By", "Address space in use");
        meter.CreateObservableGauge(
            "process.start_time", () => startedAt, "s", "When the process began, in seconds since 1970");
        Count(meter, "process.threads", Threads, "{thread}", "Threads of the operating system");
        Count(meter, "process.open_fds", FileDescriptors, "{file}", "Open files and connections");
        if (!double.IsNaN(_maxFiles))
            meter.CreateObservableGauge(
                "process.max_fds", () => _maxFiles, "{file}", "How many files and connections may be open");
    }

    public void Dispose() => _process.Dispose();

    private static void Count(Meter meter, string name, string folder, string unit, string description)
    {
        if (!Directory.Exists(folder)) return;
        meter.CreateObservableGauge(
            name, () => Directory.EnumerateFileSystemEntries(folder).LongCount(), unit, description);
    }

    private Process Fresh()
    {
        _process.Refresh();
        return _process;
    }

    // A line of the kernel: the name, the soft limit, the hard one.
    private static double MaxFiles()
    {
        const string Name = "Max open files";
        if (!File.Exists("/proc/self/limits")) return double.NaN;
        var line = File.ReadLines("/proc/self/limits")
            .FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
        var soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return double.TryParse(soft, CultureInfo.InvariantCulture, out var files) ? files : double.PositiveInfinity;
    }
}
