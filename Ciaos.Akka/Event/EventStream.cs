using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.Event;

/// <summary>
/// The bus of an actor system. Anything can be published; who subscribes to a type gets all that is assignable to it.
/// An actor that terminates is unsubscribed by itself.
/// </summary>
public class EventStream : LoggingBus
{
    private readonly bool _debug;
    private readonly object _unsubscriberLock = new();

    // Actors that subscribed before the unsubscriber was there to watch them; null from then on.
    private HashSet<IActorRef>? _unwatched = [];
    private IActorRef? _unsubscriber;

    /// <param name="debug">Whether each change of a subscription is published as a <see cref="Debug"/>.</param>
    public EventStream(bool debug)
    {
        _debug = debug;
    }

    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        TellUnsubscriber(subscriber, subscribed: true);
        var changed = base.Subscribe(subscriber, channel);
        if (_debug) Report($"subscribing {subscriber} to channel {channel}");
        return changed;
    }

    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (_debug) Report($"unsubscribing {subscriber} from channel {channel}");
        var changed = base.Unsubscribe(subscriber, channel);
        TellUnsubscriber(subscriber, subscribed: false);
        return changed;
    }

    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (_debug) Report($"unsubscribing {subscriber} from all channels");
        var changed = base.Unsubscribe(subscriber);
        TellUnsubscriber(subscriber, subscribed: false);
        return changed;
    }

    /// <summary>Starts the system actor that unsubscribes actors when they terminate.</summary>
    public void StartUnsubscriber(ActorSystemImpl system) => EventStreamUnsubscriber.Start(system, this, _debug);

    /// <summary>Called by the unsubscriber when it is ready: from now on it is told of every subscriber.</summary>
    /// <returns>False when this stream already has another one.</returns>
    internal bool InitUnsubscriber(IActorRef unsubscriber)
    {
        HashSet<IActorRef> initial;
        lock (_unsubscriberLock)
        {
            if (_unwatched is null) return false;
            (initial, _unwatched, _unsubscriber) = (_unwatched, null, unsubscriber);
        }

        foreach (var subscriber in initial) unsubscriber.Tell(new EventStreamUnsubscriber.Subscribed(subscriber));
        return true;
    }

    private void TellUnsubscriber(IActorRef subscriber, bool subscribed)
    {
        // A logger without a cell behind it (standard output) never terminates.
        if (subscriber is MinimalLogger) return;
        lock (_unsubscriberLock)
        {
            if (_unwatched is not null)
            {
                if (subscribed) _unwatched.Add(subscriber);
                return;
            }
        }

        object message = subscribed
            ? new EventStreamUnsubscriber.Subscribed(subscriber)
            : new EventStreamUnsubscriber.Unsubscribed(subscriber);
        _unsubscriber!.Tell(message);
    }

    private void Report(string message) => Publish(new Debug(SimpleName(this), GetType(), message));
}
