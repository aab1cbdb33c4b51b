using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Persistence;

/// <summary>
/// An actor whose state is the sum of its events. It starts by replaying them (from the latest snapshot on); commands
/// wait until that is done. A command persists events, and changes the state in their handlers, which run once the
/// journal has stored them.
/// <para>
/// Phases: recovering (see RecoveryProcess), processing commands, and persisting events, in which commands are stashed.
/// </para>
/// <para>A write that fails stops the actor: whether the event is stored is then unknown, and so is its state.</para>
/// </summary>
public abstract class Eventsourced : ActorBase, IPersistentIdentity, IPersistenceStash, IPersistenceRecovery
{
    /// <summary>What the journal says to an earlier incarnation means nothing to the next one.</summary>
    public static readonly Func<Envelope, bool> UnstashFilterPredicate =
        envelope => envelope.Message is not (WriteMessageSuccess or ReplayedMessage);

    private static int _instances;

    private readonly int _instanceId = Interlocked.Increment(ref _instances);
    private readonly IStash _internalStash;
    private readonly Receive _recoverBehaviour;
    private readonly PendingPersists _pending;
    private readonly RecoveryProcess _recovery;
    private IStash? _stash;
    private IActorRef? _journal;
    private IActorRef? _snapshotStore;
    private Phase _phase;
    private bool _asyncTaskRunning;

    protected Eventsourced()
    {
        Extension = Persistence.Instance.Apply(Context.System);
        Log = Context.GetLogger();
        _pending = new PendingPersists(_instanceId);
        _internalStash = Context.CreateStash(GetType());
        _recoverBehaviour = ReceiveRecovered;
        _recovery = new RecoveryProcess(this, Context, Extension);
    }

    private enum Phase
    {
        Recovering,
        ProcessingCommands,
        PersistingEvents,
    }

    /// <summary>Unique over all persistent actors that share a journal, and the same at every start.</summary>
    public abstract string PersistenceId { get; }

    public virtual Recovery Recovery => Recovery.Default;

    public virtual IStashOverflowStrategy InternalStashOverflowStrategy =>
        Extension.DefaultInternalStashOverflowStrategy;

    public IStash Stash
    {
        get => _stash!;
        set => _stash = new InternalStashAwareStash(value, _internalStash);
    }

    public string? JournalPluginId { get; protected set; }

    public string? SnapshotPluginId { get; protected set; }

    public IActorRef Journal => _journal ??= Extension.JournalFor(JournalPluginId!);

    public IActorRef SnapshotStore => _snapshotStore ??= Extension.SnapshotStoreFor(SnapshotPluginId!);

    public string SnapshotterId => PersistenceId;

    /// <summary>True until the last event has been replayed; the handler of RecoveryCompleted may persist.</summary>
    public bool IsRecovering => !_recovery.IsReplayed;

    public bool IsRecoveryFinished => !IsRecovering;

    /// <summary>Number of the last event that was replayed, or whose persisting was reported; 0 if none.</summary>
    public long LastSequenceNr { get; private set; }

    public long SnapshotSequenceNr => LastSequenceNr;

    protected PersistenceExtension Extension { get; }

    protected virtual ILoggingAdapter Log { get; }

    public void LoadSnapshot(string persistenceId, SnapshotSelectionCriteria criteria, long toSequenceNr) =>
        SnapshotStore.Tell(new LoadSnapshot(persistenceId, criteria, toSequenceNr), Self);

    /// <summary>Answered by SaveSnapshotSuccess or SaveSnapshotFailure.</summary>
    public void SaveSnapshot(object snapshot) => SnapshotStore.Tell(
        new SaveSnapshot(new SnapshotMetadata(SnapshotterId, SnapshotSequenceNr, Extension.UtcNow), snapshot), Self);

