using System.Diagnostics;
using System.Globalization;
using Ciaos.Bench.Load;
using Ciaos.Storage.Disks;

namespace Ciaos.Bench.Node;

/// <summary>
/// A whole node over sockets, beside the limit of machine and web server and beside nginx, in one run: each case on all
/// servers in turn, several rounds, medians. <c>-- node [FILTER…] [--seconds 5] [--rounds 3] [--folder DIR] [--json
/// FILE] [--set key=value]</c>
/// </summary>
internal static class NodeBench
{
    private const string Head =
        "| case | server | per s | MiB/s | p50 ms | p99 ms | p99.9 ms | CPU us/op | alloc B/op | flushes/op "
        + "| written/data | peak MiB | to the limit |\n"
        + "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |";

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
            var figures = NodeCase.All().Where(options.Wants)
                .SelectMany(measured => Measure(measured, servers, options)).ToList();
            if (options.JsonPath is { } path) report.Write(path, figures);
        }
        finally
        {
            foreach (var server in servers) server.Dispose();
        }

        return Task.CompletedTask;
    }

    private static List<NodeMeasurement> Measure(
        NodeCase measured, IReadOnlyList<ServerProcess> servers, NodeBenchOptions options)
    {
        var mine = servers.Where(server => measured.OnAll || server is CiaosServer).ToList();
        var sources = mine.ConvertAll(server => measured.Requests(server));
        var rounds = mine.ConvertAll(_ => new List<NodeMeasurement>());
        for (var round = 0; round < (measured.MaxRequests < long.MaxValue ? 1 : options.Rounds); round++)
            for (var i = 0; i < mine.Count; i++)
                rounds[i].Add(MeasureOnce(measured, mine[i], sources[i], options, null));
        var medians = rounds.ConvertAll(NodeMeasurement.MedianOf);
        if (measured.Name == NodeBenchOptions.HalfLoadCase)
            medians.AddRange(AtHalfLoad(measured, mine, sources, medians, options));
        foreach (var median in medians) Show(median, medians);
        return medians;
    }

    // How long requests take while the server is not driven to its limit, which is where people use it.
    private static IEnumerable<NodeMeasurement> AtHalfLoad(
        NodeCase measured, List<ServerProcess> servers, List<Func<LoadRequest>> sources,
        List<NodeMeasurement> full, NodeBenchOptions options) =>
        servers.Select((server, i) => NodeMeasurement.MedianOf(
            [.. Enumerable.Range(0, options.Rounds).Select(_ => MeasureOnce(
                measured with { Name = measured.Name + ", half the load" }, server, sources[i], options,
                full[i].PerSecond / 2))]))
        .ToList();

    private static NodeMeasurement MeasureOnce(
        NodeCase measured, ServerProcess server, Func<LoadRequest> source, NodeBenchOptions options, double? rate)
    {
        var before = server.Usage();
        var warmUp = measured.MaxRequests < long.MaxValue ? TimeSpan.Zero : options.Duration / 5;
        var load = LoadGenerator.Run(
            server.Address,
            new LoadPlan(source, measured.Connections, warmUp, options.Duration, rate, measured.MaxRequests),
            () => before = server.Usage());
        if (load.Failures > 0)
            throw new InvalidOperationException(
                $"{server.Name}, {measured.Name}: {load.Failures} of {load.Requests} failed ({load.FirstFailure})");
        return NodeMeasurement.Of(measured, server, load, server.Usage().Since(before));
    }

    private static void Show(NodeMeasurement shown, List<NodeMeasurement> all)
    {
        var limit = all.Find(other => other.Case == shown.Case && other.Server == "bare limit");
        var ratio = limit is null || limit == shown
            ? ""
            : (shown.PerSecond / limit.PerSecond).ToString("N2", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {shown.Case} | {shown.Server} | {shown.PerSecond:N0} | {shown.MiBPerSecond:N1} | {shown.P50Ms:N2} "
            + $"| {shown.P99Ms:N2} | {shown.P999Ms:N2} | {shown.CpuMicrosPerOperation:N0} "
            + $"| {shown.AllocatedPerOperation:N0} | {shown.FlushesPerOperation:N3} | {shown.WriteAmplification:N2} "
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
