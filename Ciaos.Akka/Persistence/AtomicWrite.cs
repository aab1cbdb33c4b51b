using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence.Serialization;

namespace Akka.Persistence;

/// <summary>Events of one persistent actor that are stored together or not at all.</summary>
public sealed class AtomicWrite : IPersistentEnvelope, IMessage
{
    public AtomicWrite(IPersistentRepresentation @event)
        : this(ImmutableArray.Create(@event))
    {
    }

    /// <param name="payload">One event or more, all of one persistence id, without gaps, in order.</param>
    public AtomicWrite(IImmutableList<IPersistentRepresentation> payload)
    {
        if (payload is null)
            throw new ArgumentNullException(nameof(payload), "Payload of AtomicWrite must not be null.");
        if (payload.Count == 0)
            throw new ArgumentException("Payload of AtomicWrite must not be empty.", nameof(payload));

        var first = payload[0];
        for (var i = 1; i < payload.Count; i++)
        {
            if (!string.Equals(payload[i].PersistenceId, first.PersistenceId))
            {
                throw new ArgumentException(
                    "AtomicWrite must contain messages for the same persistenceId, but there were "
                    + string.Join(", ", payload.Select(p => p.PersistenceId).Distinct()), nameof(payload));
            }
        }

        Payload = payload;
        Size = payload.Count;
        PersistenceId = first.PersistenceId;
        LowestSequenceNr = first.SequenceNr;
        HighestSequenceNr = payload[^1].SequenceNr;
    }

    /// <summary>The events, an <see cref="IImmutableList{T}"/> of <see cref="IPersistentRepresentation"/>.</summary>
    public object Payload { get; }

    /// <summary>Nobody: each event inside has its own.</summary>
    public IActorRef? Sender => ActorRefs.NoSender;

    public int Size { get; }

    public string PersistenceId { get; }

    public long LowestSequenceNr { get; }

    public long HighestSequenceNr { get; }

    internal IImmutableList<IPersistentRepresentation> Events => (IImmutableList<IPersistentRepresentation>)Payload;

    public bool Equals(AtomicWrite? other) => other is not null
        && Equals(Payload, other.Payload)
        && Size == other.Size
        && string.Equals(PersistenceId, other.PersistenceId)
        && LowestSequenceNr == other.LowestSequenceNr
        && HighestSequenceNr == other.HighestSequenceNr;

    public override bool Equals(object? obj) => Equals(obj as AtomicWrite);

    public override int GetHashCode() =>
        HashCode.Combine(Payload, Size, PersistenceId, LowestSequenceNr, HighestSequenceNr);

    public override string ToString() =>
        $"AtomicWrite<pid: {PersistenceId}, lowSeqNr: {LowestSequenceNr}, highSeqNr: {HighestSequenceNr}, "
        + $"size: {Size}>";
}
