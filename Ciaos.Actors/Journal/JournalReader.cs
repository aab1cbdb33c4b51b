using System.Data.Common;
using System.Globalization;

namespace Ciaos.Actors.Journal;

/// <summary>
/// Reads a journal, beside its writer or without it: for recovery, and for tools. Rows are streamed, so that memory
/// does not grow with what is read; a reader sees what was committed when it began.
/// </summary>
/// <param name="prepare">Make the database and its tables if they are not there, as a journal in use needs it.</param>
public sealed class JournalReader(JournalDatabase database, bool prepare = false)
{
    private const string Columns =
        "persistence_id, sequence_number, created, message, identifier, manifest, writer_uuid, event_manifest, tags, "
        + "ordering";

    /// <summary>Highest number ever given to an event of this persistence id, deleted or not; 0 if none.</summary>
    public long HighestSequenceNr(string persistenceId) => database.Guard(() =>
    {
        using var connection = Open();
        var stored = Max(connection, "journal", persistenceId);
        return Math.Max(stored, Max(connection, "journal_metadata", persistenceId));
    });

    /// <summary>Events of one persistence id, in order; bounds are inclusive.</summary>
    public IEnumerable<JournalEvent> Events(string persistenceId, long fromSequenceNr, long toSequenceNr, long max) =>
        Read(
            $"SELECT {Columns} FROM journal WHERE persistence_id = @id AND sequence_number >= @from "
            + "AND sequence_number <= @to AND deleted = FALSE ORDER BY sequence_number LIMIT @max",
            ReadEvent, ("@id", persistenceId), ("@from", fromSequenceNr), ("@to", toSequenceNr), ("@max", max));

    /// <summary>
    /// Events of all actors that come after a position, in the order in which they were written. Where several nodes
    /// write to one database, an event may become visible after one with a higher position.
    /// </summary>
    /// <param name="ordering">The last position already seen; 0 to begin.</param>
    public IEnumerable<JournalEvent> EventsAfter(long ordering, long max) => Read(
        $"SELECT {Columns} FROM journal WHERE ordering > @after AND deleted = FALSE ORDER BY ordering LIMIT @max",
        ReadEvent, ("@after", ordering), ("@max", max));

    /// <summary>Position of the last event; 0 if there is none.</summary>
    public long HighestOrdering() => database.Guard(() =>
    {
        using var connection = Open();
        using var command = connection.CreateCommand("SELECT MAX(ordering) FROM journal");
        return command.ExecuteScalar() is long highest ? highest : 0L;
    });

    public IEnumerable<string> PersistenceIds() =>
        Read("SELECT DISTINCT persistence_id FROM journal ORDER BY persistence_id", row => row.GetString(0));

    /// <summary>The youngest snapshot in the range, or null.</summary>
    public JournalSnapshot? YoungestSnapshot(string persistenceId, SnapshotRange range) => Read(
        "SELECT persistence_id, sequence_number, created, snapshot, serializer_id, manifest FROM snapshot "
        + "WHERE persistence_id = @id AND sequence_number >= @min AND sequence_number <= @max "
        + "AND created >= @from AND created <= @to ORDER BY sequence_number DESC LIMIT 1",
        ReadSnapshot, ("@id", persistenceId), ("@min", range.MinSequenceNr), ("@max", range.MaxSequenceNr),
        ("@from", range.MinTicks), ("@to", range.MaxTicks)).FirstOrDefault();

    private static long Max(DbConnection connection, string table, string persistenceId)
    {
        using var command = connection.CreateCommand(
            $"SELECT MAX(sequence_number) FROM {table} WHERE persistence_id = @id", ("@id", persistenceId));
        return command.ExecuteScalar() is long highest ? highest : 0L;
    }

    private static JournalEvent ReadEvent(DbDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetInt64(2),
        row.GetFieldValue<byte[]>(3),
        row.IsDBNull(4) ? 0 : Convert.ToInt32(row.GetValue(4), CultureInfo.InvariantCulture),
        row.IsDBNull(5) ? "" : row.GetString(5),
        row.IsDBNull(6) ? "" : row.GetString(6),
        row.IsDBNull(7) ? null : row.GetString(7),
        row.IsDBNull(8) ? null : TagText.Split(row.GetString(8)),
        row.GetInt64(9));

    private static JournalSnapshot ReadSnapshot(DbDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetInt64(2),
        row.GetFieldValue<byte[]>(3),
        row.IsDBNull(4) ? 0 : Convert.ToInt32(row.GetValue(4), CultureInfo.InvariantCulture),
        row.GetString(5));

    private DbConnection Open()
    {
        if (prepare) database.Prepare();
        return database.OpenForReading();
    }

    private IEnumerable<T> Read<T>(
        string sql, Func<DbDataReader, T> read, params (string Name, object Value)[] parameters)
    {
        using var connection = Open();
        using var command = connection.CreateCommand(sql, parameters);
        using var rows = database.Guard(command.ExecuteReader);
        while (database.Guard(rows.Read)) yield return database.Guard(() => read(rows));
    }
}
