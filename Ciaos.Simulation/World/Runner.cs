using Ciaos.Simulation.Model;
using Ciaos.Storage;

namespace Ciaos.Simulation.World;

/// <summary>What came of one run.</summary>
/// <param name="Failure">What was wrong; null where nothing was.</param>
/// <param name="Trace">All that happened.</param>
/// <param name="Fingerprint">Of all operations of the disk: equal runs have equal ones.</param>
internal sealed record RunResult(
    string? Failure, IReadOnlyList<string> Trace, IReadOnlySet<CrashPoint> Met, IReadOnlySet<CrashPoint> CrashedAt,
    long Fingerprint)
{
    /// <summary>Too much was possible to tell whether something is wrong.</summary>
    public bool IsInDoubt { get; init; }
}

/// <summary>Runs scripts, one at a time on a thread.</summary>
internal static class Runner
{
    private static int _machines;

    /// <summary>The crash points of a node that serves; those of the tools are met only where these run.</summary>
    public static readonly IReadOnlyList<string> CrashPointNames = Enum.GetNames<CrashPoint>();

    public static Script ScriptOf(long seed, WorkloadSettings settings) =>
        Workload.Generate(seed, settings, [.. CrashPointNames]);

    /// <param name="log">Told what the node logs.</param>
    public static RunResult Run(Script script, Action<string>? log = null)
    {
        // Whoever calls may have a context of its own, and what goes on there goes on upon another thread.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return RunHere(script, log);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>The smallest script that was found to fail.</summary>
    public static Shrunk Shrink(Script script, int maxTries, TimeSpan maxTime) =>
        new Shrinker(smaller => Run(smaller) is { Failure: not null, IsInDoubt: false }, maxTries, maxTime)
            .Shrink(script);

    private static RunResult RunHere(Script script, Action<string>? log)
    {
        using var simulation = new Simulation(script, $"machine-{Interlocked.Increment(ref _machines)}", log);
        try
        {
            simulation.Run();
            return Result(null);
        }
        catch (SimulationFailedException failure)
        {
            return Result(failure.Message);
        }
        catch (HistoryTooWideException failure)
        {
            return Result(failure.Message) with { IsInDoubt = true };
        }
        catch (Exception failure)
        {
            return Result("Something was thrown that nobody caught: " + failure);
        }

        RunResult Result(string? failure) => new(
            failure, [.. simulation.History.Trace], simulation.Met, simulation.CrashedAt, simulation.Fingerprint);
    }
}
