using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence.Journal;

/// <summary>
/// Base of journal plug-ins: turns the journal protocol into calls of four asynchronous methods, and their outcomes
/// into replies, in the order of the requests.
/// </summary>
public abstract class AsyncWriteJournal : WriteJournalBase, IAsyncRecovery
{
    /// <summary>Whether fulfilled requests are published to the event stream; for tests.</summary>
    protected readonly bool CanPublish;

    private readonly CallBreaker _breaker;
    private readonly ReplayFilterSettings _filter;
    private readonly InOrder _replies = new();
    private long _requests;

    protected AsyncWriteJournal()
    {
        var extension = Persistence.Instance.Apply(Context.System);
        var config = extension.ConfigFor(Self);
        CanPublish = extension.Settings.Internal.PublishPluginCommands;
        _breaker = new CallBreaker(Context.System.Scheduler, config.GetConfig("circuit-breaker"));
        _filter = new ReplayFilterSettings(config.GetConfig("replay-filter"));
    }

    public abstract Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback);

    public abstract Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr);

    /// <summary>
    /// Stores the writes, each of them wholly or not at all. A failed task means that nobody knows what has been
    /// stored. Otherwise the result says, for each write, why it was rejected (it is then not stored), or null; a null
    /// result means that nothing was rejected. Writes of one persistence id must become visible in order.
    /// </summary>
    protected abstract Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages);

    /// <summary>Deletes for good; the highest sequence number must survive.</summary>
    protected abstract Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr);

    /// <summary>For messages that a plug-in sends to itself.</summary>
    protected virtual bool ReceivePluginInternal(object message) => false;

    protected sealed override bool Receive(object message) =>
        ReceiveWriteJournal(message) || ReceivePluginInternal(message);

    protected bool ReceiveWriteJournal(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                HandleWrite(write);
                return true;
            case ReplayMessages replay:
                HandleReplay(replay);
                return true;
            case DeleteMessagesTo delete:
                HandleDelete(delete);
                return true;
            default:
                return false;
        }
    }

    private protected static Exception TryUnwrapException(Exception e) =>
        e is AggregateException aggregate && aggregate.Flatten().InnerExceptions is [var only] ? only : e;

    private void HandleWrite(WriteMessages request)
    {
        var number = ++_requests;
        var self = Self;
        var envelopes = request.Messages as IReadOnlyCollection<IPersistentEnvelope> ?? request.Messages.ToArray();
        var writeCount = envelopes.Count(e => e is AtomicWrite);
        var outcome = WritePrepared(envelopes, writeCount);
        _ = Reply();

        async Task Reply()
        {
            InOrder.Reply[] replies;
            try
            {
                var rejections = await outcome.ConfigureAwait(false);
                replies = JournalReplies.Stored(request, envelopes, rejections, self);
            }
            catch (Exception cause)
            {
                replies = JournalReplies.Failed(request, envelopes, TryUnwrapException(cause), writeCount, self);
            }

            _replies.Deliver(number, replies);
        }
    }

    /// <summary>What an event adapter throws rejects the writes; what the plug-in throws fails them.</summary>
    private async Task<IImmutableList<Exception?>?> WritePrepared(
        IReadOnlyCollection<IPersistentEnvelope> envelopes, int writeCount)
    {
        if (writeCount == 0) return null;
        AtomicWrite[] prepared;
        try
        {
            prepared = PreparePersistentBatch(envelopes).ToArray();
        }
        catch (Exception cause)
        {
            return Enumerable.Repeat<Exception?>(cause, writeCount).ToImmutableList();
        }

        var rejections = await _breaker.Call(() => WriteMessagesAsync(prepared)).ConfigureAwait(false);
        return rejections is null || rejections.Count == writeCount
            ? rejections
            : throw new Pattern.IllegalStateException(
                "AsyncWriteMessages return invalid number or results. "
                + $"Expected [{writeCount}], but got [{rejections.Count}].");
    }

    private void HandleReplay(ReplayMessages request)
    {
        var context = Context;
        var eventStream = context.System.EventStream;
        var actor = request.PersistentActor;
        var replyTo = _filter.IsEnabled ? context.ActorOf(_filter.Props(actor)) : actor;
        _ = Reply();

        async Task Reply()
        {
            IJournalResponse outcome;
            try
            {
                outcome = new RecoverySuccess(await Replay(context, request, replyTo).ConfigureAwait(false));
            }
            catch (Exception cause)
            {
                outcome = new ReplayMessagesFailure(TryUnwrapException(cause));
            }

            replyTo.Tell(outcome, ActorRefs.NoSender!);
            if (CanPublish) eventStream.Publish(request);
        }
    }

    private async Task<long> Replay(IActorContext context, ReplayMessages request, IActorRef replyTo)
    {
        var from = Math.Max(0L, request.FromSequenceNr - 1);
        var highest = await _breaker
            .Call(() => ReadHighestSequenceNrAsync(request.PersistenceId, from)).ConfigureAwait(false);
        var to = Math.Min(request.ToSequenceNr, highest);
        if (to <= 0L || request.FromSequenceNr > to) return highest;

        // A replay may take long, so that the breaker's time limit is not for it.
        await ReplayMessagesAsync(
            context, request.PersistenceId, request.FromSequenceNr, to, request.Max, Send).ConfigureAwait(false);
        return highest;

        void Send(IPersistentRepresentation stored)
        {
            if (stored.IsDeleted) return;
            foreach (var adapted in AdaptFromJournal(stored))
                replyTo.Tell(new ReplayedMessage(adapted), ActorRefs.NoSender!);
        }
    }

    private void HandleDelete(DeleteMessagesTo request)
    {
        var eventStream = Context.System.EventStream;
        var self = Self;
        _ = Reply();

        async Task Reply()
        {
            object outcome;
            try
            {
                await _breaker.Call(() => DeleteMessagesToAsync(request.PersistenceId, request.ToSequenceNr))
                    .ConfigureAwait(false);
                outcome = new DeleteMessagesSuccess(request.ToSequenceNr);
            }
            catch (Exception cause)
            {
                outcome = new DeleteMessagesFailure(TryUnwrapException(cause), request.ToSequenceNr);
            }

            request.PersistentActor.Tell(outcome, self);
            if (CanPublish) eventStream.Publish(request);
        }
    }
}
