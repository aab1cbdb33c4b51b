using System.Diagnostics;
using System.Globalization;

namespace Ciaos.Bench.Node;

/// <summary>A node as users run it, with the settings that come with it.</summary>
internal sealed class CiaosServer(string folder, params string[] settings) : ServerProcess("CIAOS", folder)
{
    private static readonly TimeSpan FollowersPatience = TimeSpan.FromMinutes(5);

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

    /// <summary>The lengths of its files.</summary>
    public CiaosDiskUse DiskUse()
    {
        var use = default(CiaosDiskUse);
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.Extension == ".vol") use = use with { Volumes = use.Volumes + file.Length };
            else if (file.Name.StartsWith("journal", StringComparison.Ordinal))
                use = use with { Journal = use.Journal + file.Length };
            else use = use with { Catalog = use.Catalog + file.Length };
        }

        return use;
    }

    /// <summary>Returns when all that is in the journal is in the catalog and in volumes too.</summary>
    public void WaitForFollowers()
    {
        var began = Stopwatch.GetTimestamp();
        while (Metrics().Where(line => line.StartsWith("ciaos_journal_lag_events{", StringComparison.Ordinal))
            .Sum(Value) > 0)
        {
            if (Stopwatch.GetElapsedTime(began) > FollowersPatience)
                throw new TimeoutException("The catalog does not follow the journal");
            Interruption.Check();
            Thread.Sleep(100);
        }
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

/// <summary>Bytes of a node's files.</summary>
/// <param name="Catalog">With all that is neither volume nor journal.</param>
internal readonly record struct CiaosDiskUse(long Volumes, long Journal, long Catalog);
