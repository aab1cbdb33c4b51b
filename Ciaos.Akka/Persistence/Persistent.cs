using Akka.Actor;
using Akka.Annotations;
using Akka.Persistence.Serialization;

namespace Akka.Persistence;

/// <summary>What goes through a journal in order: an atomic write, or a deferred event that is not kept.</summary>
public interface IPersistentEnvelope
{
    object Payload { get; }

    IActorRef? Sender { get; }

    /// <summary>How many replies the journal sends for it.</summary>
    int Size { get; }
}

/// <summary>One event as a journal plug-in sees it.</summary>
public interface IPersistentRepresentation : IMessage
{
    object Payload { get; }

    /// <summary>Type hint of the event adapter that wrote it; empty without one.</summary>
    string Manifest { get; }

    string PersistenceId { get; }

    /// <summary>Counts from 1, without gaps, for each persistence id.</summary>
    long SequenceNr { get; }

    /// <summary>When it was stored, in ticks; 0 if unknown.</summary>
    long Timestamp { get; }

    /// <summary>
    /// Tells writers apart: two of them under one persistence id are a fault that a replay has to notice.
    /// </summary>
    string WriterGuid { get; }

    /// <summary>Journals of old marked events as deleted instead of removing them.</summary>
    bool IsDeleted { get; }

    IActorRef? Sender { get; }

    IPersistentRepresentation WithPayload(object payload);

    IPersistentRepresentation WithManifest(string manifest);

    IPersistentRepresentation WithTimestamp(long timestamp);

    IPersistentRepresentation Update(
        long sequenceNr, string persistenceId, bool isDeleted, IActorRef? sender, string writerGuid);
}

/// <summary>The one implementation of <see cref="IPersistentRepresentation"/>. Immutable.</summary>
[InternalApi]
[Serializable]
public class Persistent : IPersistentRepresentation, IEquatable<IPersistentRepresentation>
{
    public Persistent(
        object payload,
        long sequenceNr = 0L,
        string? persistenceId = null,
        string? manifest = null,
        bool isDeleted = false,
        IActorRef? sender = null,
        string? writerGuid = null,
        long timestamp = 0L)
    {
        Payload = payload;
        SequenceNr = sequenceNr;
        PersistenceId = persistenceId ?? Undefined;
        Manifest = manifest ?? Undefined;
        IsDeleted = isDeleted;
        Sender = sender;
        WriterGuid = writerGuid ?? Undefined;
        Timestamp = timestamp;
    }

    /// <summary>Stands for a persistence id, manifest or writer that nobody gave.</summary>
    public static string Undefined { get; } = string.Empty;

    public object Payload { get; }

    public string Manifest { get; }

    public string PersistenceId { get; }

    public long SequenceNr { get; }

    public long Timestamp { get; }

    public bool IsDeleted { get; }

    public IActorRef? Sender { get; }

    public string WriterGuid { get; }

    public IPersistentRepresentation WithPayload(object payload) =>
        new Persistent(payload, SequenceNr, PersistenceId, Manifest, IsDeleted, Sender, WriterGuid, Timestamp);

    public IPersistentRepresentation WithManifest(string manifest) => string.Equals(Manifest, manifest)
        ? this
        : new Persistent(Payload, SequenceNr, PersistenceId, manifest, IsDeleted, Sender, WriterGuid, Timestamp);

    public IPersistentRepresentation WithTimestamp(long newTimestamp) => Timestamp == newTimestamp
        ? this
        : new Persistent(Payload, SequenceNr, PersistenceId, Manifest, IsDeleted, Sender, WriterGuid, newTimestamp);

    /// <summary>The copy's timestamp is unknown: whoever stores it says when.</summary>
    public IPersistentRepresentation Update(
        long sequenceNr, string persistenceId, bool isDeleted, IActorRef? sender, string writerGuid) =>
        new Persistent(Payload, sequenceNr, persistenceId, Manifest, isDeleted, sender, writerGuid);

    public bool Equals(IPersistentRepresentation? other)
    {
        if (other is null) return false;
        if (ReferenceEquals(this, other)) return true;
        return Equals(Payload, other.Payload)
            && SequenceNr == other.SequenceNr
            && IsDeleted == other.IsDeleted
            && string.Equals(Manifest, other.Manifest)
            && string.Equals(PersistenceId, other.PersistenceId)
            && Equals(Sender, other.Sender)
            && string.Equals(WriterGuid, other.WriterGuid);
    }

    public bool Equals(Persistent? other) => Equals(other as IPersistentRepresentation);

    public override bool Equals(object? obj) => Equals(obj as IPersistentRepresentation);

    public override int GetHashCode() =>
        HashCode.Combine(Payload, SequenceNr, IsDeleted, Manifest, PersistenceId, Sender, WriterGuid);

    public override string ToString() =>
        $"Persistent<pid: {PersistenceId}, seqNr: {SequenceNr}, deleted: {IsDeleted}, manifest: {Manifest}, "
        + $"sender: {Sender}, payload: {Payload}, writerGuid: {WriterGuid}, timestamp: {Timestamp}>";
}

/// <summary>A deferred event: it takes its turn among the writes, but is not kept.</summary>
internal sealed class NonPersistentMessage(object payload, IActorRef? sender) : IPersistentEnvelope
{
    public object Payload { get; } = payload;

    public IActorRef? Sender { get; } = sender;

    public int Size => 1;
}
