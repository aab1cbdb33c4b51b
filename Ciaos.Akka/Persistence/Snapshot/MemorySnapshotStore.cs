namespace Akka.Persistence.Snapshot;

/// <summary>Keeps snapshots in memory, one for each sequence number, as long as its actor lives.</summary>
public class MemorySnapshotStore : SnapshotStore
{
    protected virtual List<SnapshotEntry> Snapshots { get; } = [];

    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var youngest = Snapshots.Where(e => Matches(e, persistenceId, criteria)).MaxBy(e => e.SequenceNr);
        return Task.FromResult(youngest is null
            ? null
            : new SelectedSnapshot(
                new SnapshotMetadata(youngest.PersistenceId, youngest.SequenceNr, new DateTime(youngest.Timestamp)),
                youngest.Snapshot));
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        Snapshots.RemoveAll(e => e.PersistenceId == metadata.PersistenceId && e.SequenceNr == metadata.SequenceNr);
        Snapshots.Add(new SnapshotEntry
        {
            Id = metadata.PersistenceId + "_" + metadata.SequenceNr,
            PersistenceId = metadata.PersistenceId,
            SequenceNr = metadata.SequenceNr,
            Snapshot = snapshot,
            Timestamp = metadata.Timestamp.Ticks,
        });
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        Snapshots.RemoveAll(e => e.PersistenceId == metadata.PersistenceId
            && (metadata.SequenceNr is <= 0 or long.MaxValue || e.SequenceNr == metadata.SequenceNr)
            && (IsAny(metadata.Timestamp) || e.Timestamp == metadata.Timestamp.Ticks));
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        Snapshots.RemoveAll(e => Matches(e, persistenceId, criteria));
        return Task.CompletedTask;
    }

    private static bool IsAny(DateTime time) => time == DateTime.MinValue || time == DateTime.MaxValue;

    private static bool Matches(SnapshotEntry entry, string persistenceId, SnapshotSelectionCriteria criteria) =>
        entry.PersistenceId == persistenceId
        && (criteria.MaxSequenceNr is <= 0 or long.MaxValue || entry.SequenceNr <= criteria.MaxSequenceNr)
        && (IsAny(criteria.MaxTimeStamp) || entry.Timestamp <= criteria.MaxTimeStamp.Ticks)
        && entry.SequenceNr >= criteria.MinSequenceNr
        && entry.Timestamp >= (criteria.MinTimestamp?.Ticks ?? 0L);
}

/// <summary>One snapshot in memory.</summary>
public class SnapshotEntry
{
    public string Id { get; set; } = string.Empty;

    public string PersistenceId { get; set; } = string.Empty;

    public long SequenceNr { get; set; }

    /// <summary>Ticks, UTC.</summary>
    public long Timestamp { get; set; }

    public object Snapshot { get; set; } = null!;
}
