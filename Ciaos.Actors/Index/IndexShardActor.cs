using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

// Owns its keys: nobody else writes their events or their rows of the catalog. Runs on ciaos.index.dispatcher, where
// waiting for the catalog is allowed. A command is judged at once, journalled with others in one transaction, recorded
// in volumes, and only then answered; commands that come in the meantime are judged by what is under way. The catalog
// is waited for where others than the shard have to find something there; else it follows a little later.
// When the journal or the catalog fails, it stops: whoever waits is told so, its keeper starts it again, and recovery
// applies to the catalog what the journal has and the catalog has not. So nothing is answered that is not durable, and
// nothing durable is lost.
internal sealed class IndexShardActor : ReceivePersistentActor, IWithTimers
{
    // Events that are visible and not in the catalog yet. It hardly ever gets so far behind.
    private const int MaxLag = 10_000;

    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);
    private static readonly Failed Stopped = new(FailReason.Unavailable, "The shard was stopped");

    private readonly StoreMetrics? _metrics;
    private readonly ShardProgress? _progress;
    private readonly ShardContext _shard;
    private readonly ShardStates _states;
    private readonly ShardWrites _writes;
    private readonly ReadTickets _tickets;
    private readonly ContentPurge _purge;
    private readonly EventRecorder _recorder;
    private readonly OutgoingRenames _renames;
    private readonly ShardReads _reads;
    private readonly DeferredCommands _deferred;
    private readonly ClosedBuckets _closed;
    private readonly ShardCommands _commands;
    private readonly ShardRecovery _recovery;
    private Failed? _failure;
    private bool _isFlushQueued;
    private bool _isStopping;

    public IndexShardActor(ShardContext shard)
    {
        (_shard, JournalPluginId, SnapshotPluginId) = (shard, shard.Settings.JournalPlugin, "ciaos.catalog-snapshots");
        var settings = shard.Settings;
        _metrics = shard.Metrics;
        var pages = new SegmentPages(shard.Readers, shard.Shard);
        _states = new ShardStates(
            Math.Max(1, settings.CacheEntries / settings.Shards), shard.Readers, _metrics,
            settings.PackedBytesOfShard, shard.KeyFilters is null ? 0 : settings.KeyFilterBytesOfShard);
        _progress = _metrics?.ProgressOf(shard.Shard);
        _writes = new ShardWrites(
            _states, settings.BatchMaxEvents, settings.BatchMaxSegments, MaxLag, WriteJournal, Answer, HurryCatalog);
        _closed = new ClosedBuckets(shard.Readers);
        _tickets = new ReadTickets(shard.Time, settings.ReadTicketIdle, settings.ReadTicketsMax);
        _purge = new ContentPurge(shard, Self, _states, _tickets);
        _recorder = new EventRecorder(shard, Self, ReadJournal, Log);
        _renames = new OutgoingRenames(shard, Self, pages, _writes, Handle, Log);
        _deferred = new DeferredCommands(_writes, Handle);
        _reads = new ShardReads(shard, _states, _tickets, pages, _deferred);
        _commands = new ShardCommands(shard, _states, _writes, _renames, pages, _closed, _deferred, Self);
        _recovery = new ShardRecovery(shard, _states);

        Recover<SnapshotOffer>(offer => _recovery.Begin(offer.Metadata.SequenceNr));
        Recover<IKeyEvent>(message => _recovery.Replay(message, LastSequenceNr));
        Recover<RecoveryCompleted>(_ => Serve());
        On<IKeyCommand>(command => Handle(command, Sender));
        On<Flush>(_ => FlushGathered());
        On<CatalogProtocol.Applied>(applied => EndApply(applied.ToSequence));
        On<CatalogProtocol.NotApplied>(failed => Fail(failed.Failure));
        On<CatalogProtocol.Purged>(_purge.Continue);
        On<VolumeProtocol.Appended>(_recorder.Stored);
        On<VolumeProtocol.Rejected>(_recorder.Rejected);
        On<VolumeWriting.EventWriter>(_recorder.Use);
        On<JournalPage.Found>(_recorder.Continue);
        On<JournalPage.NotFound>(_recorder.Continue);
        On<RenameProtocol.Accepted>(accepted => _renames.Accepted(accepted, _commands.Now));
        On<RenameProtocol.Refused>(refused => _renames.Refused(refused, _commands.Now));
        On<RenameProtocol.Busy>(busy => _renames.Busy(busy, _commands.Now));
        On<ShardProtocol.CloseBucket>(close => _commands.Close(close, Sender));
        On<ShardProtocol.OpenBucket>(open => _closed.Open(open.Bucket));
        On<ShardProtocol.OpenBuckets>(_ => _closed.OpenAll());
        On<Failed>(_ => { /* The other shard cannot take a rename now: it is asked again. */ });
        On<Tick>(_ => CatchUp());
        On<ShardProtocol.Stop>(_ =>
        {
            _isStopping = true;
            _shard.OpenShards?.Close(_shard.Shard);
            HurryCatalog();
        });
    }

    public override string PersistenceId => _shard.PersistenceId;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(ShardContext shard) =>
        Akka.Actor.Props.Create(() => new IndexShardActor(shard)).WithDispatcher("ciaos.index.dispatcher");

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        _failure = IndexFailures.Of("The shard could not recover", reason);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        _failure = IndexFailures.Of("The journal could not be written", cause);
    }

    // That the journal has not taken an event leaves a hole in the numbers that are foreseen: start again.
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Fail(IndexFailures.Of("The journal has refused the event", cause));
    }

    protected override void PostStop()
    {
        _shard.OpenShards?.Close(_shard.Shard);
        if (_failure is not null) Context.Parent.Tell(new ShardProtocol.Failing(_failure));
        var reply = _failure ?? Stopped;
        foreach (var waiting in _writes.Waiting) waiting.Client?.Tell(reply);
        _renames.FailAll(reply);
        _deferred.FailAll(reply);
        AnswerWhatIsDone();
        base.PostStop();
    }

    private void Serve()
    {
        _recovery.End(LastSequenceNr);
        _writes.Begin(LastSequenceNr);
        _shard.Heads.Advance(_shard.Shard, LastSequenceNr);
        foreach (var state in _shard.Readers.Read(reader => reader.Moving(_shard.Shard))) _renames.Resume(state);
        _purge.Begin();
        _recorder.Begin(_shard.Readers.Read(reader => reader.RecordedSequence(PersistenceId)), LastSequenceNr);
        _progress?.Journalled = LastSequenceNr;
        _progress?.Applied = LastSequenceNr;
        _progress?.Recorded = _recorder.RecordedTo;
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, ShortestOf(_shard.Settings));
        _shard.OpenShards?.Open(_shard.Shard, Self, _states.LookupsBy(ShardLookups.From(_shard.Readers)));
        FillFilter();
        Context.Parent.Tell(ShardProtocol.Ready.Instance);
    }

    private void Handle(IKeyCommand command, IActorRef client)
    {
        if (_isStopping)
        {
            client.Tell(Stopped);
            return;
        }

        try
        {
            if (!_reads.TryHandle(command, client, _renames)) _commands.Handle(command, client);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            Log.Error(failure, "The catalog could not be read");
            _metrics?.Errors.Add(StoreError.Catalog);
            client.Tell(IndexFailures.Of("The catalog could not be read", failure));
        }
        catch (Exception failure)
        {
            // The shard starts again, and nobody else remembers who sent this.
            client.Tell(IndexFailures.Of("The shard has failed", failure));
            throw;
        }
    }

    private void WriteJournal(ShardBatch batch) => PersistAllAsync(batch.Events, _ =>
    {
        if (_writes.Persisted(LastSequenceNr) is not { } durable) return;
        ShardTokens.AddForgetting(_shard, durable);
        _progress?.Journalled = durable.ToSequence;
        _writes.Journalled(durable, isLazy: _shard.Settings.Catalog.CommitDelay > TimeSpan.Zero && !_isStopping);
        _metrics?.Mailboxes.Sent(Mailbox.Catalog);
        _shard.Writer.Tell(new CatalogProtocol.Apply(
            new CatalogBatch(
                PersistenceId, _shard.Shard, durable.FromSequence, durable.ToSequence, durable.Changes,
                _recorder.TakeNote()),
            IsUrgent: !durable.IsLazy));
        _shard.Heads.Advance(_shard.Shard, _writes.VisibleTo);
        _recorder.Record(durable.FromSequence, durable.Events, () => _writes.Recorded(durable));
        _writes.Flush();
    });

    private void ReadJournal(long from, long to) =>
        Context.ActorOf(JournalPage.Props(PersistenceId, _shard.Settings.JournalPlugin, from, to));

    private void FlushGathered()
    {
        _isFlushQueued = false;
        _writes.Flush();
    }

    private void EndApply(long toSequence)
    {
        _progress?.Applied = toSequence;
        _progress?.Recorded = _recorder.RecordedTo;
        _writes.Applied(toSequence);
        _shard.Heads.Advance(_shard.Shard, _writes.VisibleTo);
    }

    // Look-ups show it by now: only then is it told to those who follow, and those who have written it.
    private void Answer(ShardBatch done)
    {
        _shard.Heads.Advance(_shard.Shard, _writes.VisibleTo);
        foreach (var waiting in done.Waiting)
        {
            if (waiting.Then is { } then) then();
            else waiting.Client?.Tell(waiting.Reply!);
        }

        if (done.Changes.Exists(change => change.EndsContents)) BeginPurge();
    }

    // The shard stops, but this much has happened. What is to follow upon it, recovery does.
    private void AnswerWhatIsDone()
    {
        foreach (var waiting in _writes.WaitingForVolumes.Where(waiting => waiting.Then is null))
            waiting.Client?.Tell(waiting.Reply!);
    }

    private void HurryCatalog() => _shard.Writer.Tell(CatalogProtocol.Hurry.Instance);

    private void CatchUp()
    {
        _recorder.Tick();
        _progress?.Recorded = _recorder.RecordedTo;
        _renames.Retry();
        if (_tickets.Expire() > 0 || _purge.HasFailed) BeginPurge();
        FillFilter();
    }

    private void FillFilter()
    {
        if (_shard.KeyFilters is { } filters && _states.BeginFilter() is { } filter)
            filters.Tell(new KeyFilterActor.Fill(_shard.Shard, filter));
    }

    // What cannot be purged now stays for later: nobody waits for it.
    private void BeginPurge()
    {
        try
        {
            _purge.Begin();
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            Log.Warning(failure, "Ended contents could not be looked for");
        }
    }

    private void Fail(Failed failure)
    {
        _failure = failure;
        Context.Stop(Self);
    }

    private void On<T>(Action<T> handler) => Command<T>(message =>
    {
        handler(message);
        if (_writes.NeedsFlush && !_isFlushQueued)
        {
            // It queues behind the commands that are already in the mailbox, so one transaction takes them all.
            _isFlushQueued = true;
            Self.Tell(Flush.Instance);
        }

        if (_isStopping && _writes.IsIdle) StopInOrder();
    });

    private void StopInOrder()
    {
        if (_recorder.TakeNote(isLast: true) is { } recorded)
            _shard.Writer.Tell(new CatalogProtocol.SetRecorded(PersistenceId, recorded));
        Context.Stop(Self);
    }

    private static TimeSpan ShortestOf(IndexSettings settings) =>
        new[] { LongestTick, settings.RenameRetry, settings.RecordTimeout, settings.RecordBackoffMin }.Min();

    private sealed record Flush
    {
        public static readonly Flush Instance = new();
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }
}
