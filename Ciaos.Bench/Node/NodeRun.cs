using System.Diagnostics;
using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>Measures cases on servers that run, and keeps what it has found.</summary>
internal sealed class NodeRun(
    IReadOnlyList<ServerProcess> servers, NodeBenchOptions options, BenchReport report)
{
    private readonly List<NodeMeasurement> _figures = [];

    /// <summary>On each server that can do it, in turn, several rounds; the medians are reported.</summary>
    public void Measure(NodeCase measured)
    {
        try
        {
            MeasureAll(measured);
        }
        catch (Exception failure) when (!Interruption.IsRequested)
        {
            report.Fail(measured.Name, failure);
        }
    }

    private void MeasureAll(NodeCase measured)
    {
        if (measured is { IsWave: true, AddsObjects: true } && !HasRoom(measured)) return;
        var mine = servers.Where(server => measured.OnAll || server is CiaosServer).ToList();
        var sources = mine.ConvertAll(server => measured.Requests(server));
        for (var i = 0; i < mine.Count; i++) WarmUp(measured, mine[i], sources[i]);
        var rates = measured.AtHalfLoad ? HalfLoads(measured, mine, sources) : null;
        var rounds = mine.ConvertAll(_ => new List<NodeMeasurement>());
        var count = measured.IsLimited || measured.IsWave ? 1 : options.Rounds;
        for (var round = 1; round <= count; round++)
            for (var i = 0; i < mine.Count; i++)
            {
                rounds[i].Add(MeasureOnce(measured, mine[i], sources[i], rates?[i]));

                // Disks are not large enough for what all the cases with such objects leave there.
                if (round == count && measured is { AddsObjects: true, IsLarge: true }) mine[i].Renew();
            }

        var medians = rounds.ConvertAll(NodeMeasurement.MedianOf);
        foreach (var median in medians) Report(measured, median, medians);
    }

    private bool HasRoom(NodeCase measured)
    {
        const int waves = 3;
        if (new DriveInfo(options.Folder).AvailableFreeSpace > waves * measured.Connections * measured.ObjectBytes)
            return true;
        report.Setting($"{measured.Name}: left out, {options.Folder} has not the room");
        return false;
    }

    private void Report(NodeCase measured, NodeMeasurement median, List<NodeMeasurement> medians)
    {
        _figures.Add(median);
        var limit = medians.Find(other => other.Server == BareServer.Called && other != median);
        report.Add(limit is null || measured.AtHalfLoad
            ? median
            : median with { ToLimit = median.PerSecond / limit.PerSecond });
    }

    private void WarmUp(NodeCase measured, ServerProcess server, Func<LoadRequest> source)
    {
        if (options.WarmUp == TimeSpan.Zero || measured.IsWave) return;
        var most = measured.IsLimited ? measured.MaxRequests / 5 : long.MaxValue;
        Check(measured, server, LoadGenerator.Run(
            server.Address,
            new LoadPlan(source, measured.Connections, TimeSpan.Zero, options.WarmUp, MaxRequests: most)));
    }

    private List<double> HalfLoads(NodeCase measured, List<ServerProcess> mine, List<Func<LoadRequest>> sources) =>
        mine.Select((server, i) =>
        {
            var full = _figures.Find(figure => figure.Case == measured.FullName && figure.Server == server.Name)
                ?? MeasureOnce(measured, server, sources[i], rate: null);
            return full.PerSecond / 2;
        }).ToList();

    /// <param name="rate">Null: closed loop.</param>
    private NodeMeasurement MeasureOnce(NodeCase measured, ServerProcess server, Func<LoadRequest> source, double? rate)
    {
        var (before, after) = (default(ServerUsage), default(ServerUsage));

        // Of long requests those that were under way when the round began would count for too much.
        var settling = measured.IsLimited || measured.IsLarge ? TimeSpan.Zero : options.Duration / 5;
        SettleDisk();
        var load = LoadGenerator.Run(
            server.Address,
            new LoadPlan(source, measured.Connections, settling, options.Duration, rate, measured.MaxRequests),
            () =>
            {
                server.ForgetPeak();
                before = Usage(measured, server);
            },
            () => after = Usage(measured, server));
        Check(measured, server, load);
        return NodeMeasurement.Of(measured, server, load, after.Since(before));
    }

    // What one server has left in memory, such as nginx all that it was sent, the disk would write while the next one
    // is measured.
    private void SettleDisk()
    {
        using var sync = Process.Start("sync", ["-f", options.Folder]);
        sync.WaitForExit();
        if (sync.ExitCode != 0) throw new InvalidOperationException($"sync of {options.Folder} failed");
    }

    private static ServerUsage Usage(NodeCase measured, ServerProcess server) =>
        server.Usage() with { DiskBytes = measured.AddsObjects ? server.DiskBytes() : null };

    private static void Check(NodeCase measured, ServerProcess server, LoadResult load)
    {
        if (load.Failures > 0)
            throw new InvalidOperationException(
                $"{server.Name}, {measured.Name}: {load.Failures} of {load.Requests} failed ({load.FirstFailure})");
    }
}
