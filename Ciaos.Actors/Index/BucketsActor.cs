using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;
using Origin = Ciaos.Actors.Identity.IdentityProtocol.Origin;

namespace Ciaos.Actors.Index;

// Owns the buckets: their names, each of which it gives an id that is never given again, their owners and
// configuration. They are in the catalog, so its memory does not grow with them. Runs on ciaos.index.dispatcher, where
// waiting for the catalog is allowed. When the journal or the catalog fails it stops, and its keeper starts it again.
// Commands on a name come one after the other: while one is under way the others wait. As with shards, nobody is told
// of a change before its event is recorded in volumes too, or that fails.
internal sealed class BucketsActor : ReceivePersistentActor, IWithTimers
{
    private const int CacheEntries = 10_000;
    private const int MaxNameLength = 256;

    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly ShardContext _context;
    private readonly EventRecorder _recorder;
    private readonly BucketRemovals _removals;
    private readonly LruCache<string, BucketInfo?> _cache = new(CacheEntries);
    private readonly Dictionary<string, UnderWay> _underWay = new(StringComparer.Ordinal);
    private readonly Queue<BucketInfo> _settling = new();
    private long _appliedSequence;
    private long _lastBucket;
    private Failed? _failure;
    private bool _isFailureFinal;
    private bool _isStopping;

    public BucketsActor(ShardContext context)
    {
        _context = context;
        (JournalPluginId, SnapshotPluginId) = (context.Settings.JournalPlugin, "ciaos.catalog-snapshots");
        _recorder = new EventRecorder(context, Self, ReadJournal, Log);
        _removals = new BucketRemovals(context, Self, RemoveClosed, bucket => Answer(
            bucket.Name, new Failed(FailReason.Unavailable, "A shard did not close the bucket in time")));
        Recover<SnapshotOffer>(offer => _appliedSequence = offer.Metadata.SequenceNr);
        Recover<IIndexEvent>(Apply);
        Recover<RecoveryCompleted>(_ => Serve());
        Command<ICommand>(command => Take(command, Sender));
        Command<CatalogProtocol.Settled>(settled => RemoveSettled(_settling.Dequeue(), settled.Failure));
        Command<ShardProtocol.BucketClosed>(_removals.Closed);
        Command<Failed>(_ => { /* A shard does not serve now: the removal is given up in time. */ });
        Command<VolumeProtocol.Appended>(stored => Recorded(() => _recorder.Stored(stored)));
        Command<VolumeProtocol.Rejected>(rejected => Recorded(() => _recorder.Rejected(rejected)));
        Command<VolumeWriting.EventWriter>(_recorder.Use);
        Command<JournalPage.Found>(_recorder.Continue);
        Command<JournalPage.NotFound>(_recorder.Continue);
        Command<Tick>(_ => Recorded(() =>
        {
            _recorder.Tick();
            _removals.Tick();
        }));
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
        foreach (var underWay in _underWay.Values) End(underWay);
        base.PostStop();
    }

    /// <exception cref="InvalidDataException">The catalog is ahead of the journal.</exception>
    private void Serve()
    {
        if (_appliedSequence != LastSequenceNr)
            throw new InvalidDataException(
                $"{PersistenceId}: the catalog has applied event {_appliedSequence}, but the journal ends with "
                + $"{LastSequenceNr}: it is not the journal of this catalog");
        _lastBucket = Readers.Read(reader => reader.Buckets.Last()).Value;
        _recorder.Begin(Readers.Read(reader => reader.RecordedSequence(PersistenceId)), LastSequenceNr);
        var tick = new[] { LongestTick, _context.Settings.RecordTimeout, _context.Settings.RecordBackoffMin }.Min();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, tick);
        if (Readers.Read(reader => reader.Shards()) != CatalogSchema.UnknownShards)
        {
            _removals.Reset();
            BeReady();
            return;
        }

