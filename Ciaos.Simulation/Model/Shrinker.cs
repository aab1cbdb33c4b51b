using System.Collections.Immutable;
using System.Diagnostics;

namespace Ciaos.Simulation.Model;

/// <param name="IsComplete">False: the limit came first, and a smaller one may fail too.</param>
internal sealed record Shrunk(Script Script, int Tries, bool IsComplete);

/// <summary>
/// Makes a failing script small: leaves out steps, many at a time and then each, then makes what remains simpler
/// (shorter contents, fewer files, no conditions, one client, tamer crashes), and begins again until nothing helps.
/// </summary>
/// <param name="stillFails">Runs a script. Called for smaller ones only.</param>
internal sealed class Shrinker(Func<Script, bool> stillFails, int maxTries, TimeSpan maxTime)
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _tries;

    private bool IsSpent => _tries >= maxTries || _time.Elapsed >= maxTime;

    public Shrunk Shrink(Script script)
    {
        int before;
        do
        {
            before = Cost(script);
            script = Simplify(Remove(script));
        }
        while (Cost(script) < before && !IsSpent);
        return new Shrunk(script, _tries, !IsSpent);
    }

    // Delta debugging: runs of steps, half of what is left at first, in the end single ones.
    private Script Remove(Script script)
    {
        for (var size = Math.Max(1, script.Steps.Length / 2); size >= 1; size /= 2)
        {
            var at = 0;
            while (at < script.Steps.Length && !IsSpent)
            {
                var count = Math.Min(size, script.Steps.Length - at);
                var without = script with { Steps = script.Steps.RemoveRange(at, count) };
                if (Fails(without)) script = without;
                else at += count;
            }
        }

        return script;
    }

    private Script Simplify(Script script)
    {
        for (var i = 0; i < script.Steps.Length; i++)
        {
            var candidates = StepSimplifier.Simpler(script.Steps[i]).GetEnumerator();
            while (!IsSpent && candidates.MoveNext())
            {
                var simpler = script with { Steps = script.Steps.SetItem(i, candidates.Current) };
                if (!Fails(simpler)) continue;
                script = simpler;
                candidates = StepSimplifier.Simpler(script.Steps[i]).GetEnumerator();
            }
        }

        return script;
    }

    private bool Fails(Script script)
    {
        _tries++;
        return stillFails(script);
    }

    private static int Cost(Script script) => script.Steps.Sum(StepSimplifier.Cost);
}
