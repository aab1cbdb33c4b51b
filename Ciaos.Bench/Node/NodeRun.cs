using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>Measures cases on servers that run, and keeps what it has found.</summary>
internal sealed class NodeRun(IReadOnlyList<ServerProcess> servers, NodeBenchOptions options)
{
    private readonly List<NodeMeasurement> _figures = [];

    public IReadOnlyList<NodeMeasurement> Figures => _figures;

    /// <summary>On each server that can do it, in turn, several rounds.</summary>
    /// <returns>The medians.</returns>
    public IReadOnlyList<NodeMeasurement> Measure(NodeCase measured)
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
        _figures.AddRange(medians);
        return medians;
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
        var before = server.Usage();
        var settling = measured.MaxRequests < long.MaxValue ? TimeSpan.Zero : options.Duration / 5;
        var load = LoadGenerator.Run(
            server.Address,
            new LoadPlan(source, measured.Connections, settling, options.Duration, rate, measured.MaxRequests),
            () =>
            {
                server.ForgetPeak();
                before = server.Usage();
            });
        Check(measured, server, load);
        return NodeMeasurement.Of(measured, server, load, server.Usage().Since(before));
    }

    private static void Check(NodeCase measured, ServerProcess server, LoadResult load)
    {
        if (load.Failures > 0)
            throw new InvalidOperationException(
                $"{server.Name}, {measured.Name}: {load.Failures} of {load.Requests} failed ({load.FirstFailure})");
    }
}
