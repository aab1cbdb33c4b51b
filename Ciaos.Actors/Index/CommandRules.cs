using System.Collections.Immutable;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>What becomes of a command: an event and the kind of answer that follows it, or a refusal.</summary>
internal readonly record struct Decision(IKeyEvent? Event, IReply? Refusal);

/// <summary>Which commands are allowed upon which state of their key, and what event they make. Pure.</summary>
internal static class CommandRules
{
    /// <param name="before">What the key holds, a delete marker included.</param>
    public static Decision Decide(Put put, ObjectState? before, DateTimeOffset at)
    {
        var now = Visible(before);
        if (!Holds(put.If, now)) return Refuse(new PreconditionFailed(now));
        if (put.Mode == PutMode.Create && now is not null) return Refuse(new KeyExists(now));
        if (put.Mode == PutMode.Replace && now is null) return Refuse(NotFound(before));
        var content = put.Content;
        if (Malformed(content, mustStartFile: true) is { } wrong) return Refuse(wrong);
        var versioning = Effective(put.Versioning, before);
        if (Locked(versioning, before, at) is { } locked) return Refuse(locked);
        var created = CreatedOf(now, at);
        return Accept(versioning == VersioningState.Off
            ? new ObjectPut(put.Bucket, put.Key, at, created, content.Id, content.Metadata, content.Segments)
            {
                Stamp = StampOf(put.Idempotency, ShardTokens.OperationOf(put.Mode)),
            }
            : new ObjectVersionPut(
                put.Bucket, put.Key, at, created, content.Id, versioning, content.Metadata, content.Segments)
            {
                Stamp = StampOf(put.Idempotency, ShardTokens.OperationOf(put.Mode)),
            });
    }

    public static Decision Decide(Append append, ObjectState? before, DateTimeOffset at)
    {
        if (Unmet(append.If, before) is { } unmet) return Refuse(unmet);
        if (Visible(before) is not { } now) return Refuse(NotFound(before));
        if (append.AtOffsetBytes is { } offset && offset != now.SizeBytes) return Refuse(new WrongOffset(now));
        if (ObjectMetadata.IsLocked(now, at, bypassesGovernance: false)) return Refuse(new ObjectLocked(now));
        if (now.Metadata.ContainsKey(ObjectMetadata.Encryption))
            return Refuse(new Failed(FailReason.NotAllowed, "Nothing can be appended to an encrypted object"));
        var content = append.Content;
        return Malformed(content, mustStartFile: false) is { } wrong
            ? Refuse(wrong)
            : Accept(new ObjectAppended(append.Bucket, append.Key, at, content.Id, content.Segments)
            {
                Stamp = StampOf(append.Idempotency, WriteOperation.Append),
            });
    }

    /// <param name="newId">Names a delete marker.</param>
    public static Decision Decide(Delete delete, ObjectState? before, DateTimeOffset at, Func<ObjectId> newId)
    {
        var now = Visible(before);
        var versioning = Effective(delete.Versioning, before);
        if (now is null && (versioning == VersioningState.Off || delete.MustExist || MustMatch(delete.If)))
            return Refuse(NotFound(before));
        if (!Holds(delete.If, now) || (delete.IfVersion is { } known && known != now?.Version))
            return Refuse(new PreconditionFailed(now));
        if (Locked(versioning, before, at) is { } locked) return Refuse(locked);
        return Accept(versioning == VersioningState.Off
            ? new ObjectDeleted(delete.Bucket, delete.Key, at, now!.Id)
            : new ObjectMarkerPut(delete.Bucket, delete.Key, at, newId(), versioning));
    }

    /// <param name="version">The version that is named; null where there is none.</param>
    public static Decision Decide(DeleteVersion delete, ObjectState? version, DateTimeOffset at)
    {
        if (version?.Record is not { } now) return Refuse(KeyNotFound.Instance);
        if (!Holds(delete.If, Visible(version)) || (delete.IfVersion is { } known && known != now.Version)
            || (delete.IfCurrent is { } current && current != now.IsCurrent))
            return Refuse(new PreconditionFailed(now));
        return ObjectMetadata.IsLocked(now, at, delete.BypassGovernance)
            ? Refuse(new ObjectLocked(now))
            : Accept(new ObjectVersionDeleted(
                delete.Bucket, delete.Key, at, version.ContentSequence, now.VersionId));
    }

    /// <param name="version">The version that is named; null where there is none.</param>
    public static Decision Decide(ChangeMetadata change, ObjectState? version, DateTimeOffset at)
    {
        if (Visible(version) is not { } now) return Refuse(NotFound(version));
        if (change.IfVersion is { } known && known != now.Version) return Refuse(new PreconditionFailed(now));
        var metadata = now.Metadata.ToBuilder();
        foreach (var (name, value) in change.Changes)
        {
            if (value is null) metadata.Remove(name);
            else metadata[name] = value;
        }

        return Accept(new ObjectMetadataChanged(
            change.Bucket, change.Key, at, version!.ContentSequence, metadata.ToImmutable()));
    }

