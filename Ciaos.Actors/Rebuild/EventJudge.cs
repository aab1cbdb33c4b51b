using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// Decides of each event of a shard, in order, whether it is believed as it is. An event whose bytes are not there, or
/// that speaks of a key that is not, is replaced by <see cref="ObjectLost"/> for the key that it was about: so an older
/// version never comes back in place of one that is lost. Where nothing is missing every event is believed.
/// </summary>
/// <param name="findVersion">An older version by the event that began its content, as all events before this one have
/// left it.</param>
/// <param name="hasArrived">Whether the object of a rename is known to have reached its other shard.</param>
internal sealed class EventJudge(
    int shard, ShardStates states, Func<KeyName, long, ObjectState?> findVersion, SegmentCheck segments,
    LostObjects lost, Func<RenameId, bool> hasArrived, RebuildReport report)
{
    public IKeyEvent Judge(IKeyEvent message)
    {
        var name = new KeyName(message.Bucket, message.Key);
        var before = states.Get(name);
        switch (message)
        {
            case ObjectPut put when segments.Objection(put.Segments) is { } objection:
                return Lose(put, name, SegmentRun.SizeOf(put.Segments.AsSpan()), objection);
            case ObjectRenamedFrom from when segments.Objection(AllOf(from.Object.Runs)) is { } objection:
                return Lose(from, name, from.Object.SizeBytes, objection);
            case ObjectPut or ObjectRenamedFrom:
                lost.Remove(name);
                return message;
            case ObjectAppended appended:
                return Judge(appended, name, before);
            case ObjectVersionPut or UploadPartPut or UploadCompleted:
                return JudgeContent(message, name, before);
            case ObjectVersionDeleted deleted:
                return JudgeVersion(deleted, deleted.ContentSequence, name, before);
            case ObjectMetadataChanged changed:
                return JudgeVersion(changed, changed.ContentSequence, name, before);
            case ObjectMarkerPut or ObjectVersionLost or UploadBegun or UploadAborted:
                return message;
            case ObjectRenamed renamed:
                return Judge(renamed, name, before);
            case ObjectRenamedTo to when before is not null && !hasArrived(new RenameId(shard, to.StartedSequence)):
                report.UndoneRenames++;
                return new RenameAborted(to.Bucket, to.Key, to.At, to.StartedSequence);
            case ObjectDeleted or ObjectRenamedTo when before is null:
                if (!lost.Remove(name)) report.DroppedEvents++;
                return Replace(message);
            case ObjectDeleted or ObjectLost or ObjectRenamedTo:
                return message;
            default:
                return before is null ? Drop(message, name) : message;
        }
    }

    private IKeyEvent JudgeContent(IKeyEvent message, KeyName name, ObjectState? before)
    {
        switch (message)
        {
            case ObjectVersionPut put when segments.Objection(put.Segments) is { } objection:
                lost.Add(name, SegmentRun.SizeOf(put.Segments.AsSpan()), objection);
                return new ObjectVersionLost(put.Bucket, put.Key, put.At, put.Id, put.Versioning);
            case UploadPartPut part when segments.Objection(part.Segments) is not null:
                report.DroppedEvents++;
                return Nothing(part);
            case UploadCompleted completed when segments.Objection(AllOf(completed.Content.Runs)) is { } objection:
                if (completed.Versioning == VersioningState.Off && before?.IsVersioned != true)
                    return Lose(completed, name, completed.Content.SizeBytes, objection);
                lost.Add(name, completed.Content.SizeBytes, objection);
                return new ObjectVersionLost(
                    completed.Bucket, completed.Key, completed.At, completed.Upload.Object, completed.Versioning);
            case ObjectVersionPut { Versioning: not VersioningState.Enabled }
                or UploadCompleted { Versioning: not VersioningState.Enabled }:
                lost.Remove(name);
                return message;
            default:
                return message;
        }
    }

    private IKeyEvent JudgeVersion(IKeyEvent message, long contentSequence, KeyName name, ObjectState? before)
    {
        var version = before?.ContentSequence == contentSequence ? before
            : before is null ? null
            : findVersion(name, contentSequence);
        var isThere = version is not null && (message is ObjectVersionDeleted || !version.Record.IsDeleteMarker);
        if (isThere) return message;
        if (lost.Find(name) is null) report.DroppedEvents++;
        if (before is null && message is ObjectVersionDeleted) lost.Remove(name);
        return Nothing(message);
    }

    private IKeyEvent Judge(ObjectAppended appended, KeyName name, ObjectState? before)
    {
        var size = SegmentRun.SizeOf(appended.Segments.AsSpan());
        if (before is null || before.Record.IsDeleteMarker)
        {
            report.DroppedEvents++;
            var known = lost.Find(name);
            lost.Add(name, (known?.SizeBytes ?? 0) + size, known?.Reason ?? "the event that made it is missing");
            return before is null ? Replace(appended) : Nothing(appended);
        }

        return segments.Objection(appended.Segments) is { } objection
            ? Lose(appended, name, before.Record.SizeBytes + size, objection)
            : appended;
    }

    // Whatever holds the new key is not what was renamed to it.
    private IKeyEvent Judge(ObjectRenamed renamed, KeyName name, ObjectState? before)
    {
        var newName = name with { Key = renamed.NewKey };
        if (before is not null)
        {
            lost.Remove(newName);
            return renamed;
        }

        var known = lost.Find(name);
        lost.Remove(name);
        if (known is null) report.DroppedEvents++;
        lost.Add(newName, known?.SizeBytes ?? 0, known?.Reason ?? "the event that made it is missing");
        return new ObjectLost(renamed.Bucket, renamed.NewKey, renamed.At);
    }

    private ObjectLost Lose(IKeyEvent message, KeyName name, long sizeBytes, string reason)
    {
        lost.Add(name, sizeBytes, reason);
        return Replace(message);
    }

    private ObjectLost Drop(IKeyEvent message, KeyName name)
    {
        if (lost.Find(name) is null) report.DroppedEvents++;
        return Replace(message);
    }

    private static ObjectLost Replace(IKeyEvent message) => new(message.Bucket, message.Key, message.At);

    // Other versions of the key have nothing to do with it.
    private static ObjectLost Nothing(IKeyEvent message) => new(new BucketId(0), LostObjects.UnknownKey, message.At);

    private static IEnumerable<Segment> AllOf(ImmutableArray<SegmentRun> runs)
    {
        foreach (var run in runs)
            foreach (var segment in SegmentCodec.Decode(run.Encoded.Span))
                yield return segment;
    }
}
