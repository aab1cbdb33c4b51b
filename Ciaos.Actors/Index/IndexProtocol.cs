using System.Collections.Immutable;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Index;

/// <summary>All that is said to, or by, the shards of the index. A shard is the only writer of its keys.</summary>
public static class IndexProtocol
{
    /// <summary>Goes to the shard that owns the key.</summary>
    public interface IKeyCommand
    {
        BucketId Bucket { get; }

        ObjectKey Key { get; }
    }

    /// <summary>The answer to every key command.</summary>
    public interface IReply;

    /// <summary>The bytes that a finished upload brought: durable already, visible only once the index says
    /// so.</summary>
    /// <param name="Segments">In the order of the object's bytes; at least one.</param>
    /// <param name="Metadata">Such as <c>content-type</c>. Kept from the put; an append brings none.</param>
    public sealed record Content(
        ObjectId Id, ImmutableArray<Segment> Segments, ImmutableSortedDictionary<string, string> Metadata);

    /// <summary>Whether a bucket keeps what its keys held before. A front end says it with every write.</summary>
    public enum VersioningState
    {
        /// <summary>Never switched on: a write replaces, a delete removes.</summary>
        Off = 0,

        /// <summary>Every write makes a version of its own; a delete makes a delete marker.</summary>
        Enabled = 1,

        /// <summary>Versions that are there stay; a write makes, or replaces, the null version.</summary>
        Suspended = 2,
    }

    /// <summary>Names a version of a key. The default is the null version: what is written while versioning is not
    /// enabled.</summary>
    /// <param name="Sequence">The shard's sequence number of the event that made it.</param>
    public readonly record struct VersionId(long Sequence, ObjectId Object)
    {
        public bool IsNull => this == default;

        /// <summary>"null", or 32 lower-case hexadecimal digits.</summary>
        public override string ToString() => IsNull ? "null" : IdText.Write(Sequence, Object.Value);

        public static bool TryParse(string text, out VersionId id)
        {
            id = default;
            if (text == "null") return true;
            if (!IdText.TryRead(text, out var sequence, out var value)) return false;
            id = new VersionId(sequence, new ObjectId(value));
            return true;
        }
    }

    /// <summary>Make or replace an object. Answered by <see cref="Stored"/>, <see cref="KeyExists"/>,
    /// <see cref="KeyNotFound"/> (replace only), <see cref="PreconditionFailed"/>, <see cref="ObjectLocked"/> (where
    /// what it would replace is locked) or <see cref="Failed"/>.</summary>
    /// <param name="Versioning">Off on a key that has versions means Suspended: nothing is lost.</param>
    /// <param name="Idempotency">Null: it may happen more than once. Else <see cref="Stored"/> may be a replay, and
    /// <see cref="IdempotencyMismatch"/> is an answer too.</param>
    public sealed record Put(
        BucketId Bucket, ObjectKey Key, PutMode Mode, Precondition If, Content Content,
        VersioningState Versioning = VersioningState.Off, IdempotencyToken? Idempotency = null) : IKeyCommand;

    public enum PutMode
    {
        /// <summary>The key must not exist.</summary>
        Create = 1,

        /// <summary>The key must exist.</summary>
        Replace = 2,

        /// <summary>Either.</summary>
        Upsert = 3,
    }

    /// <summary>Add files, or bytes, to an object. It loses the metadata that would not be true any more (<see
    /// cref="ObjectMetadata.OfBytes"/>). Answered by <see cref="Stored"/>, <see cref="KeyNotFound"/>,
    /// <see cref="PreconditionFailed"/>, <see cref="WrongOffset"/>, <see cref="ObjectLocked"/> or
    /// <see cref="Failed"/> (NotAllowed: it is encrypted).</summary>
    /// <param name="AtOffsetBytes">Must be the object's size; null: it may have any.</param>
    /// <param name="If">Null: <see cref="Precondition.None"/>.</param>
    /// <param name="Idempotency">As in <see cref="Put"/>.</param>
    public sealed record Append(
        BucketId Bucket, ObjectKey Key, Content Content, long? AtOffsetBytes = null, Precondition? If = null,
        IdempotencyToken? Idempotency = null) : IKeyCommand;

