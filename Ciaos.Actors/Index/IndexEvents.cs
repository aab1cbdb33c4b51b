using System.Collections.Immutable;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Identity.IdentityProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>What the index's journal says. Spec of the bytes: docs/formats-index.md. Extend only, never
/// renumber.</summary>
public static class IndexEvents
{
    /// <summary>Every event of the index; chooses the serialiser.</summary>
    public interface IIndexEvent
    {
        /// <summary>When it happened, to the microsecond.</summary>
        DateTimeOffset At { get; }
    }

    /// <summary>Something happened to a key. Stands in the journal of the shard that owns it.</summary>
    public interface IKeyEvent : IIndexEvent
    {
        BucketId Bucket { get; }

        ObjectKey Key { get; }
    }

    /// <summary>A write that a client may have given a token.</summary>
    public interface ITokenEvent : IKeyEvent
    {
        /// <summary>Null: it has none.</summary>
        IdempotencyStamp? Stamp { get; }
    }

    /// <summary>Something happened to a bucket. Stands in the journal of the keeper of buckets.</summary>
    public interface IBucketEvent : IIndexEvent
    {
        BucketId Bucket { get; }

        /// <summary>Null: the event is older than this, or the bucket is the one of its native owner.</summary>
        BucketAudit? Audit => null;
    }

    /// <summary>The key holds this and nothing else, whatever it held before.</summary>
    /// <param name="Created">When the key came to be: <paramref name="At"/>, or earlier where content was
    /// replaced.</param>
    /// <param name="Segments">At least one; the first starts a file.</param>
    public sealed record ObjectPut(
        BucketId Bucket,
        ObjectKey Key,
        DateTimeOffset At,
        DateTimeOffset Created,
        ObjectId Id,
        ImmutableSortedDictionary<string, string> Metadata,
        ImmutableArray<Segment> Segments) : ITokenEvent
    {
        public IdempotencyStamp? Stamp { get; init; }
    }

    /// <summary>These segments follow behind those that the key held.</summary>
    /// <param name="Id">The upload that wrote them.</param>
    public sealed record ObjectAppended(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectId Id, ImmutableArray<Segment> Segments) : ITokenEvent
    {
        public IdempotencyStamp? Stamp { get; init; }
    }

    /// <param name="Id">The object that was there.</param>
    public sealed record ObjectDeleted(BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectId Id) : IKeyEvent;

    /// <summary>The object has another key now; both keys belong to the same shard.</summary>
    public sealed record ObjectRenamed(BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectKey NewKey) : IKeyEvent;

    /// <summary>The object is to have a key of another shard: from now on until <see cref="ObjectRenamedTo"/> or
    /// <see cref="RenameAborted"/> nothing else happens to it. This event's place names the rename.</summary>
    public sealed record RenameStarted(BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectKey NewKey) : IKeyEvent;

    /// <summary>An object of another shard has this key now. With this event the rename has happened.</summary>
    public sealed record ObjectRenamedFrom(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, RenameId Rename, MovedObject Object) : IKeyEvent;

    /// <summary>The key is gone: its object lives on under <paramref name="NewKey"/> in another shard.</summary>
    /// <param name="StartedSequence">Sequence number of the <see cref="RenameStarted"/> that this ends.</param>
    public sealed record ObjectRenamedTo(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, long StartedSequence, ObjectKey NewKey) : IKeyEvent;

    /// <summary>The rename did not happen; the key is what it was.</summary>
    /// <param name="StartedSequence">Sequence number of the <see cref="RenameStarted"/> that this ends.</param>
    public sealed record RenameAborted(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, long StartedSequence) : IKeyEvent;

    /// <summary>As <see cref="ObjectPut"/>, in a bucket that keeps versions. A version's id is this event's number and
    /// <paramref name="Id"/>, or the null one where versioning is suspended.</summary>
    public sealed record ObjectVersionPut(
        BucketId Bucket,
        ObjectKey Key,
        DateTimeOffset At,
        DateTimeOffset Created,
        ObjectId Id,
        VersioningState Versioning,
        ImmutableSortedDictionary<string, string> Metadata,
        ImmutableArray<Segment> Segments) : ITokenEvent
    {
        public IdempotencyStamp? Stamp { get; init; }
    }

    /// <summary>A delete marker, put as any other version.</summary>
    public sealed record ObjectMarkerPut(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectId Id, VersioningState Versioning) : IKeyEvent;

    /// <summary>A version is gone. If it was current, the newest of the others is now.</summary>
    /// <param name="ContentSequence">The event that began its content: so versions are found and ordered.</param>
    /// <param name="Version">Its name.</param>
    public sealed record ObjectVersionDeleted(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, long ContentSequence, VersionId Version) : IKeyEvent;

    /// <summary>A version has this metadata and no other.</summary>
    /// <param name="ContentSequence">The event that began its content.</param>
    public sealed record ObjectMetadataChanged(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, long ContentSequence,
        ImmutableSortedDictionary<string, string> Metadata) : IKeyEvent;

