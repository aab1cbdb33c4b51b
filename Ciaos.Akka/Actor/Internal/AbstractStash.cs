using Akka.Dispatch;

namespace Akka.Actor.Internal;

/// <summary>Keeps messages in order and puts them back at the front of the mailbox.</summary>
public abstract class AbstractStash : IStash
{
    private readonly LinkedList<Envelope> _messages = new();
    private readonly ActorCell _cell;
    private readonly int _capacity;
    private int _lastStashed = -1;

    protected AbstractStash(IActorContext context)
    {
        _cell = (ActorCell)context;
        Mailbox = _cell.Mailbox?.MessageQueue as IDequeBasedMessageQueueSemantics
            ?? throw new NotSupportedException(
                $"DequeBasedMailbox required, got: {_cell.Mailbox?.GetType().Name}\n"
                + "An (unbounded) deque-based mailbox can be configured as follows:\n"
                + "    my-custom-mailbox {\n"
                + $"        mailbox-type = \"{typeof(UnboundedDequeBasedMailbox).AssemblyQualifiedName}\"\n"
                + "    }\n");
        var deployed = _cell.Props.Deploy.StashCapacity;
        _capacity = deployed > 0
            ? deployed
            : _cell.System.Mailboxes.StashCapacity(_cell.Props.Dispatcher, _cell.Props.Mailbox);
    }

    public int Count => _messages.Count;

    public bool IsEmpty => _messages.Count == 0;

    public bool NonEmpty => _messages.Count > 0;

    public bool IsFull => Capacity > 0 && _messages.Count >= Capacity;

    /// <summary>Not positive means that there is no limit.</summary>
    public virtual int Capacity => _capacity > 0 ? _capacity : -1;

    private IDequeBasedMessageQueueSemantics Mailbox { get; }

    /// <exception cref="IllegalActorStateException">The message has been stashed already.</exception>
    /// <exception cref="StashOverflowException">The stash is full.</exception>
    public void Stash()
    {
        var message = _cell.CurrentMessage!;
        var sender = _cell.Sender!;
        if (_cell.CurrentEnvelopeId == _lastStashed)
        {
            throw new IllegalActorStateException(
                $"Can't stash the same message {message} from {sender} more than once");
        }

        if (IsFull)
        {
            throw new StashOverflowException(
                $"Couldn't enqueue message {message} from {sender} to stash of {_cell.Self}");
        }

        _messages.AddLast(new Envelope(message, sender));
        _lastStashed = _cell.CurrentEnvelopeId;
    }

    public void Unstash()
    {
        if (_messages.First is not { } oldest) return;
        _messages.RemoveFirst();
        PutBack(oldest.Value);
    }

    public void UnstashAll() => UnstashAll(_ => true);

    /// <summary>What does not match stays nowhere: it is dropped.</summary>
    public void UnstashAll(Func<Envelope, bool> filterPredicate)
    {
        // From the newest to the oldest, each before the one put there before it.
        while (_messages.Last is { } newest)
        {
            _messages.RemoveLast();
            if (filterPredicate(newest.Value)) PutBack(newest.Value);
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var all = _messages.ToArray();
        _messages.Clear();
        return all;
    }

    /// <summary>Puts messages before those in the stash, the first one first.</summary>
    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Distinct().Reverse()) _messages.AddFirst(envelope);
    }

    private void PutBack(Envelope envelope)
    {
        // It was taken off the list of expected ends when it came up for the first time.
        if (envelope.Message is Terminated terminated)
        {
            _cell.Watches.QueueTerminated(terminated.ActorRef, Util.Option<object>.None);
        }

        Mailbox.EnqueueFirst(envelope);
    }
}

public class BoundedStashImpl : AbstractStash
{
    public BoundedStashImpl(IActorContext context)
        : base(context)
    {
    }
}

public class UnboundedStashImpl : AbstractStash
{
    public UnboundedStashImpl(IActorContext context)
        : base(context)
    {
    }

    public override int Capacity => -1;
}
