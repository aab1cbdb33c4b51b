using System.Diagnostics;
using Ciaos.Storage.Disks;

namespace Ciaos.Bench.Node;

/// <summary>
/// A whole node over sockets, beside the limit of machine and web server and beside nginx, in one run: each case on all
/// servers in turn, several rounds, medians. <c>-- node [FILTER…] [--seconds 5] [--rounds 3] [--warm-up 5] [--no-half]
/// [--server NAME] [--folder DIR] [--keys 1000000] [--json FILE] [--set key=value]</c>
/// </summary>
internal static class NodeBench
{
    public static Task Run(string[] arguments, BenchReport report)
    {
        var options = NodeBenchOptions.Parse(arguments);
        var cases = options.Chosen([.. NodeCase.All(options.Keys)]);
        options.Tell(report);
        var servers = options.Servers();
        try
        {
            foreach (var server in servers)
                report.Add(new StartFigure(server.Name, server.Start().TotalMilliseconds));
            report.Add(new FlushFigure(FlushTime(options.Folder).TotalMilliseconds));
            var run = new NodeRun(servers, options, report);
            foreach (var measured in cases) run.Measure(measured);
        }
        finally
        {
            foreach (var server in servers) server.Dispose();
        }

        return Task.CompletedTask;
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

    private sealed record StartFigure(
        [property: Column("server")] string Server,
        [property: Column("ready after ms")] double ReadyMs);
}

/// <summary>What the disk takes for a flush of 4 KiB: the median.</summary>
internal sealed record FlushFigure([property: Column("flush of 4 KiB, ms", "N3")] double FlushMs);
