using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch.MessageQueues;
using Akka.Dispatch.SysMsg;

namespace Akka.Dispatch;

/// <summary>
/// Owns the two queues of an actor and sees to it that at most one thread runs the actor: system messages first,
/// then user messages in batches.
/// </summary>
/// <remarks>
/// The status is one word: bit 0 closed, bit 1 scheduled or running, and above them how often it is suspended.
/// A suspended mailbox handles system messages only; a closed one stays so.
/// </remarks>
public class Mailbox : IRunnable
{
    private const int Closed = 1;
    private const int Scheduled = 2;
    private const int SuspendUnit = 4;
    private const int NotRunnableMask = ~Scheduled;
    private static readonly NoMessage ClosedMark = new();

    private readonly MpscQueue? _fast;
    private readonly Lock _cleaning = new();
    private ActorCell? _actor;
    private volatile int _status;
    private volatile SystemMessage? _systemMessages;

    public Mailbox(IMessageQueue messageQueue)
    {
        MessageQueue = messageQueue;
        if (messageQueue.GetType() == typeof(UnboundedMessageQueue))
        {
            _fast = ((UnboundedMessageQueue)messageQueue).Queue;
        }
    }

    public IMessageQueue MessageQueue { get; }

    public MessageDispatcher Dispatcher => _actor!.Dispatcher;

    internal ActorCell? Actor => _actor;

    internal bool IsClosed => (_status & Closed) != 0;

    internal bool IsScheduled => (_status & Scheduled) != 0;

    internal bool IsSuspended => _status >= SuspendUnit;

    internal int SuspendCount => _status / SuspendUnit;

    internal bool HasSystemMessages => _systemMessages is { } message && message is not NoMessage;

    internal bool HasMessages => _fast is { } fast ? !fast.IsEmpty : MessageQueue.HasMessages;

    internal int NumberOfMessages => MessageQueue.Count;

    public virtual void SetActor(ActorCell actorCell) => _actor = actorCell;

    public void Execute() => Run();

    public void Run()
    {
        var actor = _actor!;
        var outer = InternalCurrentActorCellKeeper.Current;
        InternalCurrentActorCellKeeper.Current = actor;
        try
        {
            if (!IsClosed)
            {
                ProcessAllSystemMessages();
                ProcessMailbox(actor);
            }
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = outer;
            SetAsIdle();
            actor.Dispatcher.RegisterForExecution(this, hasMessageHint: false, hasSystemMessageHint: false);

            // Whoever sent while this ran relied on it; but the actor has stopped, and its mailbox was emptied, before.
            if (IsClosed) CleanUp();
        }
    }

    /// <summary>The actor has stopped: everything that is left, and that still comes, goes to dead letters.</summary>
    public virtual void CleanUp()
    {
        if (_actor is not { } actor) return;
        var deadLetters = actor.SystemImpl.Mailboxes.DeadLetterMailbox;
        lock (_cleaning)
        {
            for (var message = CloseSystemQueue(); message is not null;)
            {
                var next = message.Next;
                message.Unlink();
                deadLetters.SystemEnqueue(actor.Self, message);
                message = next;
            }

            MessageQueue.CleanUp(actor.Self, deadLetters.MessageQueue);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enqueue(IActorRef receiver, in Envelope envelope)
    {
        if (_fast is { } fast) fast.Enqueue(envelope);
        else MessageQueue.Enqueue(receiver, envelope);
    }

    internal virtual void SystemEnqueue(IActorRef receiver, SystemMessage message)
    {
        while (true)
        {
            var head = _systemMessages;
            if (head is NoMessage)
            {
                _actor!.SystemImpl.Mailboxes.DeadLetterMailbox.SystemEnqueue(receiver, message);
                return;
            }

            message.Next = head;
            if (Interlocked.CompareExchange(ref _systemMessages, message, head) == head) return;
        }
    }

    internal bool CanBeScheduled(bool hasMessageHint, bool hasSystemMessageHint)
    {
        var status = _status;
        if ((status & Closed) != 0) return false;
        if (status >= SuspendUnit) return hasSystemMessageHint || HasSystemMessages;
        return hasMessageHint || hasSystemMessageHint || HasSystemMessages || HasMessages;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool SetAsScheduled()
    {
        while (true)
        {
            var status = _status;
            if ((status & (Closed | Scheduled)) != 0) return false;
            if (Interlocked.CompareExchange(ref _status, status | Scheduled, status) == status) return true;
        }
    }

    internal void SetAsIdle() => Interlocked.And(ref _status, ~Scheduled);

    internal void Suspend()
    {
        while (true)
        {
            var status = _status;
            if ((status & Closed) != 0) return;
            if (Interlocked.CompareExchange(ref _status, status + SuspendUnit, status) == status) return;
        }
    }

    /// <returns>true if the mailbox is not suspended any more.</returns>
    internal bool Resume()
    {
        while (true)
        {
            var status = _status;
            if ((status & Closed) != 0) return false;
            var next = status < SuspendUnit ? status : status - SuspendUnit;
            if (Interlocked.CompareExchange(ref _status, next, status) == status) return next < SuspendUnit;
        }
    }

    internal void BecomeClosed()
    {
        while (true)
        {
            var status = _status;
            var next = (status & Scheduled) | Closed;
            if (Interlocked.CompareExchange(ref _status, next, status) == status) return;
        }
    }

    private void ProcessMailbox(ActorCell actor)
    {
        var dispatcher = actor.Dispatcher;
        var left = Math.Max(1, dispatcher.Throughput);
        var deadline = dispatcher.ThroughputDeadlineTime is { } ticks and > 0
            ? System.Diagnostics.Stopwatch.GetTimestamp() + ToTimestamp(ticks)
            : long.MaxValue;
        while ((_status & NotRunnableMask) == 0 && TryDequeue(out var envelope))
        {
            actor.Invoke(envelope);
            if (_systemMessages is not null) ProcessAllSystemMessages();
            if (--left == 0) return;
            if (deadline != long.MaxValue && System.Diagnostics.Stopwatch.GetTimestamp() > deadline) return;
        }
    }

    internal void ProcessAllSystemMessages()
    {
        while (!IsClosed && TakeSystemMessages() is { } message)
        {
            while (message is not null)
            {
                var next = message.Next;
                message.Unlink();
                if (IsClosed)
                {
                    // The actor stopped half way: those who wait for its death must still hear of it.
                    _actor!.SystemImpl.Mailboxes.DeadLetterMailbox.SystemEnqueue(_actor.Self, message);
                }
                else
                {
                    _actor!.SystemInvoke(message);
                }

                message = next;
            }
        }
    }

    internal bool TryDequeue(out Envelope envelope) =>
        _fast is { } fast ? fast.TryDequeue(out envelope) : MessageQueue.TryDequeue(out envelope);

    private static long ToTimestamp(long ticks) =>
        (long)(ticks * ((double)System.Diagnostics.Stopwatch.Frequency / TimeSpan.TicksPerSecond));

    private static SystemMessage? Reverse(SystemMessage? newest)
    {
        SystemMessage? oldest = null;
        while (newest is not null and not NoMessage)
        {
            var next = newest.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = next;
        }

        return oldest;
    }

    private SystemMessage? TakeSystemMessages()
    {
        while (true)
        {
            var head = _systemMessages;
            if (head is null or NoMessage) return null;
            if (Interlocked.CompareExchange(ref _systemMessages, null, head) == head) return Reverse(head);
        }
    }

    private SystemMessage? CloseSystemQueue() => Reverse(Interlocked.Exchange(ref _systemMessages, ClosedMark));
}
