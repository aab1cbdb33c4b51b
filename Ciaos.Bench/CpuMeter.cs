using System.Diagnostics;
using System.Globalization;

namespace Ciaos.Bench;

/// <summary>
/// Measures how many operations a second of the processor's time is good for. Unlike wall-clock time this does not
/// depend on what else the machine does, and it does not flatter what merely spreads over more cores.
/// </summary>
public static class CpuMeter
{
    private const int WarmUps = 2;
    private const int Rounds = 7;

    /// <param name="operations">How many each call of <paramref name="round"/> does.</param>
    public static async Task Measure(string name, long operations, Func<Task> round)
    {
        for (var i = 0; i < WarmUps; i++) await round().ConfigureAwait(false);
        var perCpuSecond = new double[Rounds];
        var perSecond = new double[Rounds];
        var allocated = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < Rounds; i++)
        {
            GC.Collect();
            var (cpu, wall) = await Time(round).ConfigureAwait(false);
            perCpuSecond[i] = operations / cpu.TotalSeconds;
            perSecond[i] = operations / wall.TotalSeconds;
        }

        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Array.Sort(perCpuSecond);
        Array.Sort(perSecond);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-24} {perCpuSecond[Rounds / 2],14:N0} per CPU second   {perSecond[Rounds / 2],14:N0} per second   "
            + $"{(double)allocated / (operations * Rounds),8:N1} bytes each"));
    }

    private static async Task<(TimeSpan Cpu, TimeSpan Wall)> Time(Func<Task> round)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await round().ConfigureAwait(false);
        var wall = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        return (process.TotalProcessorTime - cpu, wall);
    }
}