    /// <summary>Answered by DeleteSnapshotSuccess or DeleteSnapshotFailure.</summary>
    public void DeleteSnapshot(long sequenceNr) => SnapshotStore.Tell(
        new DeleteSnapshot(new SnapshotMetadata(SnapshotterId, sequenceNr, SnapshotMetadata.TimestampNotSpecified)),
        Self);

    /// <summary>Answered by DeleteSnapshotsSuccess or DeleteSnapshotsFailure.</summary>
    public void DeleteSnapshots(SnapshotSelectionCriteria criteria) =>
        SnapshotStore.Tell(new DeleteSnapshots(SnapshotterId, criteria), Self);

    /// <summary>Answered by DeleteMessagesSuccess or DeleteMessagesFailure. Numbers are never used again.</summary>
    public void DeleteMessages(long toSequenceNr) =>
        Journal.Tell(new DeleteMessagesTo(PersistenceId, toSequenceNr, Self), Self);

    /// <summary>
    /// Stores the event, then calls the handler; commands wait meanwhile. In the handler, Sender is the sender of
    /// the command.
    /// </summary>
    public void Persist<TEvent>(TEvent @event, Action<TEvent> handler)
    {
        ThrowIfReplaying();
        _pending.Add(PersistenceId, Sender, @event, handler, stashing: true);
    }

    /// <summary>Stores the events together or not at all, then calls the handler for each, in order.</summary>
    public void PersistAll<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
    {
        ThrowIfReplaying();
        if (events is null) return;
        _pending.AddAll(PersistenceId, Sender, events, handler, stashing: true);
    }

    /// <summary>Like Persist, but commands do not wait.</summary>
    public void PersistAsync<TEvent>(TEvent @event, Action<TEvent> handler)
    {
        ThrowIfReplaying();
        _pending.Add(PersistenceId, Sender, @event, handler, stashing: false);
    }

    /// <summary>Like PersistAll, but commands do not wait.</summary>
    public void PersistAllAsync<TEvent>(IEnumerable<TEvent> events, Action<TEvent> handler)
    {
        ThrowIfReplaying();
        _pending.AddAll(PersistenceId, Sender, events, handler, stashing: false);
    }

    /// <summary>
    /// Calls the handler after those of everything persisted so far: at once, if there is none. Nothing is stored.
    /// </summary>
    public void DeferAsync<TEvent>(TEvent evt, Action<TEvent> handler)
    {
        ThrowIfReplaying();
        if (_pending.IsEmpty) handler(evt);
        else _pending.AddDeferred(Sender, evt, handler, stashing: false);
    }

    public override void AroundPreStart()
    {
        if (PersistenceId is null)
            throw new ArgumentNullException($"PersistenceId is [null] for PersistentActor [{Self.Path}]");

        // A plug-in that is missing should fail the start, not the first command.
        _ = Journal;
        _ = SnapshotStore;
        _recovery.Begin();
        base.AroundPreStart();
    }

    public override void AroundPreRestart(Exception cause, object message)
    {
        try
        {
            UnstashEverything();
        }
        finally
        {
            var inner = message switch
            {
                WriteMessageSuccess written => written.Persistent,
                LoopMessageSuccess looped => looped.Message,
                ReplayedMessage replayed => replayed.Persistent,
                _ => message,
            };
            _pending.Flush(Journal, Self);
            base.AroundPreRestart(cause, inner);
        }
    }

    public override void AroundPostRestart(Exception reason, object message)
    {
        _recovery.Begin();
        base.AroundPostRestart(reason, message);
    }

    public override void AroundPostStop()
    {
        try
        {
            UnstashEverything();
        }
        finally
        {
            base.AroundPostStop();
        }
    }

    internal void StashInternally(object message)
    {
        try
        {
            _internalStash.Stash();
        }
        catch (StashOverflowException)
            when (InternalStashOverflowStrategy is DiscardToDeadLetterStrategy or ReplyToStrategy)
        {
            OnInternalStashOverflow(message);
        }
    }

