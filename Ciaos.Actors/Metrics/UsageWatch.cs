using Ciaos.Actors.Index;

namespace Ciaos.Actors.Metrics;

/// <summary>Asks the catalog now and then what all buckets hold: a sum over a row for each of them, on a thread of the
/// pool. Where that takes long it is done less often, so that it never costs more than a hundredth of a
/// reader.</summary>
internal sealed class UsageWatch : IDisposable
{
    private const int LeastShare = 100;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);

    private readonly IndexSystem _index;
    private readonly StoreMetrics _metrics;
    private readonly ITimer _timer;

    public UsageWatch(IndexSystem index, StoreMetrics metrics)
    {
        (_index, _metrics) = (index, metrics);
        _timer = metrics.Time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var begun = _metrics.Time.GetTimestamp();
        try
        {
            var (live, dead) = _index.Usage();
            _metrics.Usage.Set(live.Objects, live.Bytes, dead.Bytes);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure) || failure is ObjectDisposedException)
        {
            // The last numbers stay; whoever needs the catalog tells that it cannot be read. Or the node stops.
        }

        var pause = LeastShare * _metrics.Time.GetElapsedTime(begun);
        _timer.Change(pause > Shortest ? pause : Shortest, Timeout.InfiniteTimeSpan);
    }
}
