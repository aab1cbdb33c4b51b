using Akka.Actor;
using Akka.Persistence.Journal;

namespace Akka.Persistence.Snapshot;

/// <summary>
/// Base of snapshot store plug-ins: turns the snapshot protocol into calls of asynchronous methods, and their outcomes
/// into replies.
/// </summary>
public abstract class SnapshotStore : ActorBase
{
    private readonly bool _publish;
    private readonly CallBreaker _breaker;
    private readonly PersistenceExtension _extension;

    protected SnapshotStore()
    {
        _extension = Persistence.Instance.Apply(Context.System);
        _publish = _extension.Settings.Internal.PublishPluginCommands;
        _breaker = new CallBreaker(
            Context.System.Scheduler, _extension.ConfigFor(Self).GetConfig("circuit-breaker"));
    }

    /// <summary>The youngest snapshot that matches, or null if there is none.</summary>
    protected abstract Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria);

    protected abstract Task SaveAsync(SnapshotMetadata metadata, object snapshot);

    /// <param name="metadata">A timestamp of <see cref="DateTime.MinValue"/> means: whenever saved.</param>
    protected abstract Task DeleteAsync(SnapshotMetadata metadata);

    protected abstract Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria);

    /// <summary>Sees the outcomes before the actor does, and what the plug-in sends to itself.</summary>
    protected virtual bool ReceivePluginInternal(object message) => false;

    protected sealed override bool Receive(object message) =>
        ReceiveSnapshotStore(message) || ReceivePluginInternal(message);

    private bool ReceiveSnapshotStore(object message)
    {
        switch (message)
        {
            case LoadSnapshot load:
                Load(load);
                return true;
            case SaveSnapshot save:
                Save(save);
                return true;
            case DeleteSnapshot delete:
                Run(
                    delete, publish: true, () => DeleteAsync(delete.Metadata),
                    new DeleteSnapshotSuccess(delete.Metadata),
                    cause => new DeleteSnapshotFailure(delete.Metadata, cause));
                return true;
            case DeleteSnapshots delete:
                Run(
                    delete, publish: true, () => DeleteAsync(delete.PersistenceId, delete.Criteria),
                    new DeleteSnapshotsSuccess(delete.Criteria),
                    cause => new DeleteSnapshotsFailure(delete.Criteria, cause));
                return true;
            case SaveSnapshotFailure failure:
                PassOn(failure);

                // Half a snapshot must not be found by the next recovery.
                _ = _breaker.Call(() => DeleteAsync(failure.Metadata));
                return true;
            case SaveSnapshotSuccess or DeleteSnapshotSuccess or DeleteSnapshotFailure
                or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                PassOn(message);
                return true;
            default:
                return false;
        }
    }

    private void Load(LoadSnapshot request)
    {
        var actor = Sender;
        var self = Self;
        if (request.Criteria.Equals(SnapshotSelectionCriteria.None))
        {
            actor.Tell(new LoadSnapshotResult(null, request.ToSequenceNr), self);
            return;
        }

        _ = Reply();

        async Task Reply()
        {
            ISnapshotResponse outcome;
            try
            {
                var criteria = request.Criteria.Limit(request.ToSequenceNr);
                var snapshot = await _breaker
                    .Call(() => LoadAsync(request.PersistenceId, criteria)).ConfigureAwait(false);
                outcome = new LoadSnapshotResult(snapshot, request.ToSequenceNr);
            }
            catch (Exception cause)
            {
                outcome = new LoadSnapshotFailed(cause);
            }

            actor.Tell(outcome, self);
        }
    }

    private void Save(SaveSnapshot request)
    {
        var given = request.Metadata;
        var metadata = given.Timestamp == SnapshotMetadata.TimestampNotSpecified
            ? new SnapshotMetadata(given.PersistenceId, given.SequenceNr, _extension.UtcNow)
            : given;
        Run(
            request, publish: false, () => SaveAsync(metadata, request.Snapshot),
            new SaveSnapshotSuccess(metadata), cause => new SaveSnapshotFailure(given, cause));
    }

    /// <summary>The outcome goes through this actor, so that the plug-in sees it, and on to the asker.</summary>
    private void Run(
        object request, bool publish, Func<Task> body, object success, Func<Exception, object> failure)
    {
        var actor = Sender;
        var self = Self;
        var eventStream = Context.System.EventStream;
        _ = Reply();

        async Task Reply()
        {
            object outcome;
            try
            {
                await _breaker.Call(body).ConfigureAwait(false);
                outcome = success;
            }
            catch (Exception cause)
            {
                outcome = failure(cause);
            }

            self.Tell(outcome, actor);
            if (publish && _publish) eventStream.Publish(request);
        }
    }

    private void PassOn(object outcome)
    {
        try
        {
            ReceivePluginInternal(outcome);
        }
        finally
        {
            Sender.Tell(outcome, Self);
        }
    }
}
