using Akka.Actor;

namespace Akka.Persistence;

/// <summary>How far, and from which snapshot on, a persistent actor is recovered.</summary>
[Serializable]
public sealed class Recovery
{
    public Recovery()
        : this(null, long.MaxValue, long.MaxValue)
    {
    }

    public Recovery(SnapshotSelectionCriteria fromSnapshot)
        : this(fromSnapshot, long.MaxValue, long.MaxValue)
    {
    }

    public Recovery(SnapshotSelectionCriteria fromSnapshot, long toSequenceNr)
        : this(fromSnapshot, toSequenceNr, long.MaxValue)
    {
    }

    /// <param name="fromSnapshot">Which snapshot may be used; the latest by default.</param>
    /// <param name="toSequenceNr">Last event to replay, inclusive.</param>
    /// <param name="replayMax">At most so many events.</param>
    public Recovery(
        SnapshotSelectionCriteria? fromSnapshot = null,
        long toSequenceNr = long.MaxValue,
        long replayMax = long.MaxValue)
    {
        FromSnapshot = fromSnapshot ?? SnapshotSelectionCriteria.Latest;
        ToSequenceNr = toSequenceNr;
        ReplayMax = replayMax;
    }

    public static Recovery Default { get; } = new(SnapshotSelectionCriteria.Latest);

    /// <summary>
    /// No snapshot, no event. The highest sequence number is still read, so that new events continue the old ones.
    /// </summary>
    public static Recovery None { get; } = new(SnapshotSelectionCriteria.None, 0L);

    public SnapshotSelectionCriteria FromSnapshot { get; }

    public long ToSequenceNr { get; }

    public long ReplayMax { get; }
}

/// <summary>Given to the recovery handler after the last replayed event. Commands come next.</summary>
[Serializable]
public sealed class RecoveryCompleted
{
    public static readonly RecoveryCompleted Instance = new();

    private RecoveryCompleted()
    {
    }

    public override bool Equals(object? obj) => obj is RecoveryCompleted;

    public override int GetHashCode() => nameof(RecoveryCompleted).GetHashCode(StringComparison.Ordinal);
}

/// <summary>Neither a snapshot nor an event came within <c>recovery-event-timeout</c>.</summary>
public sealed class RecoveryTimedOutException : AkkaException
{
    public RecoveryTimedOutException()
    {
    }

    public RecoveryTimedOutException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}

/// <summary>A recovering actor's own alarm clock.</summary>
public sealed class RecoveryTick
{
    public RecoveryTick(bool snapshot)
    {
        Snapshot = snapshot;
    }

    /// <summary>Whether it is the snapshot that is waited for, or an event.</summary>
    public bool Snapshot { get; }
}
