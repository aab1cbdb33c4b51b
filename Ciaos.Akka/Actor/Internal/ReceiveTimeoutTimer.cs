namespace Akka.Actor.Internal;

/// <summary>Sends <see cref="ReceiveTimeout"/> to an actor that has received nothing for a while.</summary>
internal sealed class ReceiveTimeoutTimer(ActorCell cell)
{
    private ScheduledCall _pending;

    public TimeSpan? Duration { get; private set; }

    /// <summary>True also while the last one, which was switched off, has still to be cancelled.</summary>
    public bool IsSet => Duration is not null || !_pending.IsNone;

    public void Set(TimeSpan? duration)
    {
        if (duration is { } wanted && wanted <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), "The receive timeout must be > 0 or null.");
        }

        Duration = duration;
    }

    /// <summary>To be called after each message, and when an incarnation starts.</summary>
    /// <param name="reschedule">false if the message does not count as one that was received.</param>
    public void Check(bool reschedule)
    {
        if (Duration is { } duration)
        {
            if (cell.Actor is null || cell.IsTerminatingNow) return;
            if (!reschedule && !_pending.IsNone) return;
            _pending.Cancel();
            _pending = ScheduledCall.Tell(
                cell.System.Scheduler, duration, cell.Self, Actor.ReceiveTimeout.Instance, cell.Self);
        }
        else
        {
            Cancel();
        }
    }

    public void Cancel()
    {
        _pending.Cancel();
        _pending = default;
    }
}