    /// <summary>An upload in parts begins. Its id is this event's number and <paramref name="Id"/>.</summary>
    public sealed record UploadBegun(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectId Id, string Initiator,
        ImmutableSortedDictionary<string, string> Metadata) : IKeyEvent;

    /// <summary>A part, in place of one of the same number.</summary>
    /// <param name="Id">The upload of its bytes.</param>
    public sealed record UploadPartPut(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, UploadId Upload, int Number, ObjectId Id,
        ImmutableSortedDictionary<string, string> Metadata, ImmutableArray<Segment> Segments) : IKeyEvent;

    /// <summary>The key holds an object made of parts; the upload and all its parts are gone. The object's id is that
    /// of the upload. It is one file.</summary>
    public sealed record UploadCompleted(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, UploadId Upload, DateTimeOffset Created,
        VersioningState Versioning, ImmutableSortedDictionary<string, string> Metadata, SegmentRuns Content)
        : IKeyEvent;

    public sealed record UploadAborted(BucketId Bucket, ObjectKey Key, DateTimeOffset At, UploadId Upload) : IKeyEvent;

    /// <summary>Written by <c>ciaos rebuild-index</c> in place of an event that was not found, or whose object's bytes
    /// were not: what the key holds, if it is there, is gone; where it has older versions, a delete marker stands in
    /// its place. The event whose place this takes may be found by a later rebuild, and is then believed
    /// instead.</summary>
    /// <param name="Bucket">0, with any key, where nobody knows what the event was about.</param>
    public sealed record ObjectLost(BucketId Bucket, ObjectKey Key, DateTimeOffset At) : IKeyEvent;

    /// <summary>As <see cref="ObjectLost"/>, in place of an event that put a version: a delete marker of that version's
    /// name is put, so that no older version is taken for it.</summary>
    /// <param name="Id">Of the version that is lost.</param>
    public sealed record ObjectVersionLost(
        BucketId Bucket, ObjectKey Key, DateTimeOffset At, ObjectId Id, VersioningState Versioning) : IKeyEvent;

    /// <summary>The first event of an index: how its keys are dealt out, for ever. Stands in the journal of the keeper
    /// of buckets, since the catalog may be deleted.</summary>
    public sealed record IndexCreated(int Shards, DateTimeOffset At) : IIndexEvent;

    /// <summary>A bucket was given out. Stands in the journal of the keeper of buckets.</summary>
    public sealed record BucketCreated(BucketId Bucket, DateTimeOffset At, string Owner) : IBucketEvent;

    /// <summary>As <see cref="BucketCreated"/>, with a name and an owner that need not be the same.</summary>
    public sealed record BucketMade(
        BucketId Bucket, DateTimeOffset At, string Name, string Owner, ImmutableSortedDictionary<string, string> Config)
        : IBucketEvent
    {
        public BucketAudit? Audit { get; init; }
    }

    /// <param name="Changes">Null values remove.</param>
    public sealed record BucketConfigured(
        BucketId Bucket, DateTimeOffset At, ImmutableSortedDictionary<string, string?> Changes) : IBucketEvent
    {
        public BucketAudit? Audit { get; init; }
    }

    /// <summary>The bucket was empty, and is gone. Its id is not used again.</summary>
    public sealed record BucketDeleted(BucketId Bucket, DateTimeOffset At) : IBucketEvent
    {
        public BucketAudit? Audit { get; init; }
    }

    /// <summary>For the audit log: nothing else depends on it.</summary>
    /// <param name="Name">The bucket's, at that time.</param>
    public sealed record BucketAudit(Origin By, string Name);

    /// <summary>Written by <c>ciaos rebuild-index</c> in place of an event of the keeper of buckets that was not found:
    /// nothing happens.</summary>
    public sealed record BucketEventLost(DateTimeOffset At) : IIndexEvent;
}

/// <summary>Names a rename between shards: the shard that gives the object away, and its event that began it.</summary>
public readonly record struct RenameId(int SourceShard, long StartedSequence);

/// <summary>An object on its way from one shard to another, with all its segments.</summary>
/// <param name="OldKey">The key that it had.</param>
/// <param name="Runs">All segments in order, in runs of up to <see cref="SegmentRun.MaxSegments"/>.</param>
public sealed record MovedObject(
    ObjectKey OldKey,
    ObjectId Id,
    DateTimeOffset Created,
    DateTimeOffset Modified,
    long SizeBytes,
    long FileCount,
    long SegmentCount,
    ImmutableSortedDictionary<string, string> Metadata,
    ImmutableArray<SegmentRun> Runs);

/// <summary>All segments of an object, packed.</summary>
/// <param name="Runs">In order, of up to <see cref="SegmentRun.MaxSegments"/>; at least one.</param>
public sealed record SegmentRuns(
    long SizeBytes, long FileCount, long SegmentCount, ImmutableArray<SegmentRun> Runs);
