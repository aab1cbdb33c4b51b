using System.Data.Common;
using Ciaos.Actors.Sql;
using Ciaos.Storage;

namespace Ciaos.Actors.Journal;

/// <summary>
/// The one connection that writes, with its prepared statements. After a failure other than a duplicate number it is
/// thrown away: nobody knows what state it is in.
/// </summary>
internal sealed class JournalSession : IDisposable
{
    private readonly DbConnection _connection;
    private readonly string? _touch;
    private readonly EventInserter _inserter;
    private readonly Statement _begin;
    private readonly Statement _commit;

    public JournalSession(JournalDatabase database)
    {
        _connection = database.OpenForWriting();
        _touch = database.Dialect.Touch;
        _inserter = new EventInserter(_connection, database.Dialect);
        _begin = Statement.Prepare(_connection, database.Dialect.Begin, isPrepared: false);
        _commit = Statement.Prepare(_connection, "COMMIT", isPrepared: false);
    }

    public DbConnection Connection => _connection;

    public void Begin() => _begin.Execute();

    public void Commit()
    {
        CrashPoints.Reach(CrashPoint.JournalInserted);
        _commit.Execute();
        CrashPoints.Reach(CrashPoint.JournalCommitted);
    }

    /// <summary>
    /// Commits something in the place of a transaction whose commit failed. In SQLite's log that one may be whole, and
    /// only this process knows that it does not count: the next one would find it there.
    /// </summary>
    public void Supersede()
    {
        if (_touch is null) return;
        Begin();
        Execute(_touch);
        Commit();
    }

    public void Rollback() => Execute("ROLLBACK");

    public void Savepoint() => Execute("SAVEPOINT one");

    public void ReleaseSavepoint() => Execute("RELEASE SAVEPOINT one");

    public void RollbackToSavepoint()
    {
        Execute("ROLLBACK TO SAVEPOINT one");
        ReleaseSavepoint();
    }

    public void Insert(IReadOnlyList<JournalEvent> events) => _inserter.Insert(events);

    /// <summary>
    /// Remembers how far events are deleted, so that their numbers are not given out again, and deletes some of them.
    /// </summary>
    /// <returns>Whether there are more to delete.</returns>
    public bool DeleteSome(string persistenceId, long toSequenceNr, int maxRows)
    {
        var highest = Scalar(
            "SELECT MAX(sequence_number) FROM journal WHERE persistence_id = @id AND sequence_number <= @to",
            ("@id", persistenceId), ("@to", toSequenceNr));
        if (highest is null) return false;

        var known = Scalar(
            "SELECT MAX(sequence_number) FROM journal_metadata WHERE persistence_id = @id", ("@id", persistenceId));
        if (known is null || known < highest)
        {
            Execute("DELETE FROM journal_metadata WHERE persistence_id = @id", ("@id", persistenceId));
            Execute(
                "INSERT INTO journal_metadata (persistence_id, sequence_number) VALUES (@id, @nr)",
                ("@id", persistenceId), ("@nr", highest.Value));
        }

        const string Chosen =
            "SELECT ordering FROM journal WHERE persistence_id = @id AND sequence_number <= @to "
            + "ORDER BY sequence_number LIMIT @max";
        (string, object)[] which = [("@id", persistenceId), ("@to", toSequenceNr), ("@max", maxRows)];
        Execute($"DELETE FROM tags WHERE persistence_id = @id AND ordering_id IN ({Chosen})", which);
        return Execute($"DELETE FROM journal WHERE persistence_id = @id AND ordering IN ({Chosen})", which) == maxRows;
    }

    public void SaveSnapshot(JournalSnapshot snapshot) => Execute(
        "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot, manifest, serializer_id) "
        + "VALUES (@id, @nr, @created, @payload, @manifest, @serializer) "
        + "ON CONFLICT (persistence_id, sequence_number) DO UPDATE SET created = excluded.created, "
        + "snapshot = excluded.snapshot, manifest = excluded.manifest, serializer_id = excluded.serializer_id",
        ("@id", snapshot.PersistenceId),
        ("@nr", snapshot.SequenceNr),
        ("@created", snapshot.CreatedTicks),
        ("@payload", snapshot.Payload),
        ("@manifest", snapshot.Manifest),
        ("@serializer", snapshot.SerializerId));

    public void DeleteSnapshots(string persistenceId, SnapshotRange range) => Execute(
        "DELETE FROM snapshot WHERE persistence_id = @id AND sequence_number >= @min AND sequence_number <= @max "
        + "AND created >= @from AND created <= @to",
        ("@id", persistenceId),
        ("@min", range.MinSequenceNr),
        ("@max", range.MaxSequenceNr),
        ("@from", range.MinTicks),
        ("@to", range.MaxTicks));

    public void Dispose()
    {
        _inserter.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _connection.Dispose();
    }

    private int Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private long? Scalar(string sql, params (string Name, object Value)[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteScalar() is long value ? value : null;
    }

    private DbCommand Command(string sql, params (string Name, object Value)[] parameters) =>
        _connection.CreateCommand(sql, parameters);
}

internal static class DbConnectionExtensions
{
    public static DbCommand CreateCommand(
        this DbConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
