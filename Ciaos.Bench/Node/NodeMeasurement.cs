using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>What one server did in one case: each figure is the median of the rounds.</summary>
internal sealed record NodeMeasurement(
    string Case, string Server, double PerSecond, double MiBPerSecond, double P50Ms, double P99Ms, double P999Ms,
    double CpuMicrosPerOperation, double AllocatedPerOperation, double FlushesPerOperation, double WriteAmplification,
    double ContextSwitchesPerOperation, double FileReadsPerOperation, double PeakMiB)
{
    private const double MiB = 1024 * 1024;

    public static NodeMeasurement Of(NodeCase measured, ServerProcess server, LoadResult load, ServerUsage used)
    {
        var count = Math.Max(1, load.Requests);
        return new NodeMeasurement(
            measured.Name, server.Name, load.PerSecond, load.MiBPerSecond,
            load.Latency.Quantile(0.5).TotalMilliseconds, load.Latency.Quantile(0.99).TotalMilliseconds,
            load.Latency.Quantile(0.999).TotalMilliseconds, used.Cpu.TotalMicroseconds / count,
            (double)used.AllocatedBytes / count, (double)used.Flushes / count,
            measured.ObjectBytes == 0 ? 0 : (double)used.WrittenBytes / (count * measured.ObjectBytes),
            (double)used.ContextSwitches / count, (double)used.FileReads / count, used.PeakBytes / MiB);
    }

    public static NodeMeasurement MedianOf(IReadOnlyList<NodeMeasurement> rounds)
    {
        return rounds[0] with
        {
            PerSecond = Median(round => round.PerSecond),
            MiBPerSecond = Median(round => round.MiBPerSecond),
            P50Ms = Median(round => round.P50Ms),
            P99Ms = Median(round => round.P99Ms),
            P999Ms = Median(round => round.P999Ms),
            CpuMicrosPerOperation = Median(round => round.CpuMicrosPerOperation),
            AllocatedPerOperation = Median(round => round.AllocatedPerOperation),
            FlushesPerOperation = Median(round => round.FlushesPerOperation),
            WriteAmplification = Median(round => round.WriteAmplification),
            ContextSwitchesPerOperation = Median(round => round.ContextSwitchesPerOperation),
            FileReadsPerOperation = Median(round => round.FileReadsPerOperation),
            PeakMiB = Median(round => round.PeakMiB),
        };

        double Median(Func<NodeMeasurement, double> figure) =>
            rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    }
}
