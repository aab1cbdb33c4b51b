namespace Ciaos.Host.Client.Benchmarks;

/// <summary>What is to be measured.</summary>
/// <param name="Connections">So many operations are under way at any time.</param>
/// <param name="SizeBytes">Of each object.</param>
/// <param name="Keys">Objects that are there to be read, at most.</param>
/// <param name="MaxBytes">No more than this is written, which may end the run early.</param>
/// <param name="Prefix">What all keys of the run begin with.</param>
internal sealed record BenchPlan(
    TimeSpan Duration, int Connections, long SizeBytes, BenchMix Mix, int Keys, long MaxBytes, string Prefix)
{
    /// <summary>Objects that are written before the measurement, so that they can be read: not more than half of what
    /// may be written.</summary>
    public int PreparedKeys => Mix.ReadPercent == 0
        ? 0
        : (int)Math.Clamp(MaxBytes / 2 / Math.Max(1, SizeBytes), 1, Keys);

    /// <summary>Until connections are made and code is compiled. Not measured.</summary>
    public TimeSpan WarmUp => Duration < TimeSpan.FromSeconds(5) ? Duration / 5 : TimeSpan.FromSeconds(1);
}
