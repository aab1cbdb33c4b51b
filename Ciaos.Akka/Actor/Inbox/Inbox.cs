using System.Runtime.ExceptionServices;
using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Receives messages for code that is no actor.</summary>
public interface IInboxable : ICanWatch
{
    IActorRef Receiver { get; }

    object Receive();

    object Receive(TimeSpan timeout);

    Task<object> ReceiveAsync();

    Task<object> ReceiveAsync(TimeSpan timeout);

    object ReceiveWhere(Predicate<object> predicate);

    object ReceiveWhere(Predicate<object> predicate, TimeSpan timeout);

    void Send(IActorRef target, object message);
}

/// <summary>
/// An actor that keeps what it is sent until somebody asks for it. When nothing comes in time, what is received is a
/// <see cref="Status.Failure"/> with a <see cref="TimeoutException"/>; the methods that block throw that instead.
/// </summary>
public class Inbox : IInboxable, IDisposable
{
    private static long _created;

    private readonly ActorSystem _system;
    private readonly TimeSpan _defaultTimeout;

    private Inbox(ActorSystem system, IActorRef receiver, TimeSpan defaultTimeout)
    {
        _system = system;
        _defaultTimeout = defaultTimeout;
        Receiver = receiver;
    }

    public IActorRef Receiver { get; }

    public static Inbox Create(ActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.actor.inbox") ?? Configuration.Config.Empty;
        var size = config.GetInt("inbox-size");
        var receiver = ((ExtendedActorSystem)system).SystemActorOf(
            Props.Create(() => new InboxActor(size)), $"inbox-{Interlocked.Increment(ref _created)}");
        return new Inbox(system, receiver, config.GetTimeSpan("default-timeout"));
    }

    public IActorRef Watch(IActorRef subject)
    {
        Receiver.Tell(new InboxActor.StartWatch(subject, null), ActorRefs.NoSender);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        Receiver.Tell(new InboxActor.StartWatch(subject, message), ActorRefs.NoSender);
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        Receiver.Tell(new InboxActor.StopWatch(subject), ActorRefs.NoSender);
        return subject;
    }

    public void Send(IActorRef actorRef, object message) => actorRef.Tell(message, Receiver);

    public object Receive() => Receive(_defaultTimeout);

    public object Receive(TimeSpan timeout) => Result(ReceiveAsync(timeout));

    public object ReceiveWhere(Predicate<object> predicate) => ReceiveWhere(predicate, _defaultTimeout);

    public object ReceiveWhere(Predicate<object> predicate, TimeSpan timeout) => Result(Ask(predicate, timeout));

    public Task<object> ReceiveAsync() => ReceiveAsync(_defaultTimeout);

    public Task<object> ReceiveAsync(TimeSpan timeout) => Ask(null, timeout);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _system.Stop(Receiver);
    }

    private static object Result(Task<object> receiving)
    {
        var result = receiving.GetAwaiter().GetResult();
        if (result is Status.Failure { Cause: TimeoutException timedOut }) ExceptionDispatchInfo.Throw(timedOut);
        return result;
    }

    // The inbox itself says when the time is over: nobody else knows whether a message is on its way out already.
    private Task<object> Ask(Predicate<object>? predicate, TimeSpan timeout) =>
        Receiver.Ask<object>(new InboxActor.Get(predicate, timeout), Timeout.InfiniteTimeSpan);
}
