using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>What one server did in one case: each figure is the median of the rounds.</summary>
/// <param name="WriteAmplification">What went to the disk, by what was stored; 0 where nothing was.</param>
/// <param name="DiskBytesBeyondData">What files grew by for each object, without its data; null where no objects come,
/// or where the server does not tell.</param>
/// <param name="ToLimit">Beside the bare limit in the same case; null where it has none.</param>
internal sealed record NodeMeasurement(
    [property: Column("case")] string Case,
    [property: Column("server")] string Server,
    [property: Column("per s")] double PerSecond,
    [property: Column("MiB/s", "N1")] double MebibytesPerSecond,
    [property: Column("p50 ms", "N2")] double P50Ms,
    [property: Column("p99 ms", "N2")] double P99Ms,
    [property: Column("p99.9 ms", "N2")] double P999Ms,
    [property: Column("CPU us/op", "N1")] double CpuMicrosPerOperation,
    [property: Column("alloc B/op")] double AllocatedPerOperation,
    [property: Column("switches/op", "N2")] double ContextSwitchesPerOperation,
    [property: Column("file reads/op", "N2")] double FileReadsPerOperation,
    [property: Column("flushes/op", "N3")] double FlushesPerOperation,
    [property: Column("written/data", "N2")] double WriteAmplification,
    [property: Column("disk B beyond data")] double? DiskBytesBeyondData,
    [property: Column("peak MiB")] double PeakMebibytes)
{
    private const double MiB = 1024 * 1024;

    [Column("to the limit", "N2")]
    public double? ToLimit { get; init; }

    public static NodeMeasurement Of(NodeCase measured, ServerProcess server, LoadResult load, ServerUsage used)
    {
        var count = Math.Max(1, load.Requests * measured.OperationsPerRequest);
        return new NodeMeasurement(
            measured.Name, server.Name, load.PerSecond * measured.OperationsPerRequest, load.MebibytesPerSecond,
            load.Latency.Quantile(0.5).TotalMilliseconds, load.Latency.Quantile(0.99).TotalMilliseconds,
            load.Latency.Quantile(0.999).TotalMilliseconds, used.Cpu.TotalMicroseconds / count,
            (double)used.AllocatedBytes / count, (double)used.ContextSwitches / count, (double)used.FileReads / count,
            (double)used.Flushes / count,
            measured.ObjectBytes == 0 ? 0 : (double)used.WrittenBytes / (count * measured.ObjectBytes),
            measured.AddsObjects ? ((double?)used.DiskBytes / count) - measured.ObjectBytes : null,
            used.PeakBytes / MiB);
    }

    public static NodeMeasurement MedianOf(IReadOnlyList<NodeMeasurement> rounds)
    {
        return rounds[0] with
        {
            PerSecond = Median(round => round.PerSecond),
            MebibytesPerSecond = Median(round => round.MebibytesPerSecond),
            P50Ms = Median(round => round.P50Ms),
            P99Ms = Median(round => round.P99Ms),
            P999Ms = Median(round => round.P999Ms),
            CpuMicrosPerOperation = Median(round => round.CpuMicrosPerOperation),
            AllocatedPerOperation = Median(round => round.AllocatedPerOperation),
            ContextSwitchesPerOperation = Median(round => round.ContextSwitchesPerOperation),
            FileReadsPerOperation = Median(round => round.FileReadsPerOperation),
            FlushesPerOperation = Median(round => round.FlushesPerOperation),
            WriteAmplification = Median(round => round.WriteAmplification),
            DiskBytesBeyondData = rounds[0].DiskBytesBeyondData is null
                ? null
                : Median(round => round.DiskBytesBeyondData ?? 0),
            PeakMebibytes = Median(round => round.PeakMebibytes),
        };

        double Median(Func<NodeMeasurement, double> figure) =>
            rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
    }
}