    /// <summary>A snapshot that the recovery handler does not take is as good as none.</summary>
    internal void ApplySnapshot(SelectedSnapshot snapshot)
    {
        var before = LastSequenceNr;
        LastSequenceNr = snapshot.Metadata.SequenceNr;
        var offer = new SnapshotOffer(snapshot.Metadata, snapshot.Snapshot);
        if (!base.AroundReceive(_recoverBehaviour, offer)) LastSequenceNr = before;
    }

    internal void ApplyReplayed(IPersistentRepresentation @event)
    {
        UpdateLastSequenceNr(@event);
        base.AroundReceive(_recoverBehaviour, @event);
    }

    internal void SetHighestSequenceNr(long sequenceNr)
    {
        OnReplaySuccess();
        _pending.LastAssignedSequenceNr = sequenceNr;
        LastSequenceNr = sequenceNr;
    }

    /// <summary>Commands are taken from here on, even if the handler of RecoveryCompleted fails.</summary>
    internal void CompleteRecovery()
    {
        try
        {
            base.AroundReceive(_recoverBehaviour, RecoveryCompleted.Instance);
        }
        finally
        {
            _pending.Flush(Journal, Self);
            _phase = _pending.HoldsBackCommands ? Phase.PersistingEvents : Phase.ProcessingCommands;
            if (_phase == Phase.ProcessingCommands) _internalStash.UnstashAll();
        }
    }

    internal void FailRecovery(Exception cause, object? message)
    {
        try
        {
            OnRecoveryFailure(cause, message);
        }
        finally
        {
            Context.Stop(Self);
        }
    }

    protected abstract bool ReceiveRecover(object message);

    protected abstract bool ReceiveCommand(object message);

    protected virtual void OnReplaySuccess()
    {
    }

    /// <summary>The actor stops after this call.</summary>
    /// <param name="message">The event that could not be applied, if it was that.</param>
    protected virtual void OnRecoveryFailure(Exception reason, object? message = null) =>
        PersistenceLog.RecoveryFailed(Log, reason, message, LastSequenceNr, PersistenceId);

    /// <summary>The actor stops after this call; whether the event is stored is unknown.</summary>
    protected virtual void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        PersistenceLog.PersistFailed(Log, cause, @event, sequenceNr, PersistenceId);

    /// <summary>The event is not stored, its handler will not be called, and the actor goes on.</summary>
    protected virtual void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        PersistenceLog.PersistRejected(Log, cause, @event, sequenceNr, PersistenceId);

    /// <summary>Runs a task in place of a command handler: no other message is taken until it has ended.</summary>
    protected void RunTask(Func<Task> action)
    {
        if (_asyncTaskRunning) throw new NotSupportedException("RunTask calls cannot be nested");
        ActorTaskScheduler.RunTask(async () =>
        {
            var task = action();
            if (task.IsCompleted)
            {
                await task;
                return;
            }

            _asyncTaskRunning = true;
            var failed = true;
            try
            {
                await task;
                failed = false;
            }
            finally
            {
                _asyncTaskRunning = false;
                EndCommand(failed);
            }
        });
    }

    protected override void Unhandled(object message)
    {
        if (message is RecoveryCompleted) return;
        PersistenceLog.UnhandledFailure(Log, message, PersistenceId);
        base.Unhandled(message);
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        switch (_phase)
        {
            case Phase.ProcessingCommands:
                if (!HandleJournalReply(message)) ProcessCommand(receive, message);
                break;
            case Phase.PersistingEvents:
                if (!HandleJournalReply(message)) StashInternally(message);
                break;
            default:
                _recovery.Handle(message);
                break;
        }

        return true;
    }

    private void ThrowIfReplaying()
    {
        if (IsRecovering)
        {
            throw new InvalidOperationException(
                "Cannot persist during replay. Events can be persisted when receiving RecoveryCompleted or later.");
        }
    }

    private void UnstashEverything()
    {
        _recovery.CancelTimer();
        _internalStash.UnstashAll();
        Stash.UnstashAll(UnstashFilterPredicate);
    }