    /// <summary>Asks before the body is there whether a write with this token has happened. Where it has, or is
    /// happening: answered by <see cref="Remembered"/>, or <see cref="IdempotencyMismatch"/> where that was another
    /// operation. Where not: as a <see cref="Lookup"/> that is not for reading, at the same moment.</summary>
    /// <param name="Token">As <see cref="IdempotencyToken.Text"/>.</param>
    public sealed record Recall(BucketId Bucket, ObjectKey Key, string Token, WriteOperation Operation) : IKeyCommand;

    /// <summary>Answered by <see cref="Deleted"/>, <see cref="MarkerMade"/> (versioned buckets), <see
    /// cref="KeyNotFound"/>, <see cref="PreconditionFailed"/>, <see cref="ObjectLocked"/> or
    /// <see cref="Failed"/>.</summary>
    /// <param name="Versioning">Off on a key that has versions means Suspended.</param>
    /// <param name="MustExist">False: in a versioned bucket a marker is made also where there is no key.</param>
    /// <param name="IfVersion">What <see cref="ObjectRecord.Version"/> must be; null: anything.</param>
    public sealed record Delete(
        BucketId Bucket, ObjectKey Key, Precondition If, VersioningState Versioning = VersioningState.Off,
        bool MustExist = true, long? IfVersion = null) : IKeyCommand;

    /// <summary>Delete one version, or delete marker, for good, the null version of an unversioned key included. If it
    /// is the current one, the newest of the others becomes current. Answered by <see cref="VersionDeleted"/>,
    /// <see cref="KeyNotFound"/>, <see cref="PreconditionFailed"/>, <see cref="ObjectLocked"/> or
    /// <see cref="Failed"/>.</summary>
    /// <param name="If">Judged by that version.</param>
    /// <param name="BypassGovernance">The caller may, and wants to, delete what is retained in governance
    /// mode.</param>
    /// <param name="IfVersion">What its <see cref="ObjectRecord.Version"/> must be; null: anything.</param>
    /// <param name="IfCurrent">Whether it must be the current one, or must not be; null: it may be either.</param>
    public sealed record DeleteVersion(
        BucketId Bucket, ObjectKey Key, VersionId Version, Precondition If, bool BypassGovernance,
        long? IfVersion = null, bool? IfCurrent = null) : IKeyCommand;

    /// <summary>Set or remove single metadata of an object; content, version, <c>Modified</c> and ETag stay. Answered
    /// by <see cref="Changed"/>, <see cref="KeyNotFound"/>, <see cref="PreconditionFailed"/> or
    /// <see cref="Failed"/>.</summary>
    /// <param name="Version">Null: the current one.</param>
    /// <param name="IfVersion">What <see cref="ObjectRecord.Version"/> must be; null: anything.</param>
    /// <param name="Changes">Null values remove.</param>
    public sealed record ChangeMetadata(
        BucketId Bucket, ObjectKey Key, VersionId? Version, long? IfVersion,
        ImmutableSortedDictionary<string, string?> Changes) : IKeyCommand;

    /// <summary>Begin an object that comes in parts. Answered by <see cref="MultipartBegun"/> or
    /// <see cref="Failed"/>.</summary>
    /// <param name="Metadata">Kept with the upload, for whoever completes it.</param>
    public sealed record BeginMultipart(
        BucketId Bucket, ObjectKey Key, string Initiator, ImmutableSortedDictionary<string, string> Metadata)
        : IKeyCommand;

    /// <summary>A part; takes the place of one of the same number. Answered by <see cref="PartStored"/>,
    /// <see cref="UploadNotFound"/> or <see cref="Failed"/>.</summary>
    /// <param name="Number">From 1.</param>
    /// <param name="Content">Its metadata is the part's (<c>etag</c>, checksums).</param>
    public sealed record PutPart(BucketId Bucket, ObjectKey Key, UploadId Upload, int Number, Content Content)
        : IKeyCommand;

