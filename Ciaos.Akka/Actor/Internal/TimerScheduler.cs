using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>What a timer puts into the mailbox. Whether it still counts is decided when its turn comes.</summary>
internal class TimerMessage(object key, long generation, TimerScheduler owner, object message)
    : IWrappedMessage, INoSerializationVerificationNeeded
{
    public object Key { get; } = key;

    public long Generation { get; } = generation;

    public TimerScheduler Owner { get; } = owner;

    public object Message { get; } = message;

    public override string ToString() =>
        $"TimerMsg(key={Key}, generation={Generation}, owner={Owner}, message={Message})";
}

internal sealed class TimerMessageWithoutInfluence(object key, long generation, TimerScheduler owner, object message)
    : TimerMessage(key, generation, owner, message), INotInfluenceReceiveTimeout;

/// <summary>The timers of one incarnation. Only touched on the actor's own thread of control.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Timer> _timers = [];
    private long _generation;

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        Start(key, msg, interval, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(
        object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) =>
        Start(key, msg, timeout, interval: null, ActorRefs.NoSender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) =>
        Start(key, msg, timeout, interval: null, sender);

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (!_timers.Remove(key, out var timer)) return;
        timer.Call.Cancel();
        Log($"Cancel timer [{key}] with generation [{timer.Generation}]");
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values) timer.Call.Cancel();
        _timers.Clear();
        Log("Cancel all timers");
    }

    /// <returns>false if the timer was cancelled or replaced, or belonged to an incarnation that is gone.</returns>
    public bool Accepts(TimerMessage message)
    {
        if (!ReferenceEquals(message.Owner, this)
            || !_timers.TryGetValue(message.Key, out var timer)
            || timer.Generation != message.Generation)
        {
            Log($"Received timer [{message.Key}] that is not set any more, discarding");
            return false;
        }

        if (!timer.Repeats) _timers.Remove(message.Key);
        return true;
    }

    private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef sender)
    {
        Cancel(key);
        var generation = ++_generation;
        var wrapped = message is INotInfluenceReceiveTimeout
            ? new TimerMessageWithoutInfluence(key, generation, this, message)
            : new TimerMessage(key, generation, this, message);
        var scheduler = cell.System.Scheduler;
        var call = interval is { } every
            ? ScheduledCall.TellRepeatedly(scheduler, delay, every, cell.Self, wrapped, sender)
            : ScheduledCall.Tell(scheduler, delay, cell.Self, wrapped, sender);
        Log($"Start timer [{key}] with generation [{generation}]");
        _timers[key] = new Timer(generation, interval is not null, call);
    }

    private void Log(string text)
    {
        if (cell.System.Settings.DebugTimerScheduler)
        {
            cell.Publish(new Debug(cell.Self.Path.ToString(), cell.ActorType, text));
        }
    }

    private readonly record struct Timer(long Generation, bool Repeats, ScheduledCall Call);
}
