using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>Keeps events in memory, as long as its actor lives. For tests, and for what need not survive.</summary>
public class MemoryJournal : AsyncWriteJournal
{
    private readonly ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> _messages = new();
    private readonly IScheduler _clock = Context.System.Scheduler;

    /// <summary>The events of each persistence id, in order. A subclass may keep them elsewhere.</summary>
    protected virtual ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> Messages => _messages;

    // Replays run outside the actor, so that the lists are guarded; numbers of deleted events are kept beside them.
    private readonly ConcurrentDictionary<string, long> _deletedTo = new();

    protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var now = _clock.Now.UtcTicks;
        foreach (var write in messages)
        {
            foreach (var e in (IEnumerable<IPersistentRepresentation>)write.Payload) Add(e.WithTimestamp(now));
        }

        return Task.FromResult<IImmutableList<Exception?>?>(null);
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
        Task.FromResult(Math.Max(HighestSequenceNr(persistenceId), _deletedTo.GetValueOrDefault(persistenceId)));

    public override Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        foreach (var e in Read(persistenceId, fromSequenceNr, toSequenceNr, max)) recoveryCallback(e);
        return Task.CompletedTask;
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr)
    {
        var highest = HighestSequenceNr(persistenceId);
        var to = Math.Min(toSequenceNr, highest);
        if (to == highest && highest > 0) _deletedTo[persistenceId] = highest;
        if (Messages.TryGetValue(persistenceId, out var events))
        {
            lock (events)
            {
                while (events.First is { } first && first.Value.SequenceNr <= to) events.RemoveFirst();
            }
        }

        return Task.CompletedTask;
    }

    public IDictionary<string, LinkedList<IPersistentRepresentation>> Add(IPersistentRepresentation persistent)
    {
        var events = Messages.GetOrAdd(persistent.PersistenceId, _ => new LinkedList<IPersistentRepresentation>());
        lock (events) events.AddLast(persistent);
        return Messages;
    }

    public IDictionary<string, LinkedList<IPersistentRepresentation>> Update(
        string pid, long seqNr, Func<IPersistentRepresentation, IPersistentRepresentation> updater)
    {
        if (!Messages.TryGetValue(pid, out var events)) return Messages;
        lock (events)
        {
            if (Find(events, seqNr) is { } node) node.Value = updater(node.Value);
        }

        return Messages;
    }

    public IDictionary<string, LinkedList<IPersistentRepresentation>> Delete(string pid, long seqNr)
    {
        if (!Messages.TryGetValue(pid, out var events)) return Messages;
        lock (events)
        {
            if (Find(events, seqNr) is { } node) events.Remove(node);
        }

        return Messages;
    }

    public IEnumerable<IPersistentRepresentation> Read(string pid, long fromSeqNr, long toSeqNr, long max)
    {
        if (!Messages.TryGetValue(pid, out var events)) return [];
        var count = (int)Math.Min(max, int.MaxValue);
        lock (events)
            return events.Where(e => e.SequenceNr >= fromSeqNr && e.SequenceNr <= toSeqNr).Take(count).ToArray();
    }

    public long HighestSequenceNr(string pid)
    {
        if (!Messages.TryGetValue(pid, out var events)) return 0L;
        lock (events) return events.Last?.Value.SequenceNr ?? 0L;
    }

    private static LinkedListNode<IPersistentRepresentation>? Find(
        LinkedList<IPersistentRepresentation> events, long sequenceNr)
    {
        for (var node = events.First; node is not null; node = node.Next)
        {
            if (node.Value.SequenceNr == sequenceNr) return node;
        }

        return null;
    }
}

/// <summary>All instances in the process see the same events.</summary>
public class SharedMemoryJournal : MemoryJournal
{
    private static readonly ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> SharedMessages = new();

    protected override ConcurrentDictionary<string, LinkedList<IPersistentRepresentation>> Messages => SharedMessages;
}
