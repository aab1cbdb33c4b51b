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

    /// <summary>Make or replace an object. Answered by <see cref="Stored"/>, <see cref="KeyExists"/>,
    /// <see cref="KeyNotFound"/> (replace only), <see cref="PreconditionFailed"/> or <see cref="Failed"/>.</summary>
    public sealed record Put(
        BucketId Bucket, ObjectKey Key, PutMode Mode, Precondition If, Content Content) : IKeyCommand;

    public enum PutMode
    {
        /// <summary>The key must not exist.</summary>
        Create = 1,

        /// <summary>The key must exist.</summary>
        Replace = 2,

        /// <summary>Either.</summary>
        Upsert = 3,
    }

    /// <summary>Add files to an object. Answered by <see cref="Stored"/>, <see cref="KeyNotFound"/> or <see
    /// cref="Failed"/>.</summary>
    public sealed record Append(BucketId Bucket, ObjectKey Key, Content Content) : IKeyCommand;

    /// <summary>Answered by <see cref="Deleted"/>, <see cref="KeyNotFound"/>, <see cref="PreconditionFailed"/> or
    /// <see cref="Failed"/>.</summary>
    public sealed record Delete(BucketId Bucket, ObjectKey Key, Precondition If) : IKeyCommand;

    /// <summary>Answered by <see cref="Renamed"/>, <see cref="KeyNotFound"/>, <see cref="KeyExists"/> or
    /// <see cref="Failed"/>. Renaming a key to itself changes nothing and is answered by <see
    /// cref="KeyExists"/>.</summary>
    public sealed record Rename(BucketId Bucket, ObjectKey Key, ObjectKey NewKey) : IKeyCommand;

    /// <summary>Answered by <see cref="Found"/>, <see cref="KeyNotFound"/> or <see cref="Failed"/>.</summary>
    /// <param name="ForReading">The segments are wanted too. Where they do not all fit into the answer, the shard
    /// keeps them for this reader until <see cref="EndRead"/>, whatever becomes of the key.</param>
    public sealed record Lookup(BucketId Bucket, ObjectKey Key, bool ForReading) : IKeyCommand;

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
    public sealed record Precondition(ImmutableArray<string>? MatchETags, ImmutableArray<string>? NoneMatchETags)
    {
        public static readonly Precondition None = new(null, null);
    }

    /// <summary>What the index knows of an object, without its segments.</summary>
    /// <param name="Id">The upload that made it.</param>
    /// <param name="Version">The shard's sequence number of the event that last changed it.</param>
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
        /// <summary>A strong entity tag without its quotes: it changes whenever the content does.</summary>
        public string ETag =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Id.Value:x}-{Version:x}");
    }

    /// <param name="WasCreated">The key did not exist before.</param>
    public sealed record Stored(ObjectRecord Object, bool WasCreated) : IReply;

    /// <param name="Segments">The first segments, in order; all of them where <paramref name="Ticket"/> is null.
    /// Empty when the look-up was not for reading.</param>
    public sealed record Found(ObjectRecord Object, ImmutableArray<Segment> Segments, ReadTicket? Ticket) : IReply;

    /// <param name="FirstOrdinal">Ordinal of the page's first segment.</param>
    /// <param name="FirstOffsetBytes">Where that segment begins in the object.</param>
    /// <param name="Segments">In order; empty behind the end.</param>
    public sealed record SegmentPage(
        long FirstOrdinal, long FirstOffsetBytes, ImmutableArray<Segment> Segments) : IReply;

    public sealed record Deleted(ObjectRecord Object) : IReply;

    public sealed record Renamed(ObjectRecord Object) : IReply;

    public sealed record KeyExists(ObjectRecord Object) : IReply;

    public sealed record KeyNotFound : IReply
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
    }
}
