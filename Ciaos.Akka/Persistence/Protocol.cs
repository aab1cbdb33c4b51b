using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>What persistent actors and their plug-ins say to each other. It never leaves the process.</summary>
public interface IPersistenceMessage : INoSerializationVerificationNeeded
{
}

/// <summary>Anything said to, or by, a journal.</summary>
public interface IJournalMessage : IPersistenceMessage
{
}

/// <summary>Said to a journal.</summary>
public interface IJournalRequest : IJournalMessage
{
}

/// <summary>Said by a journal.</summary>
public interface IJournalResponse : IJournalMessage
{
}

/// <summary>Anything said to, or by, a snapshot store.</summary>
public interface ISnapshotMessage : IPersistenceMessage
{
}

/// <summary>Said to a snapshot store.</summary>
public interface ISnapshotRequest : ISnapshotMessage
{
}

/// <summary>Said by a snapshot store.</summary>
public interface ISnapshotResponse : ISnapshotMessage
{
}

/// <summary>Who a persistent actor is, and which plug-ins serve it.</summary>
public interface IPersistentIdentity
{
    /// <summary>The name under which the journal keeps this actor's events.</summary>
    string PersistenceId { get; }

    /// <summary>Configuration path of the journal. Empty means <c>akka.persistence.journal.plugin</c>.</summary>
    string? JournalPluginId { get; }

    /// <summary>
    /// Configuration path of the snapshot store. Empty means <c>akka.persistence.snapshot-store.plugin</c>.
    /// </summary>
    string? SnapshotPluginId { get; }
}

/// <summary>An actor that says how it wants to be recovered.</summary>
public interface IPersistenceRecovery
{
    /// <summary>Asked once, when the actor starts or restarts.</summary>
    Recovery Recovery { get; }
}

/// <summary>An actor whose commands are stashed while it persists.</summary>
public interface IPersistenceStash : IWithUnrestrictedStash, IWithUnboundedStash
{
    /// <summary>What happens to a command that the internal stash has no room for.</summary>
    IStashOverflowStrategy InternalStashOverflowStrategy { get; }
}

/// <summary>A journal plug-in that comes with its own default settings.</summary>
public interface IJournalPlugin
{
    string JournalPath { get; }

    Config DefaultConfig { get; }
}

/// <summary>Saves, loads and deletes snapshots of one persistent actor.</summary>
public interface ISnapshotter
{
    string SnapshotterId { get; }

    long SnapshotSequenceNr { get; }

    void LoadSnapshot(string persistenceId, SnapshotSelectionCriteria criteria, long toSequenceNr);

    void SaveSnapshot(object snapshot);

    void DeleteSnapshot(long sequenceNr);

    void DeleteSnapshots(SnapshotSelectionCriteria criteria);
}
