using System.Diagnostics;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The scheduler of ordinary systems: one thread that wakes once per tick while there is something to wait for, and
/// sleeps otherwise. Nothing runs early; it may run up to a tick (setting tick-duration) late.
/// </summary>
public sealed class HashedWheelTimerScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    // A thread that has just had something to do soon has again: waking it costs more than a few empty ticks.
    private const int EmptyTicksBeforeSleep = 100;

    // More than any system lives, and little enough to be counted with.
    private static readonly TimeSpan Forever = TimeSpan.FromDays(36_500);

    private readonly TimerWheel _wheel;
    private readonly long _tickDuration;
    private readonly TimeSpan _shutdownTimeout;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _starting = new();
    private Thread? _thread;
    private volatile bool _isSleeping;
    private volatile bool _isStopped;

    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
        var slots = scheduler.GetInt("ticks-per-wheel", 512);
        if (slots <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(scheduler), slots, "akka.scheduler.ticks-per-wheel must be greater than 0.");
        }

        var tick = scheduler.GetTimeSpan("tick-duration", TimeSpan.FromMilliseconds(10));
        if (tick < TimeSpan.FromMilliseconds(1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(scheduler), tick, "Minimum supported akka.scheduler.tick-duration is 1ms");
        }

        _tickDuration = (long)(tick.TotalSeconds * Stopwatch.Frequency);
        _shutdownTimeout = scheduler.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(5));
        _wheel = new TimerWheel((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)slots));
    }

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(_start);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(_start);

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    /// <summary>Stops the thread. What has not been due is dropped.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_starting)
        {
            if (_isStopped) return;
            _isStopped = true;
            thread = _thread;
        }

        _wake.Release();
        if (thread is not null && thread != Thread.CurrentThread && !thread.Join(_shutdownTimeout))
        {
            Log.Warning("Failed to shutdown scheduler within {0}", _shutdownTimeout);
        }

        _wheel.Clear();
    }

    internal WheelTimeout Add(WheelTimeout timeout, TimeSpan delay, TimeSpan interval)
    {
        if (_isStopped) throw new SchedulerException("cannot enqueue after timer shutdown");
        timeout.IntervalTicks = interval > TimeSpan.Zero ? Math.Max(1, CeilingTicks(interval)) : 0;
        var due = Stopwatch.GetTimestamp() - _start + Timestamps(delay);
        _wheel.Add(timeout, (due + _tickDuration - 1) / _tickDuration);
        if (_thread is null) StartThread();
        if (_isSleeping) _wake.Release();
        return timeout;
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Schedule(new TellTimeout(receiver, message, sender, cancelable), delay, TimeSpan.Zero);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender,
        ICancelable? cancelable) =>
        Schedule(new TellTimeout(receiver, message, sender, cancelable), initialDelay, interval);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Schedule(new ActionTimeout(action, cancelable), delay, TimeSpan.Zero);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Schedule(new ActionTimeout(action.Run, cancelable), delay, TimeSpan.Zero);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Schedule(new ActionTimeout(action, cancelable), initialDelay, interval);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Schedule(new ActionTimeout(action.Run, cancelable), initialDelay, interval);

    private void Schedule(WheelTimeout timeout, TimeSpan delay, TimeSpan interval)
    {
        if (!timeout.IsCancelled) Add(timeout, delay, interval);
    }

    private static long Timestamps(TimeSpan time) =>
        (long)((time < Forever ? time : Forever).TotalSeconds * Stopwatch.Frequency);

    private long CeilingTicks(TimeSpan time) => (Timestamps(time) + _tickDuration - 1) / _tickDuration;

    private void StartThread()
    {
        lock (_starting)
        {
            if (_thread is not null || _isStopped) return;
            _thread = new Thread(Run) { IsBackground = true, Name = "akka.scheduler" };
            _thread.Start();
        }
    }

    private void Run()
    {
        var due = new List<WheelTimeout>();
        var emptyTicks = 0;
        while (!_isStopped)
        {
            emptyTicks = _wheel.Count == 0 ? emptyTicks + 1 : 0;
            if (emptyTicks > EmptyTicksBeforeSleep) SleepWhileEmpty();
            var now = Stopwatch.GetTimestamp() - _start;
            var tick = now / _tickDuration;
            if (tick > _wheel.ProcessedTick)
            {
                _wheel.AdvanceTo(tick, due, Fire);
                continue;
            }

            var untilNext = ((tick + 1) * _tickDuration) - now;
            Thread.Sleep(Math.Max(1, (int)(untilNext * 1000 / Stopwatch.Frequency)));
        }
    }

    private void SleepWhileEmpty()
    {
        while (_wheel.Count == 0 && !_isStopped)
        {
            _isSleeping = true;
            Interlocked.MemoryBarrier();
            if (_wheel.Count == 0 && !_isStopped) _wake.Wait();
            _isSleeping = false;
        }
    }

    private void Fire(WheelTimeout timeout)
    {
        try
        {
            timeout.Fire();
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            timeout.IntervalTicks = 0;
            Log.Error(e, "Error while executing scheduled task {0}", timeout);
        }
    }
}
