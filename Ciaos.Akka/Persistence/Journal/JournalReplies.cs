using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>
/// What a journal answers to one request to write: first the outcome as a whole, then a reply for each event and each
/// deferred event, in their order. Each reply carries the sender of the command that led to it.
/// </summary>
internal static class JournalReplies
{
    /// <param name="rejections">One entry for each atomic write, or null if none was rejected.</param>
    public static InOrder.Reply[] Stored(
        WriteMessages request,
        IReadOnlyCollection<IPersistentEnvelope> envelopes,
        IReadOnlyList<Exception?>? rejections,
        IActorRef journal)
    {
        var write = 0;
        return Build(
            request, envelopes, WriteMessagesSuccessful.Instance, journal, () => rejections?[write++], Outcome);

        object Outcome(IPersistentRepresentation e, Exception? rejection) => rejection is null
            ? new WriteMessageSuccess(e, request.ActorInstanceId)
            : new WriteMessageRejected(e, rejection, request.ActorInstanceId);
    }

    public static InOrder.Reply[] Failed(
        WriteMessages request,
        IReadOnlyCollection<IPersistentEnvelope> envelopes,
        Exception cause,
        int writeCount,
        IActorRef journal) => Build(
            request, envelopes, new WriteMessagesFailed(cause, writeCount), journal, () => cause,
            (e, _) => new WriteMessageFailure(e, cause, request.ActorInstanceId));

    private static InOrder.Reply[] Build(
        WriteMessages request,
        IReadOnlyCollection<IPersistentEnvelope> envelopes,
        object head,
        IActorRef journal,
        Func<Exception?> nextException,
        Func<IPersistentRepresentation, Exception?, object> outcome)
    {
        var actor = request.PersistentActor;
        var replies = new InOrder.Reply[1 + envelopes.Sum(e => e.Size)];
        replies[0] = new InOrder.Reply(actor, head, journal);
        var next = 1;
        foreach (var envelope in envelopes)
        {
            if (envelope is not AtomicWrite write)
            {
                var looped = new LoopMessageSuccess(envelope.Payload, request.ActorInstanceId);
                replies[next++] = new InOrder.Reply(actor, looped, envelope.Sender);
                continue;
            }

            var exception = nextException();
            foreach (var e in write.Events)
                replies[next++] = new InOrder.Reply(actor, outcome(e, exception), e.Sender);
        }

        return replies;
    }
}
