using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

// Owns the names of buckets: gives an id to each owner, once and for ever. The names are in the catalog, so its memory
// does not grow with them. Runs on ciaos.index.dispatcher, where waiting for the catalog is allowed. When the journal
// or the catalog fails it stops, and its keeper starts it again. As with shards, nobody is told of a bucket before its
// event is recorded in volumes too, or that fails.
internal sealed class BucketsActor : ReceivePersistentActor, IWithTimers
{
    private const int CacheEntries = 10_000;
    private const int MaxOwnerLength = 256;

    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly ShardContext _context;
    private readonly EventRecorder _recorder;
    private readonly LruCache<string, BucketId> _cache = new(CacheEntries);
    private readonly Dictionary<string, Recording> _recording = new(StringComparer.Ordinal);
    private long _appliedSequence;
    private long _lastBucket;
    private IActorRef? _creating;
    private Failed? _failure;
    private bool _isFailureFinal;
    private bool _isStopping;

    public BucketsActor(ShardContext context)
    {
        _context = context;
        (JournalPluginId, SnapshotPluginId) = (context.Settings.JournalPlugin, "ciaos.catalog-snapshots");
        _recorder = new EventRecorder(context, Self, ReadJournal, Log);
        Recover<SnapshotOffer>(offer => _appliedSequence = offer.Metadata.SequenceNr);
        Recover<IndexCreated>(Apply);
        Recover<BucketCreated>(Apply);
        Recover<RecoveryCompleted>(_ => Serve());
        Command<BucketProtocol.Resolve>(Resolve);
        Command<BucketProtocol.ICommand>(_ =>
            Sender.Tell(new Failed(FailReason.Unavailable, "not built yet")));
        Command<VolumeProtocol.Appended>(stored => Recorded(() => _recorder.Stored(stored.Needle)));
        Command<VolumeProtocol.Rejected>(rejected => Recorded(() => _recorder.Rejected(rejected)));
        Command<VolumeWriting.EventWriter>(_recorder.Use);
        Command<JournalPage.Found>(_recorder.Continue);
        Command<JournalPage.NotFound>(_recorder.Continue);
        Command<Tick>(_ => Recorded(_recorder.Tick));
        Command<ShardProtocol.Stop>(_ => Recorded(() => _isStopping = true));
    }

    public override string PersistenceId => _context.PersistenceId;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ShardContext context) =>
        Akka.Actor.Props.Create(() => new BucketsActor(context)).WithDispatcher("ciaos.index.dispatcher");

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
        foreach (var owner in _recording.Keys.ToList()) Answer(owner);
        base.PostStop();
    }

    /// <exception cref="InvalidDataException">The catalog is ahead of the journal.</exception>
    private void Serve()
    {
        if (_appliedSequence != LastSequenceNr)
            throw new InvalidDataException(
                $"{PersistenceId}: the catalog has applied event {_appliedSequence}, but the journal ends with "
                + $"{LastSequenceNr}: it is not the journal of this catalog");
        _lastBucket = Readers.Read(reader => reader.LastBucket()).Value;
        _recorder.Begin(Readers.Read(reader => reader.RecordedSequence(PersistenceId)), LastSequenceNr);
        var tick = new[] { LongestTick, _context.Settings.RecordTimeout, _context.Settings.RecordBackoffMin }.Min();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, tick);
        if (Readers.Read(reader => reader.Shards()) != CatalogSchema.UnknownShards) BeReady();
        else Persist(new IndexCreated(_context.Settings.Shards, Now), created =>
        {
            Apply(created);
            _recorder.Record(LastSequenceNr - 1, [created], () => { });
            BeReady();
        });
    }

    private CatalogReaders Readers => _context.Readers;

    private DateTimeOffset Now => Micros.Cut(_context.Time.GetUtcNow());

    private void ReadJournal(long from, long to) =>
        Context.ActorOf(JournalPage.Props(PersistenceId, JournalPluginId!, from, to));

    private void Answer(string owner)
    {
        if (!_recording.Remove(owner, out var recording)) return;
        foreach (var client in recording.Waiting) client.Tell(new BucketProtocol.Resolved(InfoOf(owner, recording.Bucket)));
    }

    // What volumes said may be all that an orderly stop was waiting for.
    private void Recorded(Action action)
    {
        action();
        if (!_isStopping || !_recorder.IsIdle) return;
        if (_recorder.TakeNote(isLast: true) is { } recorded)
            _context.Writer.Tell(new CatalogProtocol.SetRecorded(PersistenceId, recorded));
        Context.Stop(Self);
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
            if (_recording.TryGetValue(owner, out var recording)) recording.Waiting.Add(Sender);
            else if (Find(owner) is { } bucket) Sender.Tell(new BucketProtocol.Resolved(InfoOf(owner, bucket)));
            else if (resolve.Create) Create(owner, Sender);
            else Sender.Tell(new BucketProtocol.NoSuchBucket(owner));
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            Log.Error(failure, "The catalog could not be read");
            Sender.Tell(IndexFailures.Of("The catalog could not be read", failure));
        }
    }

    private static BucketProtocol.BucketInfo InfoOf(string owner, BucketId bucket) => new(
        bucket, owner, owner, DateTimeOffset.UnixEpoch, ObjectMetadata.None, 1);

    private BucketId? Find(string owner)
    {
        if (_cache.TryGet(owner, out var known)) return known;
        if (Readers.Read(reader => reader.FindBucket(owner)) is not { } found) return null;
        _cache.Set(owner, found);
        return found;
    }

    // Other commands wait until this one is durable: nobody is given the same id, or another one for the same owner.
    private void Create(string owner, IActorRef client)
    {
        _creating = client;
        Persist(new BucketCreated(new BucketId(_lastBucket + 1), Now, owner), created =>
        {
            try
            {
                Apply(created);
                _creating = null;
                _recording.Add(owner, new Recording(created.Bucket, [client]));
                _recorder.Record(LastSequenceNr - 1, [created], () => Answer(owner));
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
        var shards = _context.Settings.Shards;
        if (created.Shards != shards) throw CatalogLayoutException.Shards(created.Shards, shards);
        Apply(new CatalogChange.SetShards(created.Shards));
    }

    private void Apply(BucketCreated created)
    {
        Apply(new CatalogChange.AddBucket(created.Bucket, created.Owner));
        _lastBucket = created.Bucket.Value;
    }

    private void Apply(CatalogChange change)
    {
        _context.Store.Apply([new CatalogBatch(
            PersistenceId, _context.Shard, _appliedSequence, LastSequenceNr, [change])]);
        _appliedSequence = LastSequenceNr;
    }

    private void Fail(Failed failure)
    {
        _failure = failure;
        Context.Stop(Self);
    }

    // A bucket whose event is on its way into volumes.
    private sealed record Recording(BucketId Bucket, List<IActorRef> Waiting);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
