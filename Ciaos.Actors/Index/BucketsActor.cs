using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

// Owns the names of buckets: gives an id to each owner, once and for ever. The names are in the catalog, so its memory
// does not grow with them. Runs on ciaos.index.dispatcher, where waiting for the catalog is allowed. When the journal
// or the catalog fails it stops, and its keeper starts it again.
internal sealed class BucketsActor : ReceivePersistentActor
{
    private const int CacheEntries = 10_000;
    private const int MaxOwnerLength = 256;

    private readonly int _shards;
    private readonly CatalogStore _store;
    private readonly CatalogReaders _readers;
    private readonly TimeProvider _time;
    private readonly LruCache<string, BucketId> _cache = new(CacheEntries);
    private long _appliedSequence;
    private long _lastBucket;
    private IActorRef? _creating;
    private Failed? _failure;
    private bool _isFailureFinal;

    public BucketsActor(IndexSettings settings, CatalogStore store, CatalogReaders readers, TimeProvider time)
    {
        (_shards, _store, _readers, _time) = (settings.Shards, store, readers, time);
        (JournalPluginId, SnapshotPluginId) = (settings.JournalPlugin, "ciaos.catalog-snapshots");
        Recover<SnapshotOffer>(offer => _appliedSequence = offer.Metadata.SequenceNr);
        Recover<IndexCreated>(Apply);
        Recover<BucketCreated>(Apply);
        Recover<RecoveryCompleted>(_ => Serve());
        Command<BucketProtocol.Resolve>(Resolve);
        Command<ShardProtocol.Stop>(_ => Context.Stop(Self));
    }

    public override string PersistenceId => "buckets";

    public static Props Props(IndexSettings settings, CatalogStore store, CatalogReaders readers, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new BucketsActor(settings, store, readers, time))
            .WithDispatcher("ciaos.index.dispatcher");

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        _isFailureFinal = reason is CatalogLayoutException;
        _failure = _isFailureFinal
            ? new Failed(FailReason.Unavailable, reason.Message)
            : IndexFailures.Of("The keeper of buckets could not recover", reason);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        _failure = IndexFailures.Of("The journal could not be written", cause);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Fail(IndexFailures.Of("The journal has refused the event", cause));
    }

    protected override void PostStop()
    {
        if (_failure is not null) Context.Parent.Tell(new ShardProtocol.Failing(_failure, _isFailureFinal));
        _creating?.Tell(_failure ?? new Failed(FailReason.Unavailable, "The keeper of buckets was stopped"));
        base.PostStop();
    }

    /// <exception cref="InvalidDataException">The catalog is ahead of the journal.</exception>
    private void Serve()
    {
        if (_appliedSequence != LastSequenceNr)
            throw new InvalidDataException(
                $"{PersistenceId}: the catalog has applied event {_appliedSequence}, but the journal ends with "
                + $"{LastSequenceNr}: it is not the journal of this catalog");
        _lastBucket = _readers.Read(reader => reader.LastBucket()).Value;
        if (_readers.Read(reader => reader.Shards()) != CatalogSchema.UnknownShards) BeReady();
        else Persist(new IndexCreated(_shards, Micros.Cut(_time.GetUtcNow())), created =>
        {
            Apply(created);
            BeReady();
        });
    }

    private void BeReady() => Context.Parent.Tell(ShardProtocol.Ready.Instance);

    private void Resolve(BucketProtocol.Resolve resolve)
    {
        var owner = resolve.Owner;
        if (owner.Length is 0 or > MaxOwnerLength || owner.Any(letter => letter is < ' ' or > '~'))
        {
            Sender.Tell(new Failed(
                FailReason.Unavailable, $"An owner has 1 to {MaxOwnerLength} printable ASCII characters"));
            return;
        }

        try
        {
            if (Find(owner) is { } bucket) Sender.Tell(new BucketProtocol.Resolved(owner, bucket));
            else if (resolve.Create) Create(owner, Sender);
            else Sender.Tell(new BucketProtocol.NoSuchBucket(owner));
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            Log.Error(failure, "The catalog could not be read");
            Sender.Tell(IndexFailures.Of("The catalog could not be read", failure));
        }
    }

    private BucketId? Find(string owner)
    {
        if (_cache.TryGet(owner, out var known)) return known;
        if (_readers.Read(reader => reader.FindBucket(owner)) is not { } found) return null;
        _cache.Set(owner, found);
        return found;
    }

    // Other commands wait until this one is durable: nobody is given the same id, or another one for the same owner.
    private void Create(string owner, IActorRef client)
    {
        _creating = client;
        Persist(new BucketCreated(new BucketId(_lastBucket + 1), Micros.Cut(_time.GetUtcNow()), owner), created =>
        {
            try
            {
                Apply(created);
                _creating = null;
                client.Tell(new BucketProtocol.Resolved(owner, created.Bucket));
            }
            catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
            {
                Fail(IndexFailures.Of("The catalog could not be written", failure));
            }
        });
    }

    /// <exception cref="CatalogLayoutException">The index was created with another number of shards: most keys would
    /// not be found.</exception>
    private void Apply(IndexCreated created)
    {
        if (created.Shards != _shards) throw CatalogLayoutException.Shards(created.Shards, _shards);
        Apply(new CatalogChange.SetShards(created.Shards));
    }

    private void Apply(BucketCreated created)
    {
        Apply(new CatalogChange.AddBucket(created.Bucket, created.Owner));
        _lastBucket = created.Bucket.Value;
    }

    private void Apply(CatalogChange change)
    {
        _store.Apply([new CatalogBatch(
            PersistenceId, IndexSystem.BucketsShard, _appliedSequence, LastSequenceNr, [change])]);
        _appliedSequence = LastSequenceNr;
    }

    private void Fail(Failed failure)
    {
        _failure = failure;
        Context.Stop(Self);
    }
}
