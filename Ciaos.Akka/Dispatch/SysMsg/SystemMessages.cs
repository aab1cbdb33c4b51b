using Akka.Actor;
using Akka.Event;

namespace Akka.Dispatch.SysMsg;

public interface ISystemMessage : INoSerializationVerificationNeeded;

/// <summary>
/// Handled before all user messages, in the order of sending. It is the link of the list that it waits in, so one
/// instance is sent to one actor only.
/// </summary>
public abstract class SystemMessage : ISystemMessage
{
    internal SystemMessage? Next { get; set; }

    public bool Unlinked => Next is null;

    public void Unlink() => Next = null;
}

/// <summary>Marks a closed queue: nothing can be added to it.</summary>
public sealed class NoMessage : SystemMessage
{
    public override string ToString() => "NoMessage";
}

/// <summary>Makes the first instance of the actor.</summary>
public sealed class Create : SystemMessage
{
    public Create(ActorInitializationException? failure = null) => Failure = failure;

    public ActorInitializationException? Failure { get; }

    public override bool Equals(object? obj) => obj is Create other && Equals(Failure, other.Failure);

    public override int GetHashCode() => Failure?.GetHashCode() ?? 0;

    public override string ToString() => "<Create>" + (Failure is null ? "" : " Failure: " + Failure);
}

/// <summary>Replaces the failed instance.</summary>
public sealed class Recreate : SystemMessage
{
    public Recreate(Exception cause) => Cause = cause;

    public Exception Cause { get; }

    public override string ToString() => "<Recreate>" + (Cause is null ? "" : " Cause: " + Cause);
}

public sealed class Suspend : SystemMessage
{
    public override string ToString() => "<Suspend>";
}

public sealed class Resume : SystemMessage
{
    public Resume(Exception causedByFailure) => CausedByFailure = causedByFailure;

    /// <summary>Null when the actor was suspended for another reason than a failure of its own.</summary>
    public Exception CausedByFailure { get; set; }

    public override string ToString() =>
        "<Resume>" + (CausedByFailure is null ? "" : " CausedByFailure: " + CausedByFailure);
}

public sealed class Stop : SystemMessage
{
    public override string ToString() => "<Stop>";
}

public sealed class StopChild
{
    public StopChild(IActorRef child) => Child = child;

    public IActorRef Child { get; }

    public override string ToString() => $"<StopChild> {Child}";
}

public sealed class Escalate : SystemMessage
{
    public Escalate(Exception reason) => Reason = reason;

    public Exception Reason { get; }

    public override string ToString() => "<Escalate>" + (Reason is null ? "" : " Reason: " + Reason);
}

public sealed class Terminate : SystemMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    public override string ToString() => "<Terminate>";
}

/// <summary>Tells a parent that a child has been created.</summary>
public sealed class Supervise : SystemMessage
{
    public Supervise(IActorRef child, bool async)
    {
        Child = child;
        Async = async;
    }

    public bool Async { get; }

    public IActorRef Child { get; }

    public override string ToString() => $"<Supervise>: {Child}{(Async ? ", Async" : "")}";
}

public class Watch : SystemMessage
{
    public Watch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        Watchee = watchee;
        Watcher = watcher;
    }

    public IInternalActorRef Watchee { get; }

    public IInternalActorRef Watcher { get; }

    protected bool Equals(Watch other) => Equals(Watchee, other.Watchee) && Equals(Watcher, other.Watcher);

    public override bool Equals(object? obj) => obj is Watch other && obj.GetType() == GetType() && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Watchee, Watcher);

    public override string ToString() => $"<Watch>: {Watcher} wants to watch {Watchee}";
}

public sealed class Unwatch : SystemMessage
{
    public Unwatch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        Watchee = watchee;
        Watcher = watcher;
    }

    public IInternalActorRef Watchee { get; }

    public IInternalActorRef Watcher { get; }

    public override bool Equals(object? obj) =>
        obj is Unwatch other && Equals(Watchee, other.Watchee) && Equals(Watcher, other.Watcher);

    public override int GetHashCode() => HashCode.Combine(Watchee, Watcher);

    public override string ToString() => $"<Unwatch>: {Watcher} wants to unwatch {Watchee}";
}

/// <summary>Tells a watcher or a parent that an actor has stopped.</summary>
public sealed class DeathWatchNotification : SystemMessage, IDeadLetterSuppression
{
    public DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        Actor = actor;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    public IActorRef Actor { get; }

    public bool AddressTerminated { get; }

    public bool ExistenceConfirmed { get; }

    public override string ToString() =>
        $"<DeathWatchNotification>: {Actor}, ExistenceConfirmed={ExistenceConfirmed}, "
        + $"AddressTerminated={AddressTerminated}";
}

/// <summary>Tells a parent that a child, which has suspended itself, has failed.</summary>
public sealed class Failed : SystemMessage
{
    public Failed(IActorRef child, Exception cause, long uid)
    {
        Child = child;
        Cause = cause;
        Uid = uid;
    }

    public IActorRef Child { get; }

    public Exception Cause { get; }

    /// <summary>Of the child, so that a predecessor of the same name is not blamed on it.</summary>
    public long Uid { get; }

    public override string ToString() => $"<Failed>: {Child} ({Uid}){(Cause is null ? "" : ", Cause=" + Cause)}";
}

/// <summary>An extension asks to be told before the system guardian stops.</summary>
public sealed class RegisterTerminationHook
{
    private RegisterTerminationHook()
    {
    }

    public static RegisterTerminationHook Instance { get; } = new();

    public override string ToString() => "<RegisterTerminationHook>";
}

public sealed class TerminationHook
{
    private TerminationHook()
    {
    }

    public static TerminationHook Instance { get; } = new();

    public override string ToString() => "<TerminationHook>";
}

public sealed class TerminationHookDone
{
    private TerminationHookDone()
    {
    }

    public static TerminationHookDone Instance { get; } = new();

    public override string ToString() => "<TerminationHookDone>";
}

/// <summary>
/// A piece of an asynchronous handler that is to run as the actor, or its end when that is a failure.
/// </summary>
internal sealed class ActorTaskSchedulerMessage : SystemMessage
{
    private readonly ActorTaskScheduler? _scheduler;
    private readonly Task? _task;

    public ActorTaskSchedulerMessage(ActorTaskScheduler scheduler, Task task)
    {
        _scheduler = scheduler;
        _task = task;
    }

    public ActorTaskSchedulerMessage(Exception exception, object message)
    {
        Exception = exception;
        Message = message;
    }

    public Exception? Exception { get; }

    /// <summary>The message whose handler failed.</summary>
    public object? Message { get; }

    public void ExecuteTask() => _scheduler?.ExecuteTask(_task!);

    public override string ToString() => "<ActorTaskSchedulerMessage>";
}
