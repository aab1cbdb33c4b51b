namespace Ciaos.Bench;

/// <summary>What was done in this process, and what of the processor it took.</summary>
internal sealed record CpuFigure(
    [property: Column("case")] string Case,
    [property: Column("per CPU second")] double PerCpuSecond,
    [property: Column("per second")] double PerSecond,
    [property: Column("alloc B/op", "N1")] double AllocatedPerOperation)
{
    public double MicrosPerOperation => 1e6 / PerCpuSecond;
}
