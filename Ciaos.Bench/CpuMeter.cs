using System.Diagnostics;

namespace Ciaos.Bench;

/// <summary>
/// Measures how many operations a second of the processor's time is good for. Unlike wall-clock time this does not
/// depend on what else the machine does, and it does not flatter what merely spreads over more cores.
/// </summary>
internal static class CpuMeter
{
    private const int WarmUps = 2;
    private const int Rounds = 7;

    /// <summary>The median of several rounds, after some that do not count.</summary>
    /// <param name="operations">How many each call of <paramref name="round"/> does.</param>
    public static async Task<CpuFigure> Measure(string name, long operations, Func<Task> round)
    {
        for (var i = 0; i < WarmUps; i++) await round();
        var rounds = new List<CpuFigure>();
        for (var i = 0; i < Rounds; i++)
        {
            GC.Collect();
            rounds.Add(await MeasureOnce(name, operations, round));
        }

        return new CpuFigure(
            name, Median(figure => figure.PerCpuSecond), Median(figure => figure.PerSecond),
            Median(figure => figure.AllocatedPerOperation));

        double Median(Func<CpuFigure, double> figure) => rounds.Select(figure).Order().ElementAt(Rounds / 2);
    }

    public static async Task<CpuFigure> MeasureOnce(string name, long operations, Func<Task> round)
    {
        Interruption.Check();
        var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var allocated = GC.GetTotalAllocatedBytes();
        await round();
        var wall = Stopwatch.GetElapsedTime(start);
        return new CpuFigure(
            name, operations / (Environment.CpuUsage.TotalTime - cpu).TotalSeconds, operations / wall.TotalSeconds,
            (double)(GC.GetTotalAllocatedBytes() - allocated) / operations);
    }
}
