using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// What the events of versions and of uploads in parts do. The state of a key knows how many older versions there are,
/// and where the null one is among them: so a put asks nothing of the catalog. Only where an older version becomes
/// current it is read there (see <see cref="ReadsCatalog"/>).
/// </summary>
internal static class VersionApplication
{
    /// <summary>Whether the catalog must have applied all earlier events of the key before this one.</summary>
    public static bool ReadsCatalog(IKeyEvent message) => message is ObjectVersionDeleted;

    public static void Apply(
        IKeyEvent message, long sequence, ObjectState? before, IObjectStates states, List<CatalogChange> changes)
    {
        switch (message)
        {
            case ObjectVersionPut put:
                Store(Put(put, sequence, changes), put.Versioning, before, states, changes);
                break;
            case ObjectMarkerPut marker:
                Store(Marker(marker, sequence), marker.Versioning, before, states, changes);
                break;
            case ObjectVersionLost lost:
                var marked = new ObjectMarkerPut(lost.Bucket, lost.Key, lost.At, lost.Id, lost.Versioning);
                Store(Marker(marked, sequence), lost.Versioning, before, states, changes);
                break;
            case ObjectVersionDeleted deleted:
                Delete(deleted, EventApplication.Needed(before, message, sequence), sequence, states, changes);
                break;
            case ObjectMetadataChanged changed:
                Change(changed, EventApplication.Needed(before, message, sequence), sequence, states, changes);
                break;
            case UploadBegun begun:
                changes.Add(new CatalogChange.AddUpload(new UploadRecord(
                    begun.Bucket, begun.Key, new UploadId(sequence, begun.Id), begun.At, begun.Initiator,
                    begun.Metadata)));
                states.Set(NameOf(message), before);
                break;
            case UploadPartPut part:
                Put(part, sequence, changes);
                states.Set(NameOf(message), before);
                break;
            case UploadCompleted completed:
                changes.Add(new CatalogChange.EndUpload(NameOf(message), completed.Upload));
                Store(Complete(completed, sequence, changes), completed.Versioning, before, states, changes);
                break;
            case UploadAborted aborted:
                changes.Add(new CatalogChange.EndUpload(NameOf(message), aborted.Upload));
                states.Set(NameOf(message), before);
                break;
            default:
                throw new InvalidDataException($"{message.GetType().Name} is not known");
        }
    }

    /// <summary>Makes this what the key holds; what it held becomes an older version, or ends.</summary>
    public static void Store(
        ObjectState made, VersioningState versioning, ObjectState? before, IObjectStates states,
        List<CatalogChange> changes)
    {
        EventApplication.AddUsage(made, 1, changes);
        if (before is not null) made = Supersede(before, made, versioning, changes);
        EventApplication.Set(made, states, changes);
    }

    /// <summary>What stands for content that is gone, so that no older version is taken for it.</summary>
    public static ObjectState MarkerInPlaceOf(ObjectState gone, DateTimeOffset at) => gone with
    {
        Inline = default,
        Move = null,
        Record = gone.Record with
        {
            IsDeleteMarker = true,
            Modified = at,
            SizeBytes = 0,
            FileCount = 0,
            SegmentCount = 0,
            Metadata = ObjectMetadata.None,
        },
    };

    private static ObjectState Supersede(
        ObjectState before, ObjectState made, VersioningState versioning, List<CatalogChange> changes)
    {
        var isNull = before.Record.VersionId.IsNull;
        var keeps = versioning == VersioningState.Enabled || !isNull;
        var (noncurrent, nullSequence) = (before.Noncurrent, before.NullSequence);
        if (keeps)
        {
            var record = before.Record with { IsCurrent = false, NoncurrentSince = made.Record.Modified };
            changes.Add(new CatalogChange.AddVersion(
                before with { Record = record, Noncurrent = 0, NullSequence = 0 }));
            noncurrent++;
            if (isNull) nullSequence = before.ContentSequence;
        }
        else
        {
            EventApplication.End(before, changes);
            EventApplication.AddUsage(before, -1, changes);
        }

        if (versioning != VersioningState.Enabled && nullSequence != 0)
        {
            changes.Add(new CatalogChange.RemoveVersion(before.Name, nullSequence));
            (noncurrent, nullSequence) = (noncurrent - 1, 0);
        }

        return made with { Noncurrent = noncurrent, NullSequence = nullSequence };
    }

