using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch.Deterministic;

/// <summary>A scheduler whose clock only moves when it is told to.</summary>
internal sealed class VirtualTimeScheduler : SchedulerBase
{
    /// <summary>What the wall clock shows at virtual time zero.</summary>
    public static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Of two things due at the same time the one that was scheduled first comes first.
    private readonly PriorityQueue<Entry, (TimeSpan Due, long Order)> _entries = new();
    private TimeSpan _now;
    private long _order;

    public VirtualTimeScheduler(TimeSpan start)
        : base(Config.Empty, null!) => _now = start;

    public override TimeSpan MonotonicClock => _now;

    public override TimeSpan HighResMonotonicClock => _now;

    protected override DateTimeOffset TimeNow => Epoch + _now;

    /// <summary>Goes to the next moment for which something is scheduled, and runs that.</summary>
    /// <returns>false if there is none until the given one.</returns>
    public bool FireNext(TimeSpan until)
    {
        Entry entry;
        TimeSpan due;
        lock (_entries)
        {
            do
            {
                if (!_entries.TryPeek(out _, out var next) || next.Due > until) return false;
                _entries.TryDequeue(out entry!, out next);
                due = next.Due;
            }
            while (entry.IsCancelled);
        }

        SetTo(due);
        entry.Action();
        if (entry.Interval is { } interval && !entry.IsCancelled) Add(entry, due + interval);
        return true;
    }

    public void SetTo(TimeSpan time)
    {
        if (time > _now) _now = time;
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable) =>
        Schedule(delay, null, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender,
        ICancelable? cancelable) =>
        Schedule(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) =>
        Schedule(delay, null, action, cancelable);

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) =>
        Schedule(delay, null, action.Run, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, action, cancelable);

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Schedule(initialDelay, interval, action.Run, cancelable);

    private void Schedule(TimeSpan delay, TimeSpan? interval, Action action, ICancelable? cancelable) =>
        Add(new Entry(action, interval, cancelable), _now + delay);

    private void Add(Entry entry, TimeSpan due)
    {
        lock (_entries) _entries.Enqueue(entry, (due, _order++));
    }

    private sealed record Entry(Action Action, TimeSpan? Interval, ICancelable? Cancelable)
    {
        public bool IsCancelled => Cancelable is { IsCancellationRequested: true };
    }
}