    /// <summary>Make an object of one file out of parts; nothing is copied, and parts that are not named are dropped.
    /// Answered by <see cref="Stored"/>, <see cref="UploadNotFound"/>, <see cref="PartChanged"/>,
    /// <see cref="PreconditionFailed"/>, <see cref="ObjectLocked"/> or <see cref="Failed"/>.</summary>
    /// <param name="Parts">At least one, in the order of the object's bytes.</param>
    /// <param name="Metadata">All that the object is to have.</param>
    public sealed record CompleteMultipart(
        BucketId Bucket, ObjectKey Key, UploadId Upload, ImmutableArray<PartRef> Parts, Precondition If,
        ImmutableSortedDictionary<string, string> Metadata, VersioningState Versioning = VersioningState.Off)
        : IKeyCommand;

    /// <summary>Answered by <see cref="MultipartAborted"/>, <see cref="UploadNotFound"/> or
    /// <see cref="Failed"/>.</summary>
    public sealed record AbortMultipart(BucketId Bucket, ObjectKey Key, UploadId Upload) : IKeyCommand;

    /// <summary>Names an upload in parts.</summary>
    /// <param name="Sequence">The shard's sequence number of the event that began it.</param>
    public readonly record struct UploadId(long Sequence, ObjectId Object)
    {
        /// <summary>32 lower-case hexadecimal digits.</summary>
        public override string ToString() => IdText.Write(Sequence, Object.Value);

        public static bool TryParse(string text, out UploadId id)
        {
            var isId = IdText.TryRead(text, out var sequence, out var value);
            id = new UploadId(sequence, new ObjectId(value));
            return isId;
        }
    }

    /// <param name="Sequence">As <see cref="PartRecord.Sequence"/>: the part must not have been replaced
    /// since.</param>
    public readonly record struct PartRef(int Number, long Sequence);

    public sealed record UploadRecord(
        BucketId Bucket, ObjectKey Key, UploadId Id, DateTimeOffset Begun, string Initiator,
        ImmutableSortedDictionary<string, string> Metadata);

    /// <param name="Sequence">The shard's sequence number of the event that stored it.</param>
    public sealed record PartRecord(
        int Number, long Sequence, long SizeBytes, DateTimeOffset Modified,
        ImmutableSortedDictionary<string, string> Metadata);

    /// <summary>Answered by <see cref="Renamed"/>, <see cref="KeyNotFound"/>, <see cref="PreconditionFailed"/>,
    /// <see cref="KeyExists"/> or <see cref="Failed"/> (Versioned: one of the keys has versions, which have to stay).
    /// Renaming a key to itself changes nothing and is answered by <see cref="KeyExists"/>. Uploads in parts stay with
    /// the old key.</summary>
    /// <param name="If">Judged by the old key; null: <see cref="Precondition.None"/>.</param>
    public sealed record Rename(
        BucketId Bucket, ObjectKey Key, ObjectKey NewKey, Precondition? If = null) : IKeyCommand;

    /// <summary>Answered by <see cref="Found"/>, <see cref="KeyNotFound"/> or <see cref="Failed"/>.</summary>
    /// <param name="ForReading">The segments are wanted too. Where they do not all fit into the answer, the shard
    /// keeps them for this reader until <see cref="EndRead"/>, whatever becomes of the key.</param>
    /// <param name="Version">Null: the current one, where that is no delete marker.</param>
    /// <param name="Settled">Answered when all is visible that is under way with the key: for those who have seen in a
    /// listing what look-ups may not show yet.</param>
    public sealed record Lookup(
        BucketId Bucket, ObjectKey Key, bool ForReading, VersionId? Version = null, bool Settled = false) : IKeyCommand;

    /// <summary>Look-ups for reading of many keys of one shard at once; nothing is kept for their reader. Answered by
    /// <see cref="FoundMany"/> or <see cref="Failed"/>.</summary>
    /// <param name="Keys">At least one. The first tells the shard.</param>
    public sealed record LookupMany(BucketId Bucket, ImmutableArray<ObjectKey> Keys) : IKeyCommand
    {
        /// <summary>Objects of more segments are not given.</summary>
        public const int MaxSegments = 64;

        public ObjectKey Key => Keys[0];
    }

    /// <summary>The next segments of a read that <see cref="Found"/> began. Answered by <see cref="SegmentPage"/> or
    /// <see cref="Failed"/>.</summary>
    /// <param name="FromOrdinal">The first segment wanted, counted from the object's first.</param>
    public sealed record ReadSegments(
        BucketId Bucket, ObjectKey Key, ReadTicket Ticket, long FromOrdinal) : IKeyCommand;

