using System.Data.Common;
using Ciaos.Actors.Index;

namespace Ciaos.Actors.Metrics;

/// <summary>Asks the catalog now and then what all buckets hold: a sum over a row for each of them, on a thread of the
/// pool, and never two at a time.</summary>
internal sealed class UsageWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly IndexSystem _index;
    private readonly UsageGauges _gauges;
    private readonly ITimer _timer;
    private int _isLooking;

    public UsageWatch(IndexSystem index, StoreMetrics metrics)
    {
        (_index, _gauges) = (index, metrics.Usage);
        _timer = metrics.Time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 1) return;
        try
        {
            var (live, dead) = _index.Usage();
            _gauges.Set(live.Objects, live.Bytes, dead.Bytes);
        }
        catch (Exception failure) when (failure is DbException or IOException or ObjectDisposedException)
        {
            // The last numbers stay; whoever needs the catalog tells that it cannot be read.
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }
}
