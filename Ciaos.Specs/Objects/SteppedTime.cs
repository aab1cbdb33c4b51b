namespace Ciaos.Specs.Objects;

/// <summary>A clock that stands until it is moved, and then fires the timers that are due, on the mover's
/// thread.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that were not disposed.</summary>
    public int TimerCount
    {
        get
        {
            lock (_gate) return _timers.Count;
        }
    }

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _ticks, by.Ticks);
        Timer[] due;
        lock (_gate) due = [.. _timers];
        foreach (var timer in due) timer.Fire();
    }

    private sealed class Timer(SteppedTime time, Action callback, TimeSpan dueTime, TimeSpan period) : ITimer
    {
        private long _dueTicks = time._ticks + dueTime.Ticks;

        public void Fire()
        {
            if (time.GetTimestamp() < _dueTicks) return;
            _dueTicks = time.GetTimestamp() + period.Ticks;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
