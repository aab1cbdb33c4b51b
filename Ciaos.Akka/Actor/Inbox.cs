using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>What lets code that is no actor send, receive and watch.</summary>
public interface IInboxable : ICanWatch
{
    IActorRef Receiver { get; }

    object Receive();

    object Receive(TimeSpan timeout);

    object ReceiveWhere(Predicate<object> predicate);

    object ReceiveWhere(Predicate<object> predicate, TimeSpan timeout);

    Task<object> ReceiveAsync();

    Task<object> ReceiveAsync(TimeSpan timeout);

    void Send(IActorRef target, object message);
}

/// <summary>
/// An actor that keeps what it is sent, up to <c>akka.actor.inbox.inbox-size</c> messages, until it is asked for it.
/// </summary>
public class Inbox : IInboxable, IDisposable
{
    private static long _count;

    private readonly ActorSystem _system;
    private readonly InboxQueue _queue;
    private readonly TimeSpan _defaultTimeout;

    private Inbox(ActorSystem system)
    {
        _system = system;
        var settings = system.Settings.Config.GetConfig("akka.actor.inbox")!;
        var capacity = settings.GetInt("inbox-size");
        _defaultTimeout = settings.GetTimeSpan("default-timeout");
        _queue = new InboxQueue(capacity);
        var props = Props.Create(() => new InboxActor(_queue));
        Receiver = ((ActorSystemImpl)system).SystemActorOf(props, $"inbox-{Interlocked.Increment(ref _count)}");
    }

    public IActorRef Receiver { get; }

    public static Inbox Create(ActorSystem system) => new(system);

    public void Send(IActorRef actorRef, object message) => actorRef.Tell(message, Receiver);

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

    /// <exception cref="TimeoutException">Nothing came within <c>akka.actor.inbox.default-timeout</c>.</exception>
    public object Receive() => Receive(_defaultTimeout);

    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public object Receive(TimeSpan timeout) => ReceiveAsync(timeout).GetAwaiter().GetResult();

    public object ReceiveWhere(Predicate<object> predicate) => ReceiveWhere(predicate, _defaultTimeout);

    /// <summary>The oldest message that matches; the others stay.</summary>
    public object ReceiveWhere(Predicate<object> predicate, TimeSpan timeout) =>
        _queue.TakeAsync(predicate, timeout).GetAwaiter().GetResult();

    public Task<object> ReceiveAsync() => ReceiveAsync(_defaultTimeout);

    public Task<object> ReceiveAsync(TimeSpan timeout) => _queue.TakeAsync(_ => true, timeout);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _system.Stop(Receiver);
    }
}
