using Akka.Event;

namespace Akka.Persistence;

/// <summary>The wording of what persistent actors log, in one place, since people filter and alert on it.</summary>
internal static class PersistenceLog
{
    public static void RecoveryFailed(
        ILoggingAdapter log, Exception reason, object? message, long lastSequenceNr, string persistenceId)
    {
        if (message is null)
        {
            log.Error(
                reason,
                "Persistence failure when replaying events for persistenceId [{0}]. Last known sequence number [{1}]",
                persistenceId, lastSequenceNr);
        }
        else
        {
            log.Error(
                reason,
                "Exception in ReceiveRecover when replaying event type [{0}] with sequence number [{1}] "
                + "for persistenceId [{2}]",
                message.GetType(), lastSequenceNr, persistenceId);
        }
    }

    public static void PersistFailed(
        ILoggingAdapter log, Exception cause, object @event, long sequenceNr, string persistenceId) => log.Error(
            cause, "Failed to persist event type [{0}] with sequence number [{1}] for persistenceId [{2}].",
            @event.GetType(), sequenceNr, persistenceId);

    public static void PersistRejected(
        ILoggingAdapter log, Exception cause, object @event, long sequenceNr, string persistenceId) => log.Error(
            cause,
            "Rejected to persist event type [{0}] with sequence number [{1}] for persistenceId [{2}] due to [{3}].",
            @event.GetType(), sequenceNr, persistenceId, cause.Message);

    /// <summary>A failure that the actor does not handle must not pass unseen.</summary>
    public static void UnhandledFailure(ILoggingAdapter log, object message, string persistenceId)
    {
        switch (message)
        {
            case SaveSnapshotFailure failure:
                Warn("Failed to SaveSnapshot given metadata", failure.Metadata, failure.Cause);
                break;
            case DeleteSnapshotFailure failure:
                Warn("Failed to DeleteSnapshot given metadata", failure.Metadata, failure.Cause);
                break;
            case DeleteSnapshotsFailure failure:
                Warn("Failed to DeleteSnapshots given criteria", failure.Criteria, failure.Cause);
                break;
            case DeleteMessagesFailure failure:
                Warn("Failed to DeleteMessages ToSequenceNr", failure.ToSequenceNr, failure.Cause);
                break;
        }

        void Warn(string what, object which, Exception cause) => log.Warning(
            what + " [{0}] for PersistenceId [{1}] due to: [{2}: {3}]", which, persistenceId, cause, cause.Message);
    }
}
