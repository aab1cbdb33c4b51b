using System.Collections.Immutable;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>The states of a shard's keys, as all events up to now leave them.</summary>
internal interface IObjectStates
{
    ObjectState? Get(KeyName name);

    void Set(KeyName name, ObjectState? state);

    /// <summary>The newest of the key's older versions, as the catalog has it: to be asked only where it has applied
    /// all events of the key.</summary>
    ObjectState? NewestVersion(KeyName name);
}

/// <summary>
/// What an event does: the one function that live commands, recovery and rebuilding use. It depends on the states and
/// the event alone, so replaying a journal always gives the same catalog. What the events of versions and of uploads in
/// parts do, <see cref="VersionApplication"/> tells.
/// </summary>
internal static class EventApplication
{
    /// <exception cref="InvalidDataException">The event cannot follow upon those before it: the journal is
    /// broken.</exception>
    public static void Apply(IKeyEvent message, long sequence, IObjectStates states, List<CatalogChange> changes)
    {
        var name = new KeyName(message.Bucket, message.Key);
        var before = states.Get(name);
        Change(message, sequence, before, states, changes);
        if (message is ITokenEvent { Stamp: { } stamp })
            changes.Add(new CatalogChange.Remember(RememberedWrite.Of(
                stamp, states.Get(name)!, wasCreated: CommandRules.Visible(before) is null)));
    }

    private static void Change(
        IKeyEvent message, long sequence, ObjectState? before, IObjectStates states, List<CatalogChange> changes)
    {
        switch (message)
        {
            case ObjectPut put:
                VersionApplication.Store(Put(put, sequence, changes), VersioningState.Off, before, states, changes);
                break;
            case ObjectAppended appended:
                Set(Append(appended, sequence, Needed(before, message, sequence), changes), states, changes);
                break;
            case ObjectDeleted or ObjectRenamedTo:
                Remove(Needed(before, message, sequence), message.At, states, changes, message is ObjectRenamedTo);
                break;
            case ObjectRenamed renamed:
                Rename(Needed(before, message, sequence), renamed.NewKey, sequence, states, changes);
                break;
            case ObjectLost when before is null:
                break;
            case ObjectLost:
                Remove(before, message.At, states, changes);
                break;
            case RenameStarted started:
                var move = new PendingMove(sequence, started.NewKey);
                Set(Needed(before, message, sequence) with { Move = move }, states, changes);
                break;
            case RenameAborted:
                Set(Needed(before, message, sequence) with { Move = null }, states, changes);
                break;
            case ObjectRenamedFrom from:
                VersionApplication.Store(
                    Arrive(from, sequence, changes), VersioningState.Off, before, states, changes);
                changes.Add(new CatalogChange.AddArrival(from.Rename));
                break;
            default:
                VersionApplication.Apply(message, sequence, before, states, changes);
                break;
        }
    }

    private static void Rename(
        ObjectState moved, ObjectKey newKey, long sequence, IObjectStates states, List<CatalogChange> changes)
    {
        Remove(moved, states, changes);
        var record = moved.Record with { Key = newKey, Version = sequence, ContentVersion = null };
        Set(moved with { Record = record }, states, changes);
    }

    private static ObjectState Put(ObjectPut put, long sequence, List<CatalogChange> changes) => Content(
        new ObjectRecord(
            put.Bucket, put.Key, put.Id, sequence, 0, 0, 0, put.Created, put.At, put.Metadata),
        put.Segments.AsSpan(), sequence, changes);

    /// <summary>The state of an object with these segments and no others.</summary>
    /// <param name="record">Without sizes and counts.</param>
    public static ObjectState Content(
        ObjectRecord record, ReadOnlySpan<Segment> segments, long sequence, List<CatalogChange> changes)
    {
        record = record with
        {
            SizeBytes = SegmentRun.SizeOf(segments),
            FileCount = SegmentRun.FilesOf(segments),
            SegmentCount = segments.Length,
        };
        return new ObjectState(record, sequence, Keep(segments, sequence, changes), null);
    }

    /// <summary>Few segments are returned, to be kept in the row; of more, rows are made, and nothing is
    /// returned.</summary>
    public static ReadOnlyMemory<byte> Keep(
        ReadOnlySpan<Segment> segments, long sequence, List<CatalogChange> changes)
    {
        if (segments.Length <= ObjectState.MaxInlineSegments) return SegmentCodec.Encode(segments);
        changes.Add(new CatalogChange.AddRuns(sequence, SegmentRun.Cut(0, 0, segments)));
        return default;
    }

