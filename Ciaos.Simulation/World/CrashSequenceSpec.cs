using Ciaos.Simulation.Model;
using Xunit;

namespace Ciaos.Simulation.World;

public sealed class CrashSequenceSpec
{
    /// <summary>
    /// A killed process leaves writes that the system has and the disk has not. Whoever starts after it and shows them
    /// to a reader must make them durable first: the power may go before anything else is written.
    /// </summary>
    [Fact]
    public void What_was_read_after_a_kill_is_still_there_after_a_power_cut()
    {
        for (var operation = 1; operation <= 60; operation++)
        {
            for (var seed = 1; seed <= 5; seed++) AssertRight($"""
                seed {seed}
                {new WorkloadSettings()}
                client 0: raw-put a "k1" 1:100
                settle
                kill at disk-operation {operation}
                client 0: raw-put a "k1" 2:200
                client 1: delete a "k1"
                client 2: append a "k1" 3:20
                settle
                power cut now
                settle
                """);
        }
    }

    private static void AssertRight(string script)
    {
        var result = Runner.Run(Script.Parse(script));
        Assert.True(result.Failure is null, $"{script}\n{result.Failure}\n{string.Join('\n', result.Trace)}");
    }
}
