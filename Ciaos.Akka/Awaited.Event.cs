// Stands in until the real types of Akka.Event land; whoever lands them deletes this file.
using Akka.Actor;

namespace Akka.Event;

public interface IDeadLetterSuppression;

public interface ILoggingAdapter;

public class EventStream
{
    public void Publish(object @event) => _ = @event;
}

public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient)
{
    public object Message { get; } = message;

    public IActorRef Sender { get; } = sender;

    public IActorRef Recipient { get; } = recipient;
}

public sealed class SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef sender, IActorRef recipient)
{
    public IDeadLetterSuppression Message { get; } = message;

    public IActorRef Sender { get; } = sender;

    public IActorRef Recipient { get; } = recipient;
}
