using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Logs dead letters, dropped and unhandled messages: <c>akka.log-dead-letters</c> of them, then none for
/// <c>akka.log-dead-letters-suspend-duration</c> (or never again when that is <c>infinite</c>), then anew.
/// </summary>
public class DeadLetterListener : ActorBase
{
    private readonly EventStream _eventStream = Context.System.EventStream;
    private readonly ITimeProvider _clock = Context.System.Scheduler;
    private readonly int _maxCount = Context.System.Settings.LogDeadLetters;
    private readonly TimeSpan _suspendDuration = Context.System.Settings.LogDeadLettersSuspendDuration;

    private int _count;
    private TimeSpan? _suspendedUntil;

    protected override void PreStart()
    {
        _eventStream.Subscribe(Self, typeof(DeadLetter));
        _eventStream.Subscribe(Self, typeof(Dropped));
        _eventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    protected override void PostStop() => _eventStream.Unsubscribe(Self);

    // The subscriptions outlive a restart: neither made again nor taken away.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostRestart(Exception reason)
    {
    }

    protected override bool Receive(object message)
    {
        if (message is not AllDeadLetters letter) return false;
        if (letter.Message is IDeadLetterSuppression) return true;
        _count = _count == int.MaxValue ? 1 : _count + 1;
        if (_maxCount == int.MaxValue) Log(letter, "");
        else if (_suspendedUntil is { } end) WhileSuspended(letter, end);
        else if (_count < _maxCount) Log(letter, "");
        else ReachedLimit(letter);
        return true;
    }

    private void ReachedLimit(AllDeadLetters letter)
    {
        if (_suspendDuration == Timeout.InfiniteTimeSpan)
        {
            Log(letter, ", no more dead letters will be logged");
            Context.Stop(Self);
            return;
        }

        Log(letter, $", no more dead letters will be logged in next [{_suspendDuration}]");
        _suspendedUntil = _clock.MonotonicClock + _suspendDuration;
    }

    private void WhileSuspended(AllDeadLetters letter, TimeSpan end)
    {
        if (_clock.MonotonicClock < end) return;
        Log(letter, $", of which {_count - _maxCount - 1} were not logged. The counter will be reset now");
        _count = 0;
        _suspendedUntil = null;
    }

    private void Log(AllDeadLetters letter, string ending)
    {
        var origin = letter.Sender.IsNobody() || Equals(letter.Sender, Context.System.DeadLetters)
            ? "without sender"
            : $"from {letter.Sender}";
        var type = letter.Message.GetType().Name;
        var what = letter switch
        {
            Dropped dropped => $"Message [{type}] to {letter.Recipient} was dropped. {dropped.Reason}. ",
            UnhandledMessage => $"Message [{type}] {origin} to {letter.Recipient} was unhandled. ",
            _ => $"Message [{type}] {origin} to {letter.Recipient} was not delivered. ",
        };
        var hint = letter is DeadLetter
            ? $"If this is not an expected behavior then {letter.Recipient} may have terminated unexpectedly. "
            : "";
        _eventStream.Publish(new Info(
            letter.Recipient.Path.ToString()!,
            letter.Recipient.GetType(),
            $"{what}[{_count}] dead letters encountered{ending}. {hint}" +
            "This logging can be turned off or adjusted with configuration settings 'akka.log-dead-letters' " +
            $"and 'akka.log-dead-letters-during-shutdown'. Message content: {letter.Message}"));
    }
}
