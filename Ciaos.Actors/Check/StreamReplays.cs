using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Check;

/// <summary>What the events of a stream do.</summary>
internal interface IStreamReplay
{
    /// <summary>Why such an event cannot stand in this stream, whatever was before it; null where it can.</summary>
    string? Objection(object message);

    /// <exception cref="InvalidDataException">It cannot follow upon what was before; it counts as skipped.</exception>
    void Apply(object message, long number);

    /// <summary>There is no event that could be applied under this number.</summary>
    void Skip(long number);

    /// <summary>What was applied up to now is wanted in the catalog.</summary>
    void End();
}

/// <summary>The events of a shard.</summary>
internal sealed class ShardStream : IStreamReplay
{
    private static readonly ObjectKey Unknown = ObjectKey.Create("unknown");

    private readonly int _shard;
    private readonly int _shards;
    private readonly CheckNotes _notes;
    private readonly ShardRecovery _recovery;
    private long _last;

    public ShardStream(int shard, ScratchCatalog catalog, CheckNotes notes, int shards)
    {
        (_shard, _notes, _shards) = (shard, notes, shards);
        _recovery = new ShardRecovery(catalog.ContextOf(shard), catalog.NewStates());
        _recovery.Begin(0);
    }

    public string? Objection(object message) => message switch
    {
        ObjectLost => null,
        IKeyEvent about when OwnerOf(about) is var owner && owner != _shard =>
            FormattableString.Invariant($"its key belongs to shard {owner}"),
        IKeyEvent => null,
        _ => "it is no event of a shard",
    };

    public void Apply(object message, long number)
    {
        switch (message)
        {
            case ObjectPut put:
                _notes.AddUsed(put.Segments);
                break;
            case ObjectAppended appended:
                _notes.AddUsed(appended.Segments);
                break;
            case ObjectVersionPut put:
                _notes.AddUsed(put.Segments);
                break;
            case UploadPartPut part:
                _notes.AddUsed(part.Segments);
                break;
            case UploadCompleted completed:
                foreach (var run in completed.Content.Runs) _notes.AddUsed(SegmentCodec.Decode(run.Encoded.Span));
                break;
            case ObjectRenamedTo to:
                _notes.AddFinished(new RenameId(_shard, to.StartedSequence));
                break;
        }

        Replay((IKeyEvent)message, number);
    }

    public void Skip(long number) =>
        Replay(new ObjectLost(new BucketId(0), Unknown, DateTimeOffset.UnixEpoch), number);

    public void End() => _recovery.End(_last);

    private int OwnerOf(IKeyEvent message) => new ShardLayout(_shards).ShardOf(message.Bucket, message.Key);

    private void Replay(IKeyEvent message, long number)
    {
        _last = number;
        _recovery.Replay(message, number);
    }
}

/// <summary>The events of the keeper of buckets: the first makes the index, and each that makes a bucket gives out the
/// next number, or that of one whose event was lost.</summary>
internal sealed class BucketsStream(ScratchCatalog catalog) : IStreamReplay
{
    private readonly ShardContext _context = catalog.ContextOf(IndexSystem.BucketsShard);

    public string? Objection(object message) =>
        message is IndexCreated or IBucketEvent or BucketEventLost ? null : "it is no event of the keeper of buckets";

    public void Apply(object message, long number)
    {
        if (Contradiction(message, number) is { } contradiction)
        {
            Skip(number);
            throw new InvalidDataException(contradiction);
        }

        try
        {
            Change(number, BucketApplication.Apply((IIndexEvent)message, number, Find));
        }
        catch (InvalidDataException)
        {
            Skip(number);
            throw;
        }
    }

    public void Skip(long number) => Change(number, []);

    public void End()
    {
        // Each event is applied at once.
    }

    private string? Contradiction(object message, long number) => message switch
    {
        IndexCreated => number == 1 ? null : "only the first event makes the index",
        BucketCreated created => Contradiction(created.Bucket, created.Owner),
        BucketMade made => Contradiction(made.Bucket, made.Name),
        _ => null,
    };

    private string? Contradiction(BucketId bucket, string name) => catalog.Readers.Read(reader =>
        reader.Buckets.Find(bucket) is not null || reader.Buckets.WasDeleted(bucket)
            ? FormattableString.Invariant($"it gives out bucket {bucket.Value}, which is given out already")
            : reader.Buckets.Find(name) is { } known
                ? FormattableString.Invariant($"its name has bucket {known.Id.Value} already")
                : null);

    private BucketProtocol.BucketInfo? Find(BucketId bucket) =>
        catalog.Readers.Read(reader => reader.Buckets.Find(bucket));

    private void Change(long number, IReadOnlyList<CatalogChange> changes) => _context.Store.Apply(
        [new CatalogBatch(_context.PersistenceId, _context.Shard, number - 1, number, changes)]);
}
