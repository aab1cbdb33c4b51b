using Akka.Actor;

namespace Akka.Streams.Stage;

/// <summary>A logic with timers, each known by its key. They end with the stage.</summary>
public abstract class TimerGraphStageLogic : GraphStageLogic
{
    private readonly Dictionary<object, Running> _timers = [];
    private Action<Fired>? _fire;
    private int _lastId;

    protected TimerGraphStageLogic(Shape shape)
        : base(shape)
    {
    }

    protected internal override void AfterPostStop()
    {
        foreach (var timer in _timers.Values) timer.Task.Cancel();
        _timers.Clear();
        base.AfterPostStop();
    }

    /// <summary>Runs when a timer fires.</summary>
    protected internal abstract void OnTimer(object timerKey);

    /// <summary>Starts a timer that fires again and again; one with the same key is replaced.</summary>
    protected internal void ScheduleRepeatedly(object timerKey, TimeSpan initialDelay, TimeSpan interval)
    {
        var fired = Replace(timerKey, repeats: true);
        var task = Materializer.ScheduleRepeatedly(initialDelay, interval, () => _fire!(fired));
        _timers[timerKey] = new Running(fired.Id, task);
    }

    protected internal void ScheduleRepeatedly(object timerKey, TimeSpan interval) =>
        ScheduleRepeatedly(timerKey, interval, interval);

    /// <summary>Starts a timer that fires once; one with the same key is replaced.</summary>
    protected internal void ScheduleOnce(object timerKey, TimeSpan delay)
    {
        var fired = Replace(timerKey, repeats: false);
        var task = Materializer.ScheduleOnce(delay, () => _fire!(fired));
        _timers[timerKey] = new Running(fired.Id, task);
    }

    protected internal void CancelTimer(object timerKey)
    {
        if (_timers.Remove(timerKey, out var timer)) timer.Task.Cancel();
    }

    protected internal bool IsTimerActive(object timerKey) => _timers.ContainsKey(timerKey);

    private Fired Replace(object timerKey, bool repeats)
    {
        _fire ??= GetAsyncCallback<Fired>(OnFired);
        CancelTimer(timerKey);
        return new Fired(timerKey, ++_lastId, repeats);
    }

    private void OnFired(Fired fired)
    {
        // A timer that was replaced or cancelled may have fired before that: its id tells.
        if (!_timers.TryGetValue(fired.Key, out var timer) || timer.Id != fired.Id) return;
        if (!fired.Repeats) _timers.Remove(fired.Key);
        OnTimer(fired.Key);
    }

    private sealed record Fired(object Key, int Id, bool Repeats);

    private readonly record struct Running(int Id, ICancelable Task);
}
