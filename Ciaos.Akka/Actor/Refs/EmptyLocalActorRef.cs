#pragma warning disable CS0809 // The base member is not obsolete in Akka.NET either.
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Stands for a path at which no actor lives: what is sent to it becomes a dead letter.</summary>
public class EmptyLocalActorRef : MinimalActorRef
{
    private readonly EventStream _eventStream;

    public EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
    {
        Provider = provider;
        Path = path;
        _eventStream = eventStream;
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    [Obsolete("Use Context.Watch and Receive<Terminated> [1.1.0]")]
    public override bool IsTerminated => true;

    private protected EventStream EventStream => _eventStream;

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (message is null) throw new InvalidMessageException("Message is null");
        if (message is DeadLetter letter)
        {
            // The letter came back to where it was addressed: it has been reported already.
            SpecialHandle(letter.Message, letter.Sender);
            return;
        }

        if (SpecialHandle(message, sender)) return;
        PublishDeadLetter(message, sender);
    }

    public override void SendSystemMessage(ISystemMessage message) => SpecialHandle(message, Provider.DeadLetters);

    /// <summary>Answers what every dead reference must answer.</summary>
    /// <returns>true if nothing is left to do.</returns>
    protected virtual bool SpecialHandle(object message, IActorRef? sender)
    {
        switch (message)
        {
            case Watch watch:
                if (Equals(watch.Watchee, this) && !Equals(watch.Watcher, this))
                {
                    watch.Watcher.SendSystemMessage(
                        new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
                }

                return true;

            case Unwatch:
                return true;

            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null!), ActorRefs.NoSender);
                return true;

            case ActorSelectionMessage { Message: Identify identify } selected:
                if (!selected.WildCardFanOut)
                {
                    sender?.Tell(new ActorIdentity(identify.MessageId, null!), ActorRefs.NoSender);
                }

                return true;

            case ActorSelectionMessage selected:
                if (selected.Message is IDeadLetterSuppression) return SpecialHandle(selected.Message, sender);
                PublishDeadLetter(selected.Message, sender);
                return true;

            case IDeadLetterSuppression suppressed:
                _eventStream.Publish(new SuppressedDeadLetter(suppressed, sender ?? Provider.DeadLetters, this));
                return true;

            default:
                return false;
        }
    }

    private protected void PublishDeadLetter(object message, IActorRef? sender) =>
        _eventStream.Publish(new DeadLetter(message, sender ?? Provider.DeadLetters, this));
}

/// <summary>Publishes what nobody received as <see cref="DeadLetter"/> on the event stream.</summary>
public class DeadLetterActorRef : EmptyLocalActorRef
{
    public DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
        : base(provider, path, eventStream)
    {
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        switch (message)
        {
            case null:
                throw new InvalidMessageException("Message is null");
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, ActorRefs.Nobody), ActorRefs.NoSender);
                return;
            case DeadLetter letter:
                if (!SpecialHandle(letter.Message, letter.Sender)) EventStream.Publish(letter);
                return;
            default:
                if (!SpecialHandle(message, sender)) PublishDeadLetter(message, sender);
                return;
        }
    }

    protected override bool SpecialHandle(object message, IActorRef? sender)
    {
        if (message is not Watch watch) return base.SpecialHandle(message, sender);
        if (!Equals(watch.Watchee, this) && !Equals(watch.Watcher, this))
        {
            watch.Watcher.SendSystemMessage(
                new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
        }

        return true;
    }
}