    /// <summary>Like <see cref="ReadSegments"/>, beginning with the segment that holds a byte of the object.</summary>
    /// <param name="OffsetBytes">Counted from the start of the object, all its files taken together.</param>
    public sealed record SeekSegments(
        BucketId Bucket, ObjectKey Key, ReadTicket Ticket, long OffsetBytes) : IKeyCommand;

    /// <summary>The reader needs no more segments. Not answered.</summary>
    public sealed record EndRead(BucketId Bucket, ObjectKey Key, ReadTicket Ticket) : IKeyCommand;

    /// <summary>Allows reading the rest of an object's segments as they were when it was looked up.</summary>
    public sealed record ReadTicket(long Id, long ContentSequence);

    /// <summary>What must hold for a write to happen. Empty: nothing.</summary>
    /// <param name="MatchETags">The object must exist and have one of these tags ("*": any). Null: no such
    /// condition.</param>
    /// <param name="NoneMatchETags">It must have none of these ("*": it must not exist). Null: no such
    /// condition.</param>
    /// <param name="MatchModified">The object must exist and have been modified in this second. Null: no such
    /// condition.</param>
    /// <param name="MatchSizeBytes">It must exist and have this size. Null: no such condition.</param>
    public sealed record Precondition(
        ImmutableArray<string>? MatchETags, ImmutableArray<string>? NoneMatchETags,
        DateTimeOffset? MatchModified = null, long? MatchSizeBytes = null)
    {
        public static readonly Precondition None = new(null, null);
    }

