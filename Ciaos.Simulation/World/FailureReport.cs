using System.Globalization;
using Ciaos.Simulation.Model;

namespace Ciaos.Simulation.World;

/// <summary>What a person needs to find out why a run failed.</summary>
internal static class FailureReport
{
    private const int MaxTries = 2000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(2);

    public static void Write(Script script, RunResult result, bool shrink)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine($"seed {script.Seed} ({Workload.ProfileOf(script.Seed)}) FAILED");
        text.WriteLine(result.Failure);
        if (shrink)
        {
            var shrunk = Runner.Shrink(script, MaxTries, MaxTime);
            var smallest = Runner.Run(shrunk.Script);
            text.WriteLine($"-- the smallest script that fails ({shrunk.Tries} tries); run it with --script:");
            text.WriteLine(shrunk.Script);
            text.WriteLine("-- its trace:");
            foreach (var line in smallest.Trace) text.WriteLine(line);
            text.WriteLine("-- what was wrong in it:");
            text.WriteLine(smallest.Failure);
        }
        else
        {
            foreach (var line in result.Trace) text.WriteLine(line);
        }

        text.WriteLine($"-- again: ciaos-sim --seed {script.Seed} --steps {script.Settings.Steps}");
        Console.Write(text.ToString());
    }
}
