using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>Measures cases on servers that run, and keeps what it has found.</summary>
internal sealed class NodeRun(
    IReadOnlyList<ServerProcess> servers, NodeBenchOptions options, BenchReport report)
{
    // Disks are not large enough for what is left of all the rounds with such objects.
    private const long LargeBytes = 1 << 20;

    private readonly List<NodeMeasurement> _figures = [];

    /// <summary>On each server that can do it, in turn, several rounds; the medians are reported.</summary>
    public void Measure(NodeCase measured)
    {
        var mine = servers.Where(server => measured.OnAll || server is CiaosServer).ToList();
        var sources = mine.ConvertAll(server => measured.Requests(server));
        for (var i = 0; i < mine.Count; i++) WarmUp(measured, mine[i], sources[i]);
        var rates = measured.AtHalfLoad ? HalfLoads(measured, mine, sources) : null;
        var rounds = mine.ConvertAll(_ => new List<NodeMeasurement>());
        for (var round = 0; round < (measured.MaxRequests < long.MaxValue ? 1 : options.Rounds); round++)
            for (var i = 0; i < mine.Count; i++)
                rounds[i].Add(MeasureOnce(measured, mine[i], sources[i], rates?[i]));
        var medians = rounds.ConvertAll(NodeMeasurement.MedianOf);
        foreach (var median in medians) Report(measured, median, medians);
        if (!measured.AddsObjects || measured.ObjectBytes < LargeBytes) return;
        foreach (var server in mine) server.Renew();
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
        if (options.WarmUp == TimeSpan.Zero) return;
        var most = measured.MaxRequests < long.MaxValue ? measured.MaxRequests / 5 : long.MaxValue;
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
        var before = Usage(measured, server);
        var settling = measured.MaxRequests < long.MaxValue ? TimeSpan.Zero : options.Duration / 5;
        var load = LoadGenerator.Run(
            server.Address,
            new LoadPlan(source, measured.Connections, settling, options.Duration, rate, measured.MaxRequests),
            () =>
            {
                server.ForgetPeak();
                before = Usage(measured, server);
            });
        Check(measured, server, load);
        return NodeMeasurement.Of(measured, server, load, Usage(measured, server).Since(before));
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
