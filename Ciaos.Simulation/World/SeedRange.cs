using System.Diagnostics;
using System.Globalization;
using Ciaos.Simulation.Model;
using Ciaos.Storage;

namespace Ciaos.Simulation.World;

/// <summary>Runs many seeds, several at a time, and says how many of them were right.</summary>
internal sealed class SeedRange(
    long from, long count, TimeSpan time, WorkloadSettings settings, int workers, bool keepGoing, bool shrink)
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly object _gate = new();
    private readonly HashSet<CrashPoint> _crashedAt = [];
    private long _done;
    private long _passed;
    private long _failed;
    private TimeSpan _reported;

    private bool IsOver => (_failed > 0 && !keepGoing) || _watch.Elapsed >= time;

    /// <summary>Returns the program's exit code.</summary>
    public int Run()
    {
        var threads = Enumerable.Range(0, workers).Select(_ => new Thread(Work)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        var missed = Enum.GetValues<CrashPoint>().Except(_crashedAt).ToList();
        Say($"crashed at all crash points{(missed.Count == 0 ? "" : " but " + string.Join(", ", missed))}");
        Say($"{_passed} passed, {_failed} failed, 0 skipped");
        return _failed == 0 ? 0 : 1;
    }

    private void Work()
    {
        while (Next() is { } seed)
        {
            var script = Runner.ScriptOf(seed, settings);
            var result = Runner.Run(script);
            lock (_gate)
            {
                if (result.Failure is null) _passed++;
                else _failed++;
                _crashedAt.UnionWith(result.CrashedAt);
                Report();
            }

            if (result.Failure is not null) FailureReport.Write(script, result, shrink);
        }
    }

    private long? Next()
    {
        lock (_gate) return IsOver || _done >= count ? null : from + _done++;
    }

    private void Report()
    {
        if (_watch.Elapsed - _reported < BetweenReports) return;
        _reported = _watch.Elapsed;
        var rate = (_passed + _failed) / _watch.Elapsed.TotalSeconds;
        Say($"{_passed} seeds passed, {_failed} failed, {rate:F1} seeds/s");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
