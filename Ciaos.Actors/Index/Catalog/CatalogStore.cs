using System.Data.Common;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Sql;
using Ciaos.Storage;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// The only writer of the catalog. Safe for many threads, which then wait for each other: the shards' changes come
/// through CatalogWriterActor in the course of business, and from the shards themselves while they recover.
/// After a failure the connection is not used again; the next call opens another.
/// </summary>
internal sealed class CatalogStore : IDisposable
{
    private readonly CatalogDatabase _database;
    private readonly Lock _gate = new();
    private DbConnection? _connection;
    private CatalogStatements? _statements;

    private readonly LogCheckpoints? _checkpoints;

    private CatalogStore(CatalogDatabase database, LogCheckpoints? checkpoints) =>
        (_database, _checkpoints) = (database, checkpoints);

    /// <exception cref="CatalogLayoutException">It was made by another version, or for another number of
    /// shards.</exception>
    /// <exception cref="DbException">It cannot be opened.</exception>
    /// <param name="post">Runs something beside the writer; null: on a thread made for it.</param>
    /// <param name="warn">Is told what fails beside the writer, and what that means.</param>
    public static CatalogStore Open(
        CatalogDatabase database, int shards, Action<Action>? post = null, Action<string>? warn = null)
    {
        var store = new CatalogStore(database, database.Checkpoints(post, warn));
        try
        {
            store._connection = database.OpenWriter();
            CatalogSchema.Ensure(database, store._connection, shards);
            store._statements = new CatalogStatements(store._connection, database.BeginWrite);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>All the batches in one transaction: they become visible together, or not at all.</summary>
    /// <exception cref="CatalogOutOfStepException">A batch does not follow upon what was applied before.</exception>
    public void Apply(IReadOnlyList<CatalogBatch> batches) => Write(statements =>
    {
        var usage = new UsageTotals();
        foreach (var batch in batches)
        {
            statements.Advance(batch);
            foreach (var change in LastOnes(batch.Changes)) statements.Apply(batch.Shard, change, usage);
        }

        statements.Add(usage);
        return 0;
    });

    /// <summary>Deletes some rows of an ended content, and its mark when none is left.</summary>
    /// <returns>Whether there are more.</returns>
    public bool Purge(int shard, long contentSequence, int maxRows) => Write(statements =>
        statements.Purge(shard, contentSequence, maxRows));

    public void ForgetArrival(RenameId rename) => Write(statements =>
    {
        statements.Apply(rename.SourceShard, new CatalogChange.ForgetArrival(rename), new UsageTotals());
        return 0;
    });

    /// <summary>All events of that journal up to this one are in volumes too.</summary>
    public void SetRecorded(string persistenceId, long sequence) => Write(statements =>
    {
        statements.SetRecorded(persistenceId, sequence);
        return 0;
    });

    /// <summary>The last event of that journal that it has applied; 0: none.</summary>
    public long AppliedSequence(string persistenceId) => Write(_ =>
    {
        using var command = _connection!.CreateCommand(
            "SELECT applied_sequence FROM progress WHERE persistence_id = @id", ("@id", persistenceId));
        return command.ExecuteScalar() is long sequence ? sequence : 0;
    });

    /// <summary>Makes the indexes by age where they are missing. In a large catalog that takes a while, in which
    /// nothing else is written.</summary>
    public void MakeAgeIndexes() => Write(_ =>
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = CatalogSchema.AgeIndexes;
        return command.ExecuteNonQuery();
    });

    public void Dispose()
    {
        lock (_gate)
        {
            if (_connection is not null) _checkpoints?.Close(_connection);
            _checkpoints?.Dispose();
            Close();
        }
    }

    // A hot key changes many times in a batch, and only its last row matters.
    private static IEnumerable<CatalogChange> LastOnes(IReadOnlyList<CatalogChange> changes)
    {
        var last = new Dictionary<(KeyName, bool), int>(changes.Count);
        for (var i = 0; i < changes.Count; i++)
            if (RowOf(changes[i]) is { } row) last[row] = i;
        for (var i = 0; i < changes.Count; i++)
            if (RowOf(changes[i]) is not { } row || last[row] == i) yield return changes[i];
    }

    private static (KeyName Name, bool IsMarker)? RowOf(CatalogChange change) => change switch
    {
        CatalogChange.SetObject set => (set.State.Name, set.State.Record.IsDeleteMarker),
        CatalogChange.RemoveObject remove => (remove.Name, remove.IsMarker),
        _ => null,
    };

    private T Write<T>(Func<CatalogStatements, T> work)
    {
        lock (_gate)
        {
            _database.Changes.Begin();
            try
            {
                _connection ??= _database.OpenWriter();
                _statements ??= new CatalogStatements(_connection, _database.BeginWrite);
                _statements.Begin();
                var result = work(_statements);
                CrashPoints.Reach(CrashPoint.CatalogChanged);
                _statements.Commit();
                CrashPoints.Reach(CrashPoint.CatalogCommitted);
                _checkpoints?.AfterCommit(_connection);
                return result;
            }
            catch
            {
                Close();
                throw;
            }
            finally
            {
                _database.Changes.End();
            }
        }
    }

    private void Close()
    {
        _statements?.Dispose();
        _statements = null;
        _connection?.Dispose();
        _connection = null;
    }
}

/// <summary>Events would be lost or applied twice: somebody else writes the catalog, or it belongs to another
/// journal.</summary>
internal sealed class CatalogOutOfStepException(string persistenceId, long fromSequence)
    : Exception($"The catalog has not applied {persistenceId} up to event {fromSequence}, but something else");
