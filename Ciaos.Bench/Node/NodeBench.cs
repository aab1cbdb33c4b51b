using System.Diagnostics;
using System.Globalization;
using Ciaos.Storage.Disks;

namespace Ciaos.Bench.Node;

/// <summary>
/// A whole node over sockets, beside the limit of machine and web server and beside nginx, in one run: each case on all
/// servers in turn, several rounds, medians. <c>-- node [FILTER…] [--seconds 5] [--rounds 3] [--warm-up 5] [--no-half]
/// [--server NAME] [--folder DIR] [--json FILE] [--set key=value]</c>
/// </summary>
internal static class NodeBench
{
    private const string Head =
        "| case | server | per s | MiB/s | p50 ms | p99 ms | p99.9 ms | CPU us/op | alloc B/op | switches/op "
        + "| file reads/op | flushes/op | written/data | peak MiB | to the limit |\n"
        + "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

    public static Task Run(string[] arguments)
    {
        var options = NodeBenchOptions.Parse(arguments);
        var report = BenchReport.Begin(options.Told);
        report.Show(Console.Out);
        var servers = options.Servers();
        try
        {
            foreach (var server in servers)
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{server.Name} is ready after {server.Start().TotalMilliseconds:N0} ms"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"A flush of 4 KiB takes {FlushTime(options.Folder).TotalMicroseconds:N0} us (median)"));
            Console.WriteLine(Head);
            var run = new NodeRun(servers, options);
            foreach (var measured in options.Chosen([.. NodeCase.All()]))
            {
                var medians = run.Measure(measured);
                foreach (var median in medians) Show(median, measured.AtHalfLoad ? [] : medians);
            }

            if (options.JsonPath is { } path) report.Write(path, run.Figures);
        }
        finally
        {
            foreach (var server in servers) server.Dispose();
        }

        return Task.CompletedTask;
    }

    private static void Show(NodeMeasurement shown, IReadOnlyList<NodeMeasurement> all)
    {
        var limit = all.FirstOrDefault(other => other.Server == "bare limit");
        var ratio = limit is null || limit == shown
            ? ""
            : (shown.PerSecond / limit.PerSecond).ToString("N2", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {shown.Case} | {shown.Server} | {shown.PerSecond:N0} | {shown.MiBPerSecond:N1} | {shown.P50Ms:N2} "
            + $"| {shown.P99Ms:N2} | {shown.P999Ms:N2} | {shown.CpuMicrosPerOperation:N0} "
            + $"| {shown.AllocatedPerOperation:N0} | {shown.ContextSwitchesPerOperation:N2} "
            + $"| {shown.FileReadsPerOperation:N2} | {shown.FlushesPerOperation:N3} | {shown.WriteAmplification:N2} "
            + $"| {shown.PeakMiB:N0} | {ratio} |"));
    }

    private static TimeSpan FlushTime(string folder)
    {
        const int Count = 200;
        using var disk = PhysicalDisk.WithoutLock(folder);
        var times = new List<TimeSpan>();
        using (var file = disk.Create("flush-time"))
        {
            var block = Bodies.Random(4096);
            file.Preallocate(Count * (long)block.Length);
            for (var i = 0; i < Count; i++)
            {
                file.Write(i * (long)block.Length, [block]);
                var began = Stopwatch.GetTimestamp();
                file.Flush();
                times.Add(Stopwatch.GetElapsedTime(began));
            }
        }

        disk.Delete("flush-time");
        return times.Order().ElementAt(Count / 2);
    }
}
