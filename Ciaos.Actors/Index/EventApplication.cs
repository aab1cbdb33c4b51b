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
}

/// <summary>
/// What an event does: the one function that live commands, recovery and rebuilding use. It depends on the states and
/// the event alone, so replaying a journal always gives the same catalog.
/// </summary>
internal static class EventApplication
{
    /// <exception cref="InvalidDataException">The event cannot follow upon those before it: the journal is
    /// broken.</exception>
    public static void Apply(IKeyEvent message, long sequence, IObjectStates states, List<CatalogChange> changes)
    {
        var name = new KeyName(message.Bucket, message.Key);
        var before = states.Get(name);
        switch (message)
        {
            case ObjectPut put:
                if (before is not null) End(before, changes);
                Set(Put(put, sequence, changes), states, changes);
                break;
            case ObjectAppended appended:
                Set(Append(appended, sequence, Needed(before, message, sequence), changes), states, changes);
                break;
            case ObjectDeleted or ObjectRenamedTo:
                Remove(Needed(before, message, sequence), states, changes);
                End(before!, changes);
                break;
            case ObjectRenamed renamed:
                var moved = Needed(before, message, sequence);
                Remove(moved, states, changes);
                var record = moved.Record with { Key = renamed.NewKey, Version = sequence };
                Set(moved with { Record = record }, states, changes);
                break;
            case ObjectLost when before is null:
                break;
            case ObjectLost:
                Remove(before, states, changes);
                End(before, changes);
                break;
            case RenameStarted started:
                var move = new PendingMove(sequence, started.NewKey);
                Set(Needed(before, message, sequence) with { Move = move }, states, changes);
                break;
            case RenameAborted:
                Set(Needed(before, message, sequence) with { Move = null }, states, changes);
                break;
            case ObjectRenamedFrom from:
                Set(Arrive(from, sequence, changes), states, changes);
                changes.Add(new CatalogChange.AddArrival(from.Rename));
                break;
            default:
                throw new InvalidDataException($"{message.GetType().Name} is not known");
        }
    }

    private static ObjectState Put(ObjectPut put, long sequence, List<CatalogChange> changes)
    {
        var segments = put.Segments.AsSpan();
        var record = new ObjectRecord(
            put.Bucket, put.Key, put.Id, sequence, SegmentRun.SizeOf(segments), SegmentRun.FilesOf(segments),
            segments.Length, put.Created, put.At, put.Metadata);
        if (segments.Length <= ObjectState.MaxInlineSegments)
            return new ObjectState(record, sequence, SegmentCodec.Encode(segments), null);
        changes.Add(new CatalogChange.AddRuns(sequence, SegmentRun.Cut(0, 0, segments)));
        return new ObjectState(record, sequence, default, null);
    }

    private static ObjectState Append(
        ObjectAppended appended, long sequence, ObjectState before, List<CatalogChange> changes)
    {
        var segments = appended.Segments.AsSpan();
        var record = before.Record;
        var runs = SegmentRun.Cut(record.SegmentCount, record.SizeBytes, segments);
        changes.Add(new CatalogChange.AddRuns(before.ContentSequence, runs));
        return before with
        {
            Record = record with
            {
                Version = sequence,
                Modified = appended.At,
                SizeBytes = checked(record.SizeBytes + SegmentRun.SizeOf(segments)),
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
        if (moved.Runs.Length == 1 && moved.SegmentCount <= ObjectState.MaxInlineSegments)
            return new ObjectState(record, sequence, moved.Runs[0].Encoded, null);
        changes.Add(new CatalogChange.AddRuns(sequence, moved.Runs));
        return new ObjectState(record, sequence, default, null);
    }

    private static void Set(ObjectState state, IObjectStates states, List<CatalogChange> changes)
    {
        states.Set(state.Name, state);
        changes.Add(new CatalogChange.SetObject(state));
    }

    private static void Remove(ObjectState state, IObjectStates states, List<CatalogChange> changes)
    {
        states.Set(state.Name, null);
        changes.Add(new CatalogChange.RemoveObject(state.Name));
    }

    private static void End(ObjectState state, List<CatalogChange> changes)
    {
        if (state.HasRows) changes.Add(new CatalogChange.EndContent(state.ContentSequence));
    }

    private static ObjectState Needed(ObjectState? state, IKeyEvent message, long sequence) =>
        state ?? throw new InvalidDataException(
            $"Event {sequence} ({message.GetType().Name}) speaks of key \"{message.Key}\" in bucket "
            + $"{message.Bucket.Value}, which does not exist");
}
