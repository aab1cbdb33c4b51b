using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Feed;

public enum FeedChangeKind
{
    /// <summary>The key holds this and nothing else.</summary>
    Put,

    /// <summary>Something was added behind what the key held.</summary>
    Append,

    /// <summary>The key is gone.</summary>
    Delete,

    /// <summary>A version of the key is gone. Whether that changed what the key holds the event does not tell:
    /// <see cref="ChangeFeed.SettleAsync"/> finds out.</summary>
    VersionGone,
}

/// <summary>What an event of the index means to somebody who keeps a copy of a bucket.</summary>
/// <param name="Sequence">Number of the event in its shard.</param>
/// <param name="IsLast">The event means nothing more: it has been told when this has.</param>
public sealed record FeedChange(
    FeedChangeKind Kind, BucketId Bucket, ObjectKey Key, DateTimeOffset At, long Sequence, bool IsLast = true)
{
    /// <summary>Null where the event does not tell.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Null where the event does not tell.</summary>
    public string? ETag { get; init; }

    /// <summary>The key that what was here has now.</summary>
    public ObjectKey? RenamedTo { get; init; }

    /// <summary>The key that what is here had before.</summary>
    public ObjectKey? RenamedFrom { get; init; }

    /// <summary>Of a version that is gone: the event that had put it.</summary>
    internal long ContentSequence { get; init; }

    /// <summary>None where the event changes nothing that a key holds.</summary>
    internal static ImmutableArray<FeedChange> Of(IKeyEvent happened, long sequence)
    {
        switch (happened)
        {
            case ObjectPut put:
                return [Put(put, sequence, SizeOf(put.Segments), put.Id, put.Metadata)];
            case ObjectVersionPut put:
                return [Put(put, sequence, SizeOf(put.Segments), put.Id, put.Metadata)];
            case UploadCompleted done:
                return [Put(done, sequence, done.Content.SizeBytes, done.Upload.Object, done.Metadata)];
            case ObjectAppended:
                return [Simple(FeedChangeKind.Append)];
            case ObjectDeleted or ObjectMarkerPut or ObjectLost or ObjectVersionLost:
                return [Simple(FeedChangeKind.Delete)];
            case ObjectVersionDeleted gone:
                return [Simple(FeedChangeKind.VersionGone) with { ContentSequence = gone.ContentSequence }];
            case ObjectRenamed renamed:
                return
                [
                    Simple(FeedChangeKind.Delete) with { RenamedTo = renamed.NewKey, IsLast = false },
                    Simple(FeedChangeKind.Put) with { Key = renamed.NewKey, RenamedFrom = renamed.Key },
                ];
            case ObjectRenamedTo to:
                return [Simple(FeedChangeKind.Delete) with { RenamedTo = to.NewKey }];
            case ObjectRenamedFrom from:
                var moved = from.Object;
                return
                [
                    Put(from, sequence, moved.SizeBytes, moved.Id, moved.Metadata) with { RenamedFrom = moved.OldKey },
                ];
            default:
                return [];
        }

        FeedChange Simple(FeedChangeKind kind) =>
            new(kind, happened.Bucket, happened.Key, happened.At, sequence);
    }

    /// <summary>The tag of an object that an event has put.</summary>
    internal static string TagOf(
        ImmutableSortedDictionary<string, string> metadata, ObjectId id, long sequence) =>
        metadata.TryGetValue(ObjectMetadata.ETag, out var tag)
            ? tag
            : string.Create(CultureInfo.InvariantCulture, $"{id.Value:x}-{sequence:x}");

    private static FeedChange Put(
        IKeyEvent happened, long sequence, long sizeBytes, ObjectId id,
        ImmutableSortedDictionary<string, string> metadata) =>
        new(FeedChangeKind.Put, happened.Bucket, happened.Key, happened.At, sequence)
        {
            SizeBytes = sizeBytes,
            ETag = TagOf(metadata, id, sequence),
        };

    private static long SizeOf(ImmutableArray<Segment> segments) => SegmentRun.SizeOf(segments.AsSpan());
}