    /// <summary>What the index knows of an object, without its segments.</summary>
    /// <param name="Id">The upload that made it.</param>
    /// <param name="Version">The shard's sequence number of the event that last changed it, its metadata
    /// included.</param>
    /// <param name="SizeBytes">Of all files together.</param>
    /// <param name="SegmentCount">How many segments there are in all.</param>
    public sealed record ObjectRecord(
        BucketId Bucket,
        ObjectKey Key,
        ObjectId Id,
        long Version,
        long SizeBytes,
        long FileCount,
        long SegmentCount,
        DateTimeOffset Created,
        DateTimeOffset Modified,
        ImmutableSortedDictionary<string, string> Metadata)
    {
        public VersionId VersionId { get; init; }

        /// <summary>It says that the key is deleted, and has no content.</summary>
        public bool IsDeleteMarker { get; init; }

        /// <summary>It is what the key holds now; false: an older version.</summary>
        public bool IsCurrent { get; init; } = true;

        /// <summary>When a newer version took its place; null for the current one.</summary>
        public DateTimeOffset? NoncurrentSince { get; init; }

        /// <summary>The event that last changed the content, where only metadata changed since; else null.</summary>
        internal long? ContentVersion { get; init; }

        /// <summary>A strong entity tag without its quotes: it changes whenever the content does.</summary>
        public string ETag => Metadata.TryGetValue(ObjectMetadata.ETag, out var tag) ? tag : string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{Id.Value:x}-{ContentVersion ?? Version:x}");

        /// <summary>The same with its quotes, as headers have it.</summary>
        public string QuotedETag => Metadata.TryGetValue(ObjectMetadata.ETag, out var tag)
            ? $"\"{tag}\""
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"\"{Id.Value:x}-{ContentVersion ?? Version:x}\"");
    }

    /// <param name="WasCreated">The key did not exist before.</param>
    /// <param name="WasReplayed">It was stored earlier, with the same token: this is what was answered then, and
    /// <paramref name="Object"/> tells its id, ETag, sizes and times of then, and nothing else.</param>
    public sealed record Stored(ObjectRecord Object, bool WasCreated, bool WasReplayed = false) : IReply;

    /// <param name="Token">With the body that was sent then: a repeat must have the same.</param>
    /// <param name="Outcome">A replay.</param>
    public sealed record Remembered(IdempotencyToken Token, Stored Outcome) : IReply;

    /// <summary>The token has been used for another operation, or with another body. Nothing has happened.</summary>
    /// <param name="Detail">A sentence for the client.</param>
    public sealed record IdempotencyMismatch(string Detail) : IReply
    {
        public static readonly IdempotencyMismatch OtherBody =
            new("This idempotency key has been used for the same key before, with another body");
    }

    /// <param name="Segments">The first segments, in order; all of them where <paramref name="Ticket"/> is null.
    /// Empty when the look-up was not for reading.</param>
    public sealed record Found(ObjectRecord Object, ImmutableArray<Segment> Segments, ReadTicket? Ticket) : IReply;

    /// <param name="Replies">One for each key, in order: <see cref="Found"/> with all segments, or
    /// <see cref="KeyNotFound"/>. Null: only a <see cref="Lookup"/> of its own can tell, because the object has many
    /// segments, is being renamed, or belongs to another shard.</param>
    public sealed record FoundMany(ImmutableArray<IReply?> Replies) : IReply;

    /// <param name="FirstOrdinal">Ordinal of the page's first segment.</param>
    /// <param name="FirstOffsetBytes">Where that segment begins in the object.</param>
    /// <param name="Segments">In order; empty behind the end.</param>
    public sealed record SegmentPage(
        long FirstOrdinal, long FirstOffsetBytes, ImmutableArray<Segment> Segments) : IReply;

    public sealed record Deleted(ObjectRecord Object) : IReply;

    /// <summary>The key is deleted, and what it held is kept as an older version (but for a null version where
    /// versioning is suspended).</summary>
    public sealed record MarkerMade(ObjectRecord Marker) : IReply;

    /// <param name="Object">What was deleted; possibly a delete marker.</param>
    public sealed record VersionDeleted(ObjectRecord Object) : IReply;

    public sealed record Changed(ObjectRecord Object) : IReply;

    /// <param name="Object">What is there: its size is not the offset that was given.</param>
    public sealed record WrongOffset(ObjectRecord Object) : IReply;

    /// <summary>It is under retention or legal hold. Nothing has happened.</summary>
    public sealed record ObjectLocked(ObjectRecord Object) : IReply;

    public sealed record MultipartBegun(UploadRecord Upload) : IReply;

    public sealed record PartStored(PartRecord Part) : IReply;

    public sealed record MultipartAborted : IReply
    {
        public static readonly MultipartAborted Instance = new();
    }

    /// <summary>It never was, or has been completed or aborted.</summary>
    public sealed record UploadNotFound : IReply
    {
        public static readonly UploadNotFound Instance = new();
    }

    /// <param name="Number">Of the first part that is not there, or is not the one that was named.</param>
    public sealed record PartChanged(int Number) : IReply;

    public sealed record Renamed(ObjectRecord Object) : IReply;

    public sealed record KeyExists(ObjectRecord Object) : IReply;

    /// <param name="Marker">The delete marker that is current; null where there is none.</param>
    public sealed record KeyNotFound(ObjectRecord? Marker = null) : IReply
    {
        public static readonly KeyNotFound Instance = new();
    }

    /// <param name="Object">What is there now, or null where nothing is.</param>
    public sealed record PreconditionFailed(ObjectRecord? Object) : IReply;

    /// <summary>Nothing is known to have happened: the event may or may not be in the journal.</summary>
    /// <param name="Detail">A sentence for the log and the client.</param>
    public sealed record Failed(FailReason Reason, string Detail) : IReply;

    public enum FailReason
    {
        /// <summary>The journal or the catalog could not be written or read.</summary>
        Unavailable = 1,

        /// <summary>The disk of the journal or of the catalog is full.</summary>
        DiskFull = 2,

        /// <summary>The shard has more unanswered commands than it may hold.</summary>
        Overloaded = 3,

        /// <summary>The read ticket is unknown, because it was idle for too long or the shard was restarted.</summary>
        TicketExpired = 4,

        /// <summary>The object has more segments than a rename to another shard may move. Nothing has
        /// happened.</summary>
        TooManySegments = 5,

        /// <summary>The bucket is being deleted, or has been. Nothing has happened.</summary>
        BucketClosed = 6,

        /// <summary>This cannot be done to such an object or bucket. Nothing has happened.</summary>
        NotAllowed = 7,

        /// <summary>A key with versions cannot be renamed, nor be given to another. Nothing has happened.</summary>
        Versioned = 8,
    }
}
