namespace Ciaos.Actors.Journal;

/// <summary>
/// The database did not do what was asked, for a reason outside of it: full disk, I/O error, lost connection. Whether
/// the events of a failed write are stored is unknown.
/// </summary>
public class JournalException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The database file holds something else than what was written to it.</summary>
public sealed class JournalDamagedException(string message, Exception? cause = null) : JournalException(message, cause);

/// <summary>
/// There is already an event with this number: another writer is, or was, at work under the same persistence id.
/// Nothing of the request was stored.
/// </summary>
public sealed class SequenceNumberTakenException(string persistenceId, long sequenceNr, Exception? cause = null)
    : JournalException($"The journal already holds an event {sequenceNr}, or a later one, of [{persistenceId}]", cause)
{
    public string PersistenceId { get; } = persistenceId;

    public long SequenceNr { get; } = sequenceNr;
}
