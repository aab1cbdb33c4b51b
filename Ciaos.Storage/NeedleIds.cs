namespace Ciaos.Storage;

/// <summary>Gives out needle ids: the clock's microseconds, or the last id plus one when the clock has not moved on.</summary>
public sealed class NeedleIds(TimeProvider time)
{
    private long _last;

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
