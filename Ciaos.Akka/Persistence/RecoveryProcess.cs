using Akka.Actor;

namespace Akka.Persistence;

/// <summary>
/// Leads one incarnation of a persistent actor through its recovery: permit, snapshot, events. Everything else that
/// arrives meanwhile is stashed. A snapshot or event that does not come in time fails the recovery, since a journal
/// that has lost the request would otherwise leave the actor waiting for ever.
/// </summary>
internal sealed class RecoveryProcess(Eventsourced actor, IActorContext context, PersistenceExtension extension)
{
    private readonly IActorRef _self = context.Self;
    private Stage _stage;
    private bool _holdsPermit;
    private bool _eventSeen;
    private Recovery _recovery = Recovery.Default;
    private TimeSpan _timeout;
    private ICancelable? _timer;

    private enum Stage
    {
        WaitingForPermit,
        LoadingSnapshot,
        Replaying,
        Ended,
    }

    /// <summary>All events have been replayed, so new ones may be persisted.</summary>
    public bool IsReplayed { get; private set; }

    /// <summary>Asks for the permit without which no snapshot is loaded.</summary>
    public void Begin() => extension.RecoveryPermitter().Tell(RequestRecoveryPermit.Instance, _self);

    public void CancelTimer() => _timer?.Cancel();

    public void Handle(object message)
    {
        var failed = true;
        try
        {
            if (!TryHandle(message)) actor.StashInternally(message);
            failed = false;
        }
        finally
        {
            if (failed) ReturnPermit();
        }
    }

    private bool TryHandle(object message) => _stage switch
    {
        Stage.WaitingForPermit => HandleWhileWaiting(message),
        Stage.LoadingSnapshot => HandleWhileLoading(message),
        Stage.Replaying => HandleWhileReplaying(message),
        _ => false,
    };

    private bool HandleWhileWaiting(object message)
    {
        if (message is not RecoveryPermitGranted) return false;
        _holdsPermit = true;
        _recovery = actor.Recovery;
        _timeout = extension.JournalConfigFor(actor.JournalPluginId)
            .GetTimeSpan("recovery-event-timeout", TimeSpan.FromSeconds(30), false);
        _stage = Stage.LoadingSnapshot;
        _timer = context.System.Scheduler.ScheduleTellOnceCancelable(_timeout, _self, new RecoveryTick(true), _self);
        actor.LoadSnapshot(actor.SnapshotterId, _recovery.FromSnapshot, _recovery.ToSequenceNr);
        return true;
    }

    private bool HandleWhileLoading(object message)
    {
        switch (message)
        {
            case LoadSnapshotResult result:
                _timer?.Cancel();
                if (result.Snapshot is null || TryApply(result.Snapshot)) StartReplay(result.ToSequenceNr);
                return true;
            case LoadSnapshotFailed failed:
                Fail(failed.Cause);
                return true;
            case RecoveryTick { Snapshot: true }:
                Fail(new RecoveryTimedOutException(
                    $"Recovery timed out, didn't get snapshot within {_timeout.TotalSeconds}s."));
                return true;
            default:
                return false;
        }
    }

    private bool TryApply(SelectedSnapshot snapshot)
    {
        try
        {
            actor.ApplySnapshot(snapshot);
            return true;
        }
        catch (Exception cause)
        {
            Fail(cause);
            return false;
        }
    }

    private void StartReplay(long toSequenceNr)
    {
        _stage = Stage.Replaying;
        _timer = context.System.Scheduler.ScheduleTellRepeatedlyCancelable(
            _timeout, _timeout, _self, new RecoveryTick(false), _self);
        var request = new ReplayMessages(
            actor.LastSequenceNr + 1L, toSequenceNr, _recovery.ReplayMax, actor.PersistenceId, _self);
        actor.Journal.Tell(request, _self);
    }

    private bool HandleWhileReplaying(object message)
    {
        switch (message)
        {
            case ReplayedMessage replayed:
                _eventSeen = true;
                Apply(replayed.Persistent);
                return true;
            case RecoverySuccess success:
                Complete(success.HighestSequenceNr);
                return true;
            case ReplayMessagesFailure failure:
                Fail(failure.Cause);
                return true;
            case RecoveryTick { Snapshot: false }:
                if (!_eventSeen) Fail(new RecoveryTimedOutException(NoEventSeen));
                _eventSeen = false;
                return true;
            default:
                return false;
        }
    }

    private string NoEventSeen =>
        $"Recovery timed out, didn't get event within {_timeout.TotalSeconds}s, "
        + $"highest sequence number seen {actor.LastSequenceNr}.";

    private void Apply(IPersistentRepresentation @event)
    {
        try
        {
            actor.ApplyReplayed(@event);
        }
        catch (Exception cause)
        {
            Fail(cause, @event.Payload);
        }
    }

    private void Complete(long highestSequenceNr)
    {
        _timer?.Cancel();
        actor.SetHighestSequenceNr(highestSequenceNr);
        IsReplayed = true;
        _stage = Stage.Ended;
        actor.CompleteRecovery();
        ReturnPermit();
    }

    private void Fail(Exception cause, object? message = null)
    {
        _timer?.Cancel();
        _stage = Stage.Ended;
        try
        {
            actor.FailRecovery(cause, message);
        }
        finally
        {
            ReturnPermit();
        }
    }

    private void ReturnPermit()
    {
        if (!_holdsPermit) return;
        _holdsPermit = false;
        extension.RecoveryPermitter().Tell(ReturnRecoveryPermit.Instance, _self);
    }
}
