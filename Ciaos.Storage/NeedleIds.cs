namespace Ciaos.Storage;

/// <summary>Gives out needle ids: the clock's microseconds, or the last id plus one when the clock has not moved
/// on.</summary>
public sealed class NeedleIds(TimeProvider time)
{
    private long _last;

    /// <summary>All ids from now on are higher than this one, whatever the clock tells: it may have been set
    /// back.</summary>
    public void NotBefore(NeedleId used)
    {
        var last = Volatile.Read(ref _last);
        while (last < used.Value)
        {
            var seen = Interlocked.CompareExchange(ref _last, used.Value, last);
            if (seen == last) return;
            last = seen;
        }
    }

    public NeedleId Next()
    {
        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return new NeedleId(next);
        }
    }
}
