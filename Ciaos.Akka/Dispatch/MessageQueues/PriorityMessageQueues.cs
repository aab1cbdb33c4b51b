using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>A queue behind a lock, for orders that no lock-free structure keeps.</summary>
public abstract class BlockingMessageQueue : IMessageQueue, IMultipleConsumerSemantics
{
    private readonly Lock _lock = new();

    public bool HasMessages => Count > 0;

    public int Count
    {
        get
        {
            lock (_lock) return LockedCount;
        }
    }

    protected abstract int LockedCount { get; }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (_lock) LockedEnqueue(envelope);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        lock (_lock) return LockedTryDequeue(out envelope);
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters) => Drain.Into(this, owner, deadletters);

    protected abstract void LockedEnqueue(Envelope envelope);

    protected abstract bool LockedTryDequeue(out Envelope envelope);
}

/// <summary>Smaller numbers first; messages of one number in the order in which they came.</summary>
internal sealed class ByPriority(Func<object, int> priorityGenerator, int initialCapacity)
{
    private readonly PriorityQueue<Envelope, (int Priority, long Arrival)> _queue = new(initialCapacity);
    private readonly Stack<Envelope> _first = new();
    private long _arrivals;

    public int Count => _queue.Count + _first.Count;

    public void Enqueue(Envelope envelope) =>
        _queue.Enqueue(envelope, (priorityGenerator(WrappedMessage.Unwrap(envelope.Message)), _arrivals++));

    public void EnqueueFirst(Envelope envelope) => _first.Push(envelope);

    public bool TryDequeue(out Envelope envelope) =>
        _first.TryPop(out envelope) || _queue.TryDequeue(out envelope, out _);
}

public class UnboundedPriorityMessageQueue : BlockingMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    private readonly ByPriority _queue;

    public UnboundedPriorityMessageQueue(Func<object, int> priorityGenerator, int initialCapacity) =>
        _queue = new ByPriority(priorityGenerator, initialCapacity);

    protected override int LockedCount => _queue.Count;

    public void EnqueueFirst(Envelope envelope) => _queue.EnqueueFirst(envelope);

    protected override void LockedEnqueue(Envelope envelope) => _queue.Enqueue(envelope);

    protected override bool LockedTryDequeue(out Envelope envelope) => _queue.TryDequeue(out envelope);
}

public class UnboundedStablePriorityMessageQueue : BlockingMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    private readonly ByPriority _queue;

    public UnboundedStablePriorityMessageQueue(Func<object, int> priorityGenerator, int initialCapacity) =>
        _queue = new ByPriority(priorityGenerator, initialCapacity);

    protected override int LockedCount => _queue.Count;

    public void EnqueueFirst(Envelope envelope) => _queue.EnqueueFirst(envelope);

    protected override void LockedEnqueue(Envelope envelope) => _queue.Enqueue(envelope);

    protected override bool LockedTryDequeue(out Envelope envelope) => _queue.TryDequeue(out envelope);
}
