using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.Event;

/// <summary>
/// Watches the subscribers of one event stream and unsubscribes those that terminate.
/// </summary>
/// <remarks>
/// Two threads that subscribe and unsubscribe the same actor may be seen here in another order than by the stream. So
/// it asks the stream before it stops watching, and at worst watches an actor in vain.
/// </remarks>
internal sealed class EventStreamUnsubscriber : ActorBase
{
    private static long _count;

    private readonly EventStream _stream;
    private readonly bool _debug;

    public EventStreamUnsubscriber(EventStream stream, bool debug)
    {
        _stream = stream;
        _debug = debug;
    }

    public static void Start(ActorSystemImpl system, EventStream stream, bool debug)
    {
        var props = Props.Create(() => new EventStreamUnsubscriber(stream, debug));
        system.SystemActorOf(props, $"EventStreamUnsubscriber-{Interlocked.Increment(ref _count)}");
    }

    protected override void PreStart()
    {
        if (_debug) Report($"registering unsubscriber with {_stream}");
        _stream.InitUnsubscriber(Self);
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Subscribed subscribed:
                if (_debug)
                    Report($"watching {subscribed.Actor} in order to unsubscribe from EventStream when it terminates");
                Context.Watch(subscribed.Actor);
                return true;
            case Unsubscribed unsubscribed:
                if (_stream.HasSubscriptions(unsubscribed.Actor)) return true;
                if (_debug) Report($"unwatching {unsubscribed.Actor}, since has no subscriptions");
                Context.Unwatch(unsubscribed.Actor);
                return true;
            case Terminated terminated:
                if (_debug) Report($"unsubscribe {terminated.ActorRef} from {_stream}, because it was terminated");
                _stream.Unsubscribe(terminated.ActorRef);
                return true;
            default:
                return false;
        }
    }

    private void Report(string message) => _stream.Publish(new Debug(GetType().Name, GetType(), message));

    internal sealed record Subscribed(IActorRef Actor) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    internal sealed record Unsubscribed(IActorRef Actor) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
