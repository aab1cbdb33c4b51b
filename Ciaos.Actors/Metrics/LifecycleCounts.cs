using System.Diagnostics.Metrics;

namespace Ciaos.Actors.Metrics;

/// <summary>What the rules of lifecycle have done.</summary>
internal sealed class LifecycleCounts
{
    private long _runs;
    private long _failedRuns;
    private long _ended;

    /// <param name="ended">Objects, versions and uploads.</param>
    public void Ran(long ended, bool hasFailed)
    {
        Interlocked.Increment(ref hasFailed ? ref _failedRuns : ref _runs);
        Interlocked.Add(ref _ended, ended);
    }

    public void Observe(Meter meter)
    {
        meter.CreateObservableCounter("ciaos.lifecycle.runs", Runs, "{run}", "Runs of the rules of lifecycle");
        meter.CreateObservableCounter(
            "ciaos.lifecycle.ended", () => Volatile.Read(ref _ended), "{object}",
            "Objects, versions and uploads that rules of lifecycle have ended");
    }

    private IEnumerable<Measurement<long>> Runs() =>
    [
        new(Volatile.Read(ref _runs), new KeyValuePair<string, object?>("result", "done")),
        new(Volatile.Read(ref _failedRuns), new KeyValuePair<string, object?>("result", "failed")),
    ];
}
