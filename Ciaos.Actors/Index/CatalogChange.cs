using System.Collections.Immutable;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>What an event means for the catalog.</summary>
internal abstract record CatalogChange
{
    private CatalogChange()
    {
    }

    /// <summary>Write the object's row, new or not.</summary>
    public sealed record SetObject(ObjectState State) : CatalogChange;

    /// <param name="IsMarker">What the row holds is a delete marker: a key could have been one, and an object, within
    /// one batch.</param>
    public sealed record RemoveObject(KeyName Name, bool IsMarker) : CatalogChange;

    public sealed record AddRuns(long ContentSequence, ImmutableArray<SegmentRun> Runs) : CatalogChange;

    /// <summary>No object has this content any more: its rows may go, once no reader needs them.</summary>
    public sealed record EndContent(long ContentSequence) : CatalogChange;

    /// <summary>The object of that rename is here: its old key is not listed any more, and the same rename is not done
    /// twice.</summary>
    public sealed record AddArrival(RenameId Rename) : CatalogChange;

    /// <summary>The other shard has forgotten the old key and will not ask again.</summary>
    public sealed record ForgetArrival(RenameId Rename) : CatalogChange;

    /// <summary>The index has so many shards, for ever.</summary>
    public sealed record SetShards(int Shards) : CatalogChange;

    /// <summary>So many more objects, and bytes, are in the bucket; negative: fewer.</summary>
    /// <param name="IsMove">What goes here comes back elsewhere: its bytes are not dead.</param>
    public sealed record AddUsage(BucketId Bucket, long Objects, long Bytes, bool IsMove = false) : CatalogChange;

    /// <summary>A row that was the object's is an older version now.</summary>
    /// <param name="State">Its record says since when.</param>
    public sealed record AddVersion(ObjectState State) : CatalogChange;

    /// <summary>An older version is gone: its content ends, and it does not count as used any more.</summary>
    public sealed record RemoveVersion(KeyName Name, long ContentSequence) : CatalogChange;

    /// <summary>An older version is the object's row now.</summary>
    public sealed record TakeVersion(KeyName Name, long ContentSequence) : CatalogChange;

    /// <param name="Sequence">The event that has changed it.</param>
    public sealed record ChangeVersion(
        KeyName Name, long ContentSequence, ImmutableSortedDictionary<string, string> Metadata, long Sequence)
        : CatalogChange;

    public sealed record AddUpload(IndexProtocol.UploadRecord Upload) : CatalogChange;

    /// <summary>A part; that of the same number, if there is one, is gone, and its content ends.</summary>
    /// <param name="Inline">As <see cref="ObjectState.Inline"/>.</param>
    public sealed record SetPart(
        IndexProtocol.UploadId Upload, IndexProtocol.PartRecord Part, ObjectId Id, long SegmentCount,
        ReadOnlyMemory<byte> Inline) : CatalogChange;

    /// <summary>The upload and all its parts are gone, and their contents end.</summary>
    public sealed record EndUpload(KeyName Name, IndexProtocol.UploadId Upload) : CatalogChange;

    /// <summary>A write with a token.</summary>
    public sealed record Remember(RememberedWrite Write) : CatalogChange;

    /// <summary>Some of the shard's writes with tokens, the oldest of those that happened before.</summary>
    public sealed record Forget(DateTimeOffset Before, int MaxRows) : CatalogChange;

    /// <summary>A new bucket, or another configuration of one.</summary>
    public sealed record SetBucket(BucketProtocol.BucketInfo Bucket) : CatalogChange;

    /// <summary>The bucket is gone. Its id stays known, so that it is not used again.</summary>
    public sealed record EndBucket(BucketId Bucket) : CatalogChange;

    /// <summary>After it there may be rows of ended contents to remove.</summary>
    public bool EndsContents => this is EndContent or RemoveVersion or SetPart or EndUpload;
}

/// <summary>Changes that become visible together.</summary>
/// <param name="PersistenceId">Whose journal they come from.</param>
/// <param name="FromSequence">The last event that the catalog has applied before. Any other is an error: it would mean
/// that an event is lost, or applied twice.</param>
/// <param name="ToSequence">The last event that it has applied then.</param>
/// <param name="RecordedTo">All events up to this one are in volumes too; null: nothing new to note.</param>
internal sealed record CatalogBatch(
    string PersistenceId, int Shard, long FromSequence, long ToSequence, IReadOnlyList<CatalogChange> Changes,
    long? RecordedTo = null);
