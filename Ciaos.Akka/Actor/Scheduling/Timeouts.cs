namespace Akka.Actor.Internal;

internal sealed class TellTimeout(ICanTell receiver, object message, IActorRef? sender, ICancelable? cancelable = null)
    : WheelTimeout
{
    public override bool IsCancelled => cancelable is { IsCancellationRequested: true };

    public override void Fire() => receiver.Tell(message, sender);

    public override string ToString() => $"[{receiver}.Tell({message}, {sender})]";
}

internal sealed class ActionTimeout(Action action, ICancelable? cancelable) : WheelTimeout
{
    public override bool IsCancelled => cancelable is { IsCancellationRequested: true };

    public override void Fire() => action();

    public override string ToString() => $"[{action.Method}]";
}
