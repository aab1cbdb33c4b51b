using Akka.Actor.Internal;

namespace Akka.Actor;

public interface IInternalActor
{
    IActorContext ActorContext { get; }
}

/// <summary>Asks for a debug log entry per received message (setting akka.actor.debug.receive).</summary>
public interface ILogReceive;

/// <summary>
/// An actor: state, and what it does with one message at a time. It is created by its cell only, fails into its
/// supervisor's hands, and is replaced by a fresh instance when it is restarted.
/// </summary>
public abstract class ActorBase : IInternalActor
{
    private readonly ActorCell _cell;
    private IActorRef? _clearedSelf;
    private bool _hasBeenCleared;

    protected ActorBase()
    {
        _cell = ActorCell.Current
            ?? throw new ActorInitializationException(
                $"You cannot create an instance of {GetType()} explicitly using the constructor (new). "
                + "You have to use one of the factory methods to create a new actor. Use either: "
                + "'var actor = Context.ActorOf(Props.Create(() => new MyActor()));' (to create a supervised child "
                + "actor from within an actor), or 'system.ActorOf(Props.Create(() => new MyActor()), \"name\");' "
                + "(to create a top level actor from the ActorSystem)");
        // Here rather than later, because constructors may start timers.
        if (this is IWithTimers withTimers) withTimers.Timers = new TimerScheduler(_cell);
        _cell.Become(Receive);
    }

    IActorContext IInternalActor.ActorContext => _cell;

    protected static Receive EmptyReceive { get; } = _ => false;

    protected static IActorContext Context =>
        ActorCell.Current ?? throw new NotSupportedException(
            "There is no active ActorContext, this is most likely due to use of async operations from within this "
            + "actor.");

    protected IActorRef Self => _hasBeenCleared ? _clearedSelf! : _cell.Self;

    /// <summary>Who sent the message that is being processed; dead letters if nobody is known.</summary>
    protected IActorRef Sender => _cell.Sender!;

    internal ActorCell Cell => _cell;

    protected abstract bool Receive(object message);

    protected void Become(Receive receive) => _cell.Become(receive);

    protected void BecomeStacked(Receive receive) => _cell.BecomeStacked(receive);

    protected void UnbecomeStacked() => _cell.UnbecomeStacked();

    protected void SetReceiveTimeout(TimeSpan? timeout) => _cell.SetReceiveTimeout(timeout);

    /// <summary>How this actor treats the failures of its children. Asked once per incarnation.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    /// <summary>Called once an incarnation is ready to receive; by default also after a restart.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Called after the actor has stopped for good and, by default, before it is restarted.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Called on the failed instance: stops its children and cleans up.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in _cell.GetChildren().ToArray())
        {
            _cell.Unwatch(child);
            _cell.Stop(child);
        }

        PostStop();
    }

    /// <summary>Called on the fresh instance.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>What was not handled is published as UnhandledMessage; an unhandled Terminated is fatal.</summary>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        _cell.PublishUnhandled(message);
    }

    /// <summary>Wraps every message; by default it only passes on to the behaviour.</summary>
    protected virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message)) return true;
        Unhandled(message);
        return false;
    }

    public virtual void AroundPreStart() => PreStart();

    public virtual void AroundPostStop() => PostStop();

    public virtual void AroundPreRestart(Exception cause, object message) => PreRestart(cause, message);

    public virtual void AroundPostRestart(Exception cause, object message) => PostRestart(cause);

    internal void InvokeReceive(Receive behaviour, object message) => AroundReceive(behaviour, message);

    internal void InvokeUnhandled(object message) => Unhandled(message);

    internal SupervisorStrategy InvokeSupervisorStrategy() => SupervisorStrategy();

    /// <summary>Afterwards the instance only knows the dead reference that it had.</summary>
    internal void Clear(IActorRef self)
    {
        _hasBeenCleared = true;
        _clearedSelf = self;
    }
}