    private static ObjectState Put(ObjectVersionPut put, long sequence, List<CatalogChange> changes) =>
        EventApplication.Content(
            new ObjectRecord(put.Bucket, put.Key, put.Id, sequence, 0, 0, 0, put.Created, put.At, put.Metadata)
            {
                VersionId = IdOf(put.Versioning, sequence, put.Id),
            },
            put.Segments.AsSpan(), sequence, changes);

    private static ObjectState Marker(ObjectMarkerPut marker, long sequence)
    {
        var record = new ObjectRecord(
            marker.Bucket, marker.Key, marker.Id, sequence, 0, 0, 0, marker.At, marker.At, ObjectMetadata.None)
        {
            VersionId = IdOf(marker.Versioning, sequence, marker.Id),
            IsDeleteMarker = true,
        };
        return new ObjectState(record, sequence, default, null);
    }

    private static ObjectState Complete(UploadCompleted completed, long sequence, List<CatalogChange> changes)
    {
        var content = completed.Content;
        var id = completed.Upload.Object;
        var record = new ObjectRecord(
            completed.Bucket, completed.Key, id, sequence, content.SizeBytes, content.FileCount, content.SegmentCount,
            completed.Created, completed.At, completed.Metadata)
        {
            VersionId = IdOf(completed.Versioning, sequence, id),
        };
        return new ObjectState(
            record, sequence, EventApplication.Keep(content.Runs, content.SegmentCount, sequence, changes), null);
    }

    private static void Delete(
        ObjectVersionDeleted deleted, ObjectState before, long sequence, IObjectStates states,
        List<CatalogChange> changes)
    {
        if (before.ContentSequence != deleted.ContentSequence)
        {
            changes.Add(new CatalogChange.RemoveVersion(before.Name, deleted.ContentSequence));
            EventApplication.Set(Without(before, deleted.ContentSequence), states, changes);
            return;
        }

        EventApplication.End(before, changes);
        EventApplication.AddUsage(before, -1, changes);
        if (before.Noncurrent == 0)
        {
            EventApplication.Remove(before, states, changes);
            return;
        }

        var next = states.NewestVersion(before.Name) ?? throw new InvalidDataException(
            $"Event {sequence} deletes a version of key \"{before.Record.Key}\" in bucket "
            + $"{before.Record.Bucket.Value}, and the next one is not there");
        changes.Add(new CatalogChange.TakeVersion(before.Name, next.ContentSequence));
        var left = Without(before, next.ContentSequence);
        EventApplication.Set(
            next with
            {
                Record = next.Record with { IsCurrent = true, NoncurrentSince = null },
                Noncurrent = left.Noncurrent,
                NullSequence = left.NullSequence,
            },
            states, changes);
    }

    private static ObjectState Without(ObjectState state, long contentSequence) => state with
    {
        Noncurrent = state.Noncurrent - 1,
        NullSequence = state.NullSequence == contentSequence ? 0 : state.NullSequence,
    };

    private static void Change(
        ObjectMetadataChanged changed, ObjectState before, long sequence, IObjectStates states,
        List<CatalogChange> changes)
    {
        if (before.ContentSequence == changed.ContentSequence)
        {
            EventApplication.Set(before with { Record = Changed(before.Record, changed, sequence) }, states, changes);
            return;
        }

        changes.Add(new CatalogChange.ChangeVersion(
            before.Name, changed.ContentSequence, changed.Metadata, sequence));
        states.Set(before.Name, before);
    }

    /// <summary>The record of a version after its metadata has changed.</summary>
    public static ObjectRecord Changed(ObjectRecord record, ObjectMetadataChanged changed, long sequence) => record with
    {
        Metadata = changed.Metadata,
        Version = sequence,
        ContentVersion = record.ContentVersion ?? record.Version,
    };

    private static void Put(UploadPartPut part, long sequence, List<CatalogChange> changes)
    {
        var segments = part.Segments.AsSpan();
        changes.Add(new CatalogChange.SetPart(
            part.Upload,
            new PartRecord(part.Number, sequence, SegmentRun.SizeOf(segments), part.At, part.Metadata),
            part.Id, segments.Length, EventApplication.Keep(segments, sequence, changes)));
    }

    private static VersionId IdOf(VersioningState versioning, long sequence, ObjectId id) =>
        versioning == VersioningState.Enabled ? new VersionId(sequence, id) : default;

    private static KeyName NameOf(IKeyEvent message) => new(message.Bucket, message.Key);
}