    private void UnstashInternally(bool all)
    {
        if (all) _internalStash.UnstashAll();
        else _internalStash.Unstash();
    }

    private bool ReceiveRecovered(object message) => message switch
    {
        IPersistentRepresentation @event when IsRecovering => ReceiveRecover(@event.Payload),
        SnapshotOffer or RecoveryCompleted => ReceiveRecover(message),
        _ => false,
    };

    private void ProcessCommand(Receive receive, object message)
    {
        var failed = true;
        try
        {
            base.AroundReceive(receive, message);
            failed = false;
        }
        finally
        {
            EndCommand(failed);
        }
    }

    /// <summary>
    /// Events that the command persisted go to the journal even if it failed after that, as they would have if it had
    /// failed a moment later.
    /// </summary>
    private void EndCommand(bool failed)
    {
        _pending.Flush(Journal, Self);
        if (_asyncTaskRunning) return;
        if (_pending.HoldsBackCommands) _phase = Phase.PersistingEvents;
        else UnstashInternally(failed);
    }

    /// <returns>False for what is not for this class, but for the command handler.</returns>
    private bool HandleJournalReply(object message)
    {
        // A reply to an earlier incarnation is dropped: the handler that waited for it died with it.
        switch (message)
        {
            case WriteMessageSuccess written:
                if (written.ActorInstanceId != _instanceId) break;
                UpdateLastSequenceNr(written.Persistent);
                InvokeHandler(written.Persistent.Payload);
                break;
            case LoopMessageSuccess looped:
                if (looped.ActorInstanceId == _instanceId) InvokeHandler(looped.Message);
                break;
            case WriteMessageRejected rejected:
                if (rejected.ActorInstanceId != _instanceId) break;
                var notStored = rejected.Persistent;
                UpdateLastSequenceNr(notStored);
                EndHandler(failed: false);
                OnPersistRejected(rejected.Cause, notStored.Payload, notStored.SequenceNr);
                break;
            case WriteMessageFailure failure:
                if (failure.ActorInstanceId == _instanceId) StopAfter(failure);
                break;
            case WriteMessagesSuccessful:
                _pending.WriteEnded();
                _pending.Flush(Journal, Self);
                break;
            case WriteMessagesFailed failed:
                // If it held events, their failures follow and stop the actor.
                if (failed.WriteCount == 0) _pending.WriteEnded();
                break;
            case RecoveryTick:
                // It was under way when the recovery ended.
                break;
            default:
                return false;
        }

        return true;
    }

    private void InvokeHandler(object payload)
    {
        var failed = true;
        try
        {
            _pending.InvokeOldest(payload);
            failed = false;
        }
        finally
        {
            _pending.Flush(Journal, Self);
            EndHandler(failed);
        }
    }

    /// <summary>As soon as no event holds back commands any more, the next one is taken from the stash.</summary>
    private void EndHandler(bool failed)
    {
        _pending.RemoveOldest();
        _phase = _pending.HoldsBackCommands ? Phase.PersistingEvents : Phase.ProcessingCommands;
        if (_phase == Phase.ProcessingCommands) UnstashInternally(failed);
    }

    private void StopAfter(WriteMessageFailure failure)
    {
        var unknown = failure.Persistent;
        EndHandler(failed: false);
        try
        {
            OnPersistFailure(failure.Cause, unknown.Payload, unknown.SequenceNr);
        }
        finally
        {
            Context.Stop(Self);
        }
    }

    private void UpdateLastSequenceNr(IPersistentRepresentation persistent)
    {
        if (persistent.SequenceNr > LastSequenceNr) LastSequenceNr = persistent.SequenceNr;
    }

    private void OnInternalStashOverflow(object message)
    {
        switch (InternalStashOverflowStrategy)
        {
            case DiscardToDeadLetterStrategy:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
            case ReplyToStrategy reply:
                Sender.Tell(reply.Response, Self);
                break;
        }
    }
}
