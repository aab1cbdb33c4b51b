namespace Ciaos.Actors.Journal;

/// <summary>One row of the table <c>journal</c>.</summary>
/// <param name="PersistenceId">Whose event it is.</param>
/// <param name="SequenceNr">Counts from 1, without gaps, for each persistence id.</param>
/// <param name="CreatedTicks">When it was written, in .NET ticks, UTC.</param>
/// <param name="Message">What the serialiser wrote.</param>
/// <param name="SerializerId">Which serialiser that was.</param>
/// <param name="Manifest">The type hint that the serialiser needs to read it back.</param>
/// <param name="WriterUuid">Which incarnation of the actor wrote it.</param>
/// <param name="EventManifest">The type hint of the event adapter; null without one.</param>
/// <param name="Tags">Null without tags.</param>
/// <param name="Ordering">Position in the whole journal, ascending, with gaps; 0 before it is written.</param>
public sealed record JournalEvent(
    string PersistenceId,
    long SequenceNr,
    long CreatedTicks,
    byte[] Message,
    int SerializerId,
    string Manifest,
    string WriterUuid,
    string? EventManifest = null,
    IReadOnlyCollection<string>? Tags = null,
    long Ordering = 0);

/// <summary>One row of the table <c>snapshot</c>.</summary>
/// <param name="SequenceNr">Number of the last event that the snapshot contains.</param>
/// <param name="CreatedTicks">When it was taken, in .NET ticks, UTC.</param>
public sealed record JournalSnapshot(
    string PersistenceId, long SequenceNr, long CreatedTicks, byte[] Payload, int SerializerId, string Manifest);

/// <summary>Which snapshots of one persistence id: inclusive bounds of number and of .NET ticks, UTC.</summary>
public readonly record struct SnapshotRange(long MinSequenceNr, long MaxSequenceNr, long MinTicks, long MaxTicks)
{
    public static SnapshotRange All { get; } = new(0, long.MaxValue, 0, long.MaxValue);
}
