using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence;

/// <summary>
/// What a persistent actor has asked to persist and not yet heard of: the envelopes that still wait to be sent to the
/// journal, and the handlers that wait for its replies. The journal replies in order, so the oldest handler belongs to
/// the next reply.
/// </summary>
internal sealed class PendingPersists(int instanceId)
{
    private readonly Queue<Invocation> _invocations = new();
    private readonly List<IPersistentEnvelope> _unsent = [];
    private readonly string _writerGuid = Guid.NewGuid().ToString();
    private bool _isWriteInProgress;

    /// <summary>Number of the last event that was given one; the next event gets the next number.</summary>
    public long LastAssignedSequenceNr { get; set; }

    public bool IsEmpty => _invocations.Count == 0;

    /// <summary>Whether some event was persisted in a way that makes commands wait.</summary>
    public bool HoldsBackCommands => StashingCount > 0;

    private int StashingCount { get; set; }

    public void Add<TEvent>(
        string persistenceId, IActorRef? sender, TEvent @event, Action<TEvent> handler, bool stashing)
    {
        Expect(payload => handler((TEvent)payload), stashing);
        _unsent.Add(new AtomicWrite(Number(@event!, persistenceId, sender)));
    }

    public void AddAll<TEvent>(
        string persistenceId, IActorRef? sender, IEnumerable<TEvent> events, Action<TEvent> handler, bool stashing)
    {
        Action<object> invocation = payload => handler((TEvent)payload);
        var batch = ImmutableArray.CreateBuilder<IPersistentRepresentation>();
        foreach (var @event in events)
        {
            Expect(invocation, stashing);
            batch.Add(Number(@event!, persistenceId, sender));
        }

        if (batch.Count > 0) _unsent.Add(new AtomicWrite(batch.DrainToImmutable()));
    }

    public void AddDeferred<TEvent>(IActorRef? sender, TEvent @event, Action<TEvent> handler, bool stashing)
    {
        Expect(payload => handler((TEvent)payload), stashing);
        _unsent.Add(new NonPersistentMessage(@event!, sender));
    }

    /// <summary>
    /// Sends everything at once, unless a write is under way: then what has gathered goes when that one is done.
    /// </summary>
    public void Flush(IActorRef journal, IActorRef self)
    {
        if (_isWriteInProgress || _unsent.Count == 0) return;
        journal.Tell(new WriteMessages(_unsent.ToArray(), self, instanceId), self);
        _unsent.Clear();
        _isWriteInProgress = true;
    }

    public void WriteEnded() => _isWriteInProgress = false;

    public void InvokeOldest(object payload) => _invocations.Peek().Handler(payload);

    public void RemoveOldest()
    {
        if (_invocations.Dequeue().Stashing) StashingCount--;
    }

    private Persistent Number(object @event, string persistenceId, IActorRef? sender) => new(
        @event, ++LastAssignedSequenceNr, persistenceId, sender: sender, writerGuid: _writerGuid);

    private void Expect(Action<object> handler, bool stashing)
    {
        _invocations.Enqueue(new Invocation(handler, stashing));
        if (stashing) StashingCount++;
    }

    private readonly record struct Invocation(Action<object> Handler, bool Stashing);
}
