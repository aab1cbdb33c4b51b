using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>The reading half of a journal plug-in.</summary>
public interface IAsyncRecovery
{
    /// <summary>
    /// Gives the stored events of one persistence id, in order, to the callback. The task ends with the last of them.
    /// </summary>
    /// <param name="fromSequenceNr">First event, inclusive.</param>
    /// <param name="toSequenceNr">Last event, inclusive.</param>
    /// <param name="max">At most so many events.</param>
    Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback);

    /// <summary>The highest number ever stored, deleted events included; 0 if none.</summary>
    /// <param name="fromSequenceNr">A hint: the highest number is not lower than this.</param>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr);
}

/// <summary>A journal elsewhere did not answer a replay in time.</summary>
[Serializable]
public class AsyncReplayTimeoutException : AkkaException
{
    public AsyncReplayTimeoutException()
    {
    }

    public AsyncReplayTimeoutException(string message)
        : base(message)
    {
    }
}
