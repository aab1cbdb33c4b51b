using System.Collections.Immutable;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>A key within its bucket.</summary>
internal readonly record struct KeyName(BucketId Bucket, ObjectKey Key);

/// <summary>All that its shard knows of an object; a row of the catalog.</summary>
/// <param name="ContentSequence">The event that began its content: with the shard it names its segment rows.</param>
/// <param name="Inline">The first segments, as <c>SegmentCodec</c> writes them, where they were few when the object
/// was put; else empty. All further ones are in rows.</param>
/// <param name="Move">Set while a rename to another shard is under way.</param>
internal sealed record ObjectState(
    ObjectRecord Record, long ContentSequence, ReadOnlyMemory<byte> Inline, PendingMove? Move)
{
    /// <summary>So many segments are kept in the object's own row. Larger puts go to rows of their own.</summary>
    public const int MaxInlineSegments = 16;

    /// <summary>How many older versions the key has. Of an older version itself: 0.</summary>
    public long Noncurrent { get; init; }

    /// <summary>Where the null version is, as <see cref="ContentSequence"/>, when it is one of the older ones;
    /// else 0.</summary>
    public long NullSequence { get; init; }

    /// <summary>It has, or is, a version that a bucket without versioning would not have.</summary>
    public bool IsVersioned => Noncurrent > 0 || !Record.VersionId.IsNull || Record.IsDeleteMarker;

    public KeyName Name => new(Record.Bucket, Record.Key);

    public int InlineSegments => Inline.IsEmpty ? 0 : SegmentCodec.Count(Inline.Span);

    public bool HasRows => Record.SegmentCount > InlineSegments;

    public ImmutableArray<Segment> ReadInline() => Inline.IsEmpty ? [] : SegmentCodec.Decode(Inline.Span);
}

/// <param name="StartedSequence">The event that began the rename.</param>
internal sealed record PendingMove(long StartedSequence, ObjectKey NewKey);