        Persist(new IndexCreated(_context.Settings.Shards, Now), created =>
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

    private void Take(ICommand command, IActorRef client)
    {
        if (_isStopping)
        {
            client.Tell(new Failed(FailReason.Unavailable, "The keeper of buckets was stopped"));
            return;
        }

        if (_underWay.TryGetValue(command.Name, out var underWay))
        {
            underWay.Waiting.Enqueue((command, client));
            return;
        }

        try
        {
            Handle(command, client);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            Log.Error(failure, "The catalog could not be read");
            client.Tell(IndexFailures.Of("The catalog could not be read", failure));
        }
    }

    private void Handle(ICommand command, IActorRef client)
    {
        if (!IsName(command.Name))
        {
            client.Tell(command is Get
                ? new NoSuchBucket(command.Name)
                : new Failed(
                    FailReason.Unavailable,
                    $"An owner, or the name of a bucket, has 1 to {MaxNameLength} printable ASCII characters"));
            return;
        }

        var bucket = Find(command.Name);
        switch (command)
        {
            case Resolve resolve:
                Resolve(resolve, bucket, client);
                break;
            case Create create:
                Create(create, bucket, client);
                break;
            case Get when bucket is not null:
                client.Tell(new Got(bucket));
                break;
            case Configure or Remove when bucket is not null:
                Change(command, bucket, client);
                break;
            default:
                client.Tell(new NoSuchBucket(command.Name));
                break;
        }
    }

    private void Resolve(Resolve resolve, BucketInfo? bucket, IActorRef client)
    {
        if (bucket?.Owner == resolve.Owner)
            client.Tell(new Resolved(bucket));
        else if (!resolve.Create)
            client.Tell(new NoSuchBucket(resolve.Owner));
        else if (bucket is not null)
            client.Tell(new Failed(FailReason.NotAllowed, $"The bucket {resolve.Owner} belongs to somebody else"));
        else
            Write(
                resolve.Owner, new BucketCreated(NewBucket(), Now, resolve.Owner), made => new Resolved(made), client);
    }

    private void Create(Create create, BucketInfo? bucket, IActorRef client)
    {
        if (bucket is not null)
            client.Tell(new Exists(bucket));
        else if (!IsName(create.Owner))
            client.Tell(new Failed(FailReason.NotAllowed, "This cannot be the name of an owner"));
        else
            Write(
                create.Name, new BucketMade(NewBucket(), Now, create.Name, create.Owner, create.Config)
                {
                    Audit = AuditOf(create.By, create.Name),
                },
                made => new Created(made), client);
    }

    private void Change(ICommand command, BucketInfo bucket, IActorRef client)
    {
        if (command is Configure configure)
        {
            if (configure.IfVersion is { } version && version != bucket.Version)
                client.Tell(new Conflict(bucket));
            else
                Write(
                    bucket.Name,
                    new BucketConfigured(bucket.Id, Now, configure.Changes)
                    {
                        Audit = AuditOf(configure.By, bucket.Name),
                    },
                    changed => new Configured(changed), client);
        }
        else
        {
            _underWay.Add(bucket.Name, new UnderWay(client) { By = ((Remove)command).By });
            _settling.Enqueue(bucket);
            _context.Writer.Tell(CatalogProtocol.Settle.Instance, Self);
        }
    }

    // A bucket with anything in it is not closed, not even for a moment. What was deleted just now may have been in the
    // catalog still: that is why it had to catch up first.
    private void RemoveSettled(BucketInfo bucket, Failed? lack)
    {
        if (WhyNot(bucket) is not { } refusal) _removals.Begin(bucket);
        else Answer(bucket.Name, refusal is NotEmpty ? lack ?? refusal : refusal);
    }

    /// <returns>Null: it is empty.</returns>
    private object? WhyNot(BucketInfo bucket)
    {
        try
        {
            return IsEmpty(bucket.Id) ? null : new NotEmpty(bucket.Name);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            return IndexFailures.Of("The catalog could not be read", failure);
        }
    }

    private void RemoveClosed(BucketInfo bucket)
    {
        if (WhyNot(bucket) is { } refusal)
        {
            _removals.End(bucket.Id);
            Answer(bucket.Name, refusal);
            return;
        }

        var by = _underWay[bucket.Name].By;
        var ended = new BucketDeleted(bucket.Id, Now) { Audit = AuditOf(by, bucket.Name) };
        Persist(ended, deleted => Applied(deleted, () =>
        {
            _removals.End(bucket.Id);
            _cache.Set(bucket.Name, null);
            var version = LastSequenceNr;
            Record(deleted, bucket.Name, new Removed(bucket.Name, version));
        }));
    }

    // Other commands wait until this one is durable: nobody is given the same id, or another one for the same name.
    private void Write(string name, IBucketEvent message, Func<BucketInfo, object> reply, IActorRef client)
    {
        _underWay.Add(name, new UnderWay(client));
        Persist(message, written => Applied(written, () =>
        {
            var bucket = Readers.Read(reader => reader.Buckets.Find(written.Bucket))!;
            _cache.Set(name, bucket);
            Record(written, name, reply(bucket));
        }));
    }

    private void Applied(IIndexEvent message, Action then)
    {
        try
        {
            Apply(message);
            then();
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            Fail(IndexFailures.Of("The catalog could not be written", failure));
        }
    }

    private void Record(IIndexEvent message, string name, object reply)
    {
        _underWay[name].Done = reply;
        _recorder.Record(LastSequenceNr - 1, [message], () => Answer(name, reply));
    }

    private void Answer(string name, object reply)
    {
        if (!_underWay.Remove(name, out var underWay)) return;
        underWay.Client.Tell(reply);
        foreach (var (command, client) in underWay.Waiting) Take(command, client);
    }

    private BucketInfo? Find(string name)
    {
        if (_cache.TryGet(name, out var known)) return known;
        if (Readers.Read(reader => reader.Buckets.Find(name)) is not { } found) return null;
        _cache.Set(name, found);
        return found;
    }

    private bool IsEmpty(BucketId bucket) => Readers.Read(reader => reader.Buckets.IsEmpty(bucket));

    private static BucketAudit? AuditOf(Origin? by, string name) => by is null ? null : new BucketAudit(by, name);

    private BucketId NewBucket() => new(++_lastBucket);

    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.Any(letter => letter is < ' ' or > '~');

    /// <exception cref="CatalogLayoutException">The index was created with another number of shards: most keys would
    /// not be found.</exception>
    private void Apply(IIndexEvent message)
    {
        var shards = _context.Settings.Shards;
        if (message is IndexCreated created && created.Shards != shards)
            throw CatalogLayoutException.Shards(created.Shards, shards);
        var changes = BucketApplication.Apply(
            message, LastSequenceNr, id => Readers.Read(reader => reader.Buckets.Find(id)));
        _context.Store.Apply([new CatalogBatch(
            PersistenceId, _context.Shard, _appliedSequence, LastSequenceNr, changes)]);
        _appliedSequence = LastSequenceNr;
        if (message is BucketCreated or BucketMade)
            _lastBucket = Math.Max(_lastBucket, ((IBucketEvent)message).Bucket.Value);
    }

    private void Fail(Failed failure)
    {
        _failure = failure;
        Context.Stop(Self);
    }

    // What is in the journal and in the catalog has happened.
    private void End(UnderWay underWay)
    {
        var reply = _failure ?? new Failed(FailReason.Unavailable, "The keeper of buckets was stopped");
        underWay.Client.Tell(underWay.Done ?? reply);
        foreach (var (_, client) in underWay.Waiting) client.Tell(reply);
    }

    // A command on a name that is not answered yet, and those that came since.
    private sealed record UnderWay(IActorRef Client)
    {
        /// <summary>The answer, when it has happened and only waits for volumes.</summary>
        public object? Done { get; set; }

        /// <summary>Who wants the bucket to be removed.</summary>
        public Origin? By { get; init; }

        public Queue<(ICommand Command, IActorRef Client)> Waiting { get; } = new();
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
