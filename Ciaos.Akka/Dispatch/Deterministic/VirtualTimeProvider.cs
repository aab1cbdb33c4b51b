using Akka.Actor;

namespace Akka.Dispatch.Deterministic;

/// <summary>The clock and the timers of a <see cref="VirtualTimeScheduler"/> for code that is no actor.</summary>
internal sealed class VirtualTimeProvider(VirtualTimeScheduler scheduler) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => VirtualTimeScheduler.Epoch + scheduler.MonotonicClock;

    public override long GetTimestamp() => scheduler.MonotonicClock.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(scheduler, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(VirtualTimeScheduler scheduler, Action callback) : ITimer
    {
        private Cancelable? _current;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed) return false;
            _current?.Cancel();
            _current = null;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            _current = new Cancelable((IScheduler)scheduler);
            IAdvancedScheduler advanced = scheduler;
            if (period > TimeSpan.Zero) advanced.ScheduleRepeatedly(dueTime, period, callback, _current);
            else advanced.ScheduleOnce(dueTime, callback, _current);
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _current?.Cancel();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
