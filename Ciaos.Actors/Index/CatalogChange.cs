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

    public sealed record RemoveObject(KeyName Name) : CatalogChange;

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

    public sealed record AddBucket(BucketId Bucket, string Owner) : CatalogChange;
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
