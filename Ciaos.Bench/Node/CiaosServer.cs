using System.Diagnostics;
using System.Globalization;

namespace Ciaos.Bench.Node;

/// <summary>A node as users run it, with the settings that come with it.</summary>
internal sealed class CiaosServer(string folder, params string[] settings) : ServerProcess("CIAOS", folder)
{
    protected override string HealthPath => "/health/ready";

    /// <summary>The program's own file, built beside this one's.</summary>
    private static string Program => Path.Combine(AppContext.BaseDirectory, "ciaos.dll");

    public override ServerUsage Usage()
    {
        var (allocated, flushes) = (0d, 0d);
        foreach (var line in Metrics())
        {
            if (line.StartsWith("dotnet_gc_heap_total_allocated_bytes", StringComparison.Ordinal))
                allocated += Value(line);
            if (line.StartsWith("ciaos_volume_commit_duration_seconds_count", StringComparison.Ordinal)
                || line.StartsWith("ciaos_journal_commit_duration_seconds_count", StringComparison.Ordinal))
                flushes += Value(line);
        }

        return base.Usage() with { AllocatedBytes = (long)allocated, Flushes = (long)flushes };
    }

    protected override ProcessStartInfo Command(int port) => Silent(
        "dotnet",
        [
            Program, "serve", "--data", Folder, "--port", port.ToString(CultureInfo.InvariantCulture),
            "--set", "ciaos.s3.enabled=off", "--set", "ciaos.log.level=error",
            .. settings.SelectMany(setting => new[] { "--set", setting }),
        ]);

    private string[] Metrics()
    {
        using var client = new HttpClient();
        return client.GetStringAsync(new Uri($"http://{Address}/metrics")).GetAwaiter().GetResult().Split('\n');
    }

    private static double Value(string line) =>
        double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
}