    /// <summary>Judges all but the parts themselves. Where it is accepted, the event lacks its content still.</summary>
    public static Decision Decide(CompleteMultipart complete, ObjectState? before, DateTimeOffset at)
    {
        var now = Visible(before);
        if (complete.Parts.IsDefaultOrEmpty)
            return Refuse(new Failed(FailReason.NotAllowed, "An object is made of one part at least"));
        if (!Holds(complete.If, now)) return Refuse(new PreconditionFailed(now));
        var versioning = Effective(complete.Versioning, before);
        return Locked(versioning, before, at) is { } locked
            ? Refuse(locked)
            : Accept(new UploadCompleted(
                complete.Bucket, complete.Key, at, complete.Upload, CreatedOf(now, at), versioning, complete.Metadata,
                new SegmentRuns(0, 0, 0, [])));
    }

    /// <summary>Null where the part can be recorded.</summary>
    public static Failed? Objection(PutPart put) => put.Number < 1
        ? new Failed(FailReason.NotAllowed, "Parts are counted from 1")
        : Malformed(put.Content, mustStartFile: false);

    /// <summary>What clients see of a key: a delete marker counts as no object.</summary>
    public static ObjectRecord? Visible(ObjectState? state) =>
        state is null || state.Record.IsDeleteMarker ? null : state.Record;

    public static KeyNotFound NotFound(ObjectState? before) =>
        before is { Record.IsDeleteMarker: true } ? new KeyNotFound(before.Record) : KeyNotFound.Instance;

    /// <summary>The refusal where the condition does not hold.</summary>
    /// <param name="condition">Null: nothing is demanded.</param>
    public static PreconditionFailed? Unmet(Precondition? condition, ObjectState? before) =>
        condition is null || Holds(condition, Visible(before)) ? null : new PreconditionFailed(Visible(before));

    public static bool Holds(Precondition condition, ObjectRecord? now) =>
        (condition.MatchETags is not { } match || Matches(match, now))
        && (condition.NoneMatchETags is not { } none || !Matches(none, now))
        && (condition.MatchSizeBytes is not { } size || now?.SizeBytes == size)
        && (condition.MatchModified is not { } time || now?.Modified.ToUnixTimeSeconds() == time.ToUnixTimeSeconds());

    private static IdempotencyStamp? StampOf(IdempotencyToken? token, WriteOperation operation) =>
        token is { } given ? new IdempotencyStamp(given, operation) : null;

    private static bool MustMatch(Precondition condition) =>
        condition.MatchETags is not null || condition.MatchSizeBytes is not null || condition.MatchModified is not null;

    // Who does not know of versions must not destroy any.
    private static VersioningState Effective(VersioningState versioning, ObjectState? before) =>
        versioning == VersioningState.Off && before?.IsVersioned == true ? VersioningState.Suspended : versioning;

    private static ObjectLocked? Locked(VersioningState versioning, ObjectState? before, DateTimeOffset at) =>
        versioning != VersioningState.Enabled && before is { Record.VersionId.IsNull: true }
            && ObjectMetadata.IsLocked(before.Record, at, bypassesGovernance: false)
            ? new ObjectLocked(before.Record)
            : null;

    private static DateTimeOffset CreatedOf(ObjectRecord? now, DateTimeOffset at) =>
        now is null || now.Created > at ? at : now.Created;

    private static bool Matches(ImmutableArray<string> tags, ObjectRecord? now) =>
        now is not null
            && (tags.Contains("*", StringComparer.Ordinal) || tags.Contains(now.ETag, StringComparer.Ordinal));

    private static Failed? Malformed(Content content, bool mustStartFile)
    {
        if (content.Segments.IsDefaultOrEmpty) return Broken("it has no segments");
        if (mustStartFile && !content.Segments[0].StartsFile) return Broken("its first segment starts no file");
        if (content.Id.Value < 0) return Broken("its id is negative");
        foreach (var segment in content.Segments)
        {
            var needle = segment.Needle;
            if (segment.OffsetBytes < 0 || segment.LengthBytes < 0
                || (long)segment.OffsetBytes + segment.LengthBytes > needle.DataBytes
                || needle.OffsetBytes < 0 || needle.DataStartBytes < 0 || needle.Volume.Value < 0)
                return Broken($"{segment} does not lie within its needle");
        }

        return null;
    }

    private static Failed Broken(string why) => new(FailReason.Unavailable, $"The content cannot be recorded: {why}");

    private static Decision Accept(IKeyEvent message) => new(message, null);

    private static Decision Refuse(IReply refusal) => new(null, refusal);
}
