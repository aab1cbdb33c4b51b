using Akka.Actor;
using Akka.Event;

namespace Akka.Dispatch.MessageQueues;

/// <summary>The queue of ordinary mailboxes.</summary>
public class UnboundedMessageQueue : IMessageQueue, IUnboundedMessageQueueSemantics
{
    internal readonly MpscQueue Queue = new();

    public bool HasMessages => !Queue.IsEmpty;

    public int Count => Queue.Count;

    public void Enqueue(IActorRef receiver, Envelope envelope) => Queue.Enqueue(envelope);

    public bool TryDequeue(out Envelope envelope) => Queue.TryDequeue(out envelope);

    public void CleanUp(IActorRef owner, IMessageQueue deadletters) => Drain.Into(this, owner, deadletters);
}

/// <summary>A queue, and before it a stack of messages that were put back: for actors that stash.</summary>
public class DequeWrapperMessageQueue : IMessageQueue, IDequeBasedMessageQueueSemantics
{
    protected readonly IMessageQueue MessageQueue;

    // Only touched on the actor's own thread of control; the count is read elsewhere.
    private readonly Stack<Envelope> _first = new();
    private volatile int _firstCount;

    public DequeWrapperMessageQueue(IMessageQueue messageQueue) => MessageQueue = messageQueue;

    public bool HasMessages => _firstCount > 0 || MessageQueue.HasMessages;

    public int Count => _firstCount + MessageQueue.Count;

    public void Enqueue(IActorRef receiver, Envelope envelope) => MessageQueue.Enqueue(receiver, envelope);

    public void EnqueueFirst(Envelope envelope)
    {
        _first.Push(envelope);
        _firstCount = _first.Count;
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (_firstCount == 0) return MessageQueue.TryDequeue(out envelope);
        envelope = _first.Pop();
        _firstCount = _first.Count;
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters) => Drain.Into(this, owner, deadletters);
}

public class UnboundedDequeMessageQueue : DequeWrapperMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    public UnboundedDequeMessageQueue()
        : base(new UnboundedMessageQueue())
    {
    }
}

public class BoundedDequeMessageQueue : DequeWrapperMessageQueue, IBoundedDequeBasedMessageQueueSemantics
{
    public BoundedDequeMessageQueue(int boundedCapacity, TimeSpan pushTimeOut)
        : base(new BoundedMessageQueue(boundedCapacity, pushTimeOut)) => PushTimeOut = pushTimeOut;

    public TimeSpan PushTimeOut { get; }
}

/// <summary>Where all that is sent to stopped actors goes.</summary>
internal sealed class DeadLetterMessageQueue(IActorRef deadLetters) : IMessageQueue
{
    public bool HasMessages => false;

    public int Count => 0;

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        if (envelope.Message is DeadLetter) return;
        deadLetters.Tell(
            new DeadLetter(envelope.Message, envelope.Sender ?? deadLetters, receiver), envelope.Sender);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        envelope = default;
        return false;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
    }
}

internal static class Drain
{
    public static void Into(IMessageQueue queue, IActorRef owner, IMessageQueue deadLetters)
    {
        while (queue.TryDequeue(out var envelope)) deadLetters.Enqueue(owner, envelope);
    }
}