    /// <summary>As <see cref="Keep(ReadOnlySpan{Segment}, long, List{CatalogChange})"/>.</summary>
    public static ReadOnlyMemory<byte> Keep(
        ImmutableArray<SegmentRun> runs, long segments, long sequence, List<CatalogChange> changes)
    {
        if (runs.Length == 1 && segments <= ObjectState.MaxInlineSegments) return runs[0].Encoded;
        changes.Add(new CatalogChange.AddRuns(sequence, runs));
        return default;
    }

    private static ObjectState Append(
        ObjectAppended appended, long sequence, ObjectState before, List<CatalogChange> changes)
    {
        var segments = appended.Segments.AsSpan();
        var record = before.Record;
        var runs = SegmentRun.Cut(record.SegmentCount, record.SizeBytes, segments);
        var added = SegmentRun.SizeOf(segments);
        changes.Add(new CatalogChange.AddRuns(before.ContentSequence, runs));
        changes.Add(new CatalogChange.AddUsage(record.Bucket, 0, added));
        return before with
        {
            Record = record with
            {
                Version = sequence,
                ContentVersion = null,
                Modified = appended.At,
                Metadata = record.Metadata.RemoveRange(record.Metadata.Keys.Where(ObjectMetadata.OfBytes)),
                SizeBytes = checked(record.SizeBytes + added),
                FileCount = record.FileCount + SegmentRun.FilesOf(segments),
                SegmentCount = record.SegmentCount + segments.Length,
            },
        };
    }

    private static ObjectState Arrive(ObjectRenamedFrom from, long sequence, List<CatalogChange> changes)
    {
        var moved = from.Object;
        var record = new ObjectRecord(
            from.Bucket, from.Key, moved.Id, sequence, moved.SizeBytes, moved.FileCount,
            moved.SegmentCount, moved.Created, moved.Modified, moved.Metadata);
        return new ObjectState(record, sequence, Keep(moved.Runs, moved.SegmentCount, sequence, changes), null);
    }

    /// <summary>Writes the row of what the key holds now.</summary>
    public static void Set(ObjectState state, IObjectStates states, List<CatalogChange> changes)
    {
        // Markers lie apart in the catalog: what becomes one, or follows upon one, leaves its old place.
        var before = states.Get(state.Name)?.Record;
        if (before is not null && before.IsDeleteMarker != state.Record.IsDeleteMarker)
            changes.Add(new CatalogChange.RemoveObject(state.Name, before.IsDeleteMarker));
        states.Set(state.Name, state);
        changes.Add(new CatalogChange.SetObject(state));
    }

    /// <summary>The key holds nothing any more.</summary>
    public static void Remove(ObjectState before, IObjectStates states, List<CatalogChange> changes)
    {
        states.Set(before.Name, null);
        changes.Add(new CatalogChange.RemoveObject(before.Name, before.Record.IsDeleteMarker));
    }

    // Where the key has older versions none of them may take the place of what is gone: a delete marker does.
    private static void Remove(
        ObjectState before, DateTimeOffset at, IObjectStates states, List<CatalogChange> changes, bool isMove = false)
    {
        End(before, changes);
        AddUsage(before, -1, changes, isMove);
        if (before.Noncurrent > 0)
        {
            Set(VersionApplication.MarkerInPlaceOf(before, at), states, changes);
            return;
        }

        Remove(before, states, changes);
    }

    /// <summary>The content is nobody's any more.</summary>
    public static void End(ObjectState state, List<CatalogChange> changes)
    {
        if (state.HasRows) changes.Add(new CatalogChange.EndContent(state.ContentSequence));
    }

    /// <param name="times">1: it has come; -1: it is gone.</param>
    /// <param name="isMove">It goes to another key, or has come from one.</param>
    public static void AddUsage(ObjectState state, int times, List<CatalogChange> changes, bool isMove = false)
    {
        var record = state.Record;
        if (!record.IsDeleteMarker)
            changes.Add(new CatalogChange.AddUsage(record.Bucket, times, times * record.SizeBytes, isMove));
    }

    /// <exception cref="InvalidDataException">The key is not there.</exception>
    public static ObjectState Needed(ObjectState? state, IKeyEvent message, long sequence) =>
        state ?? throw new InvalidDataException(
            $"Event {sequence} ({message.GetType().Name}) speaks of key \"{message.Key}\" in bucket "
            + $"{message.Bucket.Value}, which does not exist");
}
