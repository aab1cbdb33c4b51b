using Ciaos.Simulation.Model;
using Xunit;

namespace Ciaos.Simulation.World;

/// <summary>A run follows from its script alone, whatever runs beside it.</summary>
public sealed class DeterminismSpec
{
    private static readonly WorkloadSettings Settings = new();

    public static TheoryData<long> Seeds => new(Numbers);

    private static IEnumerable<long> Numbers => Enumerable.Range(1, 10).Select(number => number * 7919L);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_seed_always_runs_the_same_way(long seed)
    {
        var script = Runner.ScriptOf(seed, Settings);
        AssertSame(Runner.Run(script), Runner.Run(script));
    }

    [Fact]
    public void Runs_side_by_side_do_not_disturb_each_other()
    {
        var scripts = Numbers.Select(seed => Runner.ScriptOf(seed, Settings)).ToList();
        var alone = scripts.ConvertAll(script => Runner.Run(script));
        var beside = new List<RunResult>[] { [], [] };
        var threads = beside.Select(results => new Thread(
            () => results.AddRange(scripts.Select(script => Runner.Run(script))))).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        for (var i = 0; i < scripts.Count; i++)
        {
            AssertSame(alone[i], beside[0][i]);
            AssertSame(alone[i], beside[1][i]);
        }
    }

    private static void AssertSame(RunResult expected, RunResult actual)
    {
        Assert.Equal(expected.Trace, actual.Trace);
        Assert.Equal(expected.Failure, actual.Failure);
        Assert.Equal(expected.Fingerprint, actual.Fingerprint);
    }
}
