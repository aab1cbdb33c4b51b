using System.Collections.Immutable;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>What an event of the index is to somebody who watches a bucket.</summary>
/// <param name="Name">As S3 names it, without <c>s3:</c>.</param>
/// <param name="Sequence">The shard's number of the event: of one key, a later change has a higher one.</param>
/// <param name="SizeBytes">Null where the event does not tell; so are the others.</param>
internal sealed record ObjectChange(
    string Name, ObjectKey Key, DateTimeOffset At, long Sequence, long? SizeBytes = null, string? ETag = null,
    string? VersionId = null)
{
    private const string Put = "ObjectCreated:Put";
    private const string Copied = "ObjectCreated:Copy";
    private const string Completed = "ObjectCreated:CompleteMultipartUpload";
    private const string Deleted = "ObjectRemoved:Delete";
    private const string MarkerMade = "ObjectRemoved:DeleteMarkerCreated";

    /// <summary>None where the event changes nothing that a watcher is told of.</summary>
    public static ImmutableArray<ObjectChange> Of(IKeyEvent happened, long sequence)
    {
        var (key, at) = (happened.Key, happened.At);
        return happened switch
        {
            ObjectPut put =>
                [new(Put, key, at, sequence, SizeOf(put.Segments), TagOf(put.Metadata, put.Id, sequence))],
            ObjectVersionPut put =>
            [
                new(Put, key, at, sequence, SizeOf(put.Segments), TagOf(put.Metadata, put.Id, sequence),
                    VersionOf(put.Versioning, sequence, put.Id)),
            ],
            ObjectAppended => [new(Put, key, at, sequence)],
            UploadCompleted done =>
            [
                new(Completed, key, at, sequence, done.Content.SizeBytes,
                    TagOf(done.Metadata, done.Upload.Object, sequence),
                    done.Versioning == VersioningState.Off
                        ? null
                        : VersionOf(done.Versioning, sequence, done.Upload.Object)),
            ],
            ObjectMarkerPut marker =>
                [new(MarkerMade, key, at, sequence, VersionId: VersionOf(marker.Versioning, sequence, marker.Id))],
            ObjectVersionDeleted deleted =>
                [new(Deleted, key, at, sequence, VersionId: deleted.Version.ToString())],
            ObjectDeleted or ObjectRenamedTo => [new(Deleted, key, at, sequence)],
            ObjectRenamed renamed => [new(Deleted, key, at, sequence), new(Copied, renamed.NewKey, at, sequence)],
            ObjectRenamedFrom from =>
            [
                new(Copied, key, at, sequence, from.Object.SizeBytes,
                    TagOf(from.Object.Metadata, from.Object.Id, sequence)),
            ],
            _ => [],
        };
    }

    private static long SizeOf(ImmutableArray<Segment> segments) => SegmentRun.SizeOf(segments.AsSpan());

    private static string VersionOf(VersioningState versioning, long sequence, ObjectId id) =>
        (versioning == VersioningState.Enabled ? new VersionId(sequence, id) : default).ToString();

    private static string TagOf(ImmutableSortedDictionary<string, string> metadata, ObjectId id, long sequence) =>
        FeedChange.TagOf(metadata, id, sequence);
}
