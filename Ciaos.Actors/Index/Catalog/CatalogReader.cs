using System.Data.Common;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that reads the catalog, prepared on one connection. For one thread at a time.</summary>
/// <param name="beginSnapshot">SQL that begins a transaction which sees all as it is at its first
/// statement.</param>
internal sealed class CatalogReader(DbConnection connection, string beginSnapshot) : IDisposable
{
    private readonly Statement _begin = Statement.Prepare(connection, beginSnapshot, isPrepared: false);

    private readonly Statement _commit = Statement.Prepare(connection, "COMMIT", isPrepared: false);

    private readonly Statement _object = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfObject} FROM object WHERE bucket = @n_bucket AND is_marker IN (0, 1) AND key = @b_key
        LIMIT 1
        """);

    private readonly Statement _list = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfListed} FROM object
        WHERE bucket = @n_bucket AND is_marker = 0 AND key >= @b_from AND key < @b_to AND {ObjectRows.IsListed}
        ORDER BY key LIMIT @n_limit
        """);

    private readonly Statement _moving = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfObject} FROM object WHERE shard = @n_shard AND moving_sequence IS NOT NULL
        ORDER BY moving_sequence
        """);

    private readonly Statement _totals = Statement.Prepare(connection, $"""
        SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM object
        WHERE is_marker = 0 AND {ObjectRows.IsListed}
        """);

    private readonly Statement _runs = Statement.Prepare(connection, """
        SELECT first_ordinal, first_offset, run FROM segment
        WHERE shard = @n_shard AND content_sequence = @n_content AND first_ordinal >= COALESCE((
            SELECT first_ordinal FROM segment
            WHERE shard = @n_shard AND content_sequence = @n_content AND first_ordinal <= @n_ordinal
            ORDER BY first_ordinal DESC LIMIT 1), 0)
        ORDER BY first_ordinal LIMIT @n_limit
        """);

    private readonly Statement _seek = Statement.Prepare(connection, """
        SELECT first_ordinal FROM segment
        WHERE shard = @n_shard AND content_sequence = @n_content AND first_offset <= @n_offset
        ORDER BY first_offset DESC, first_ordinal DESC LIMIT 1
        """);

    private readonly Statement _progress = Statement.Prepare(connection, """
        SELECT applied_sequence FROM progress WHERE persistence_id = @t_id
        """);

    private readonly Statement _recorded = Statement.Prepare(connection, """
        SELECT recorded_sequence FROM recorded WHERE persistence_id = @t_id
        """);

    private readonly Statement _ended = Statement.Prepare(connection, """
        SELECT content_sequence FROM ended_content
        WHERE shard = @n_shard AND content_sequence > @n_after ORDER BY content_sequence LIMIT @n_limit
        """);

    private readonly Statement _arrival = Statement.Prepare(connection, """
        SELECT 1 FROM arrival WHERE source_shard = @n_shard AND started_sequence = @n_sequence
        """);

    private readonly Statement _shards = Statement.Prepare(connection, "SELECT shards FROM index_layout");

    private AgeReader? _ages;
    private KeyReader? _keys;

    // How the catalog's changes looked when the snapshot began that is still open; null: none is.
    private long? _kept;

    public VersionReader Versions { get; } = new(connection);

    public UploadReader Uploads { get; } = new(connection);

    public BucketReader Buckets { get; } = new(connection);

    public TokenReader Tokens { get; } = new(connection);

    /// <summary>Few stores have lifecycle rules: nobody else prepares these statements.</summary>
    public AgeReader Ages => _ages ??= new AgeReader(connection);

    public KeyReader Keys => _keys ??= new KeyReader(connection);

    /// <summary>Reads several things as they are at one moment.</summary>
    public T InSnapshot<T>(Func<T> read)
    {
        _begin.Execute();
        var result = read();
        _commit.Execute();
        return result;
    }

    /// <summary>A version of a key, current or not; null where there is none of that name.</summary>
    public ObjectState? FindVersion(KeyName name, VersionId id) => InSnapshot(() =>
    {
        if (FindObject(name) is not { } current) return null;
        if (current.Record.VersionId == id) return current;
        var place = id.IsNull ? current.NullSequence : id.Sequence;
        var found = place == 0 ? null : Versions.Find(name, place);
        return found?.Record.VersionId == id ? found : null;
    });

    public ObjectState? FindObject(KeyName name)
    {
        using var row = _object.Set(name.Bucket.Value).Set(name.Key).Read();
        return row.Read() ? ObjectRows.Read(row, name) : null;
    }

    /// <summary>As <see cref="FindObject"/>, in a snapshot that stays open as long as nothing is written: to begin and
    /// to end one costs as much as a row.</summary>
    /// <param name="changes">Tells what is written to the catalog. Null: something else may write, no snapshot is
    /// kept.</param>
    public ObjectState? FindInKeptSnapshot(KeyName name, CatalogChanges? changes)
    {
        if (changes is null) return FindObject(name);
        var now = changes.Look();
        if (_kept != now)
        {
            EndKeptSnapshot();
            if (!CatalogChanges.IsQuiet(now)) return FindObject(name);
            _begin.Execute();
            _kept = now;
        }

        var state = FindObject(name);
        if (changes.Look() != now) EndKeptSnapshot();
        return state;
    }

    /// <summary>What is read from now on is as it is then.</summary>
    public void EndKeptSnapshot()
    {
        if (_kept is null) return;
        _kept = null;
        _commit.Execute();
    }

    /// <summary>Objects from a key on, in order, up to a key that is not wanted any more.</summary>
    public List<ObjectRecord> List(BucketId bucket, byte[] from, byte[] upTo, int limit)
    {
        var records = new List<ObjectRecord>();
        using var row = _list.Set(bucket.Value).Set(from).Set(upTo).Set(limit).Read();
        while (row.Read()) records.Add(ObjectRows.ReadListed(bucket, row));
        return records;
    }

    /// <summary>The shard's objects whose rename to another shard is under way, the oldest first.</summary>
    public List<ObjectState> Moving(int shard)
    {
        var states = new List<ObjectState>();
        using var row = _moving.Set(shard).Read();
        while (row.Read()) states.Add(ObjectRows.Read(row));
        return states;
    }

    /// <summary>Runs in order, the first being the one that holds the ordinal. Read while they are asked for.</summary>
    public IEnumerable<SegmentRun> Runs(int shard, long contentSequence, long fromOrdinal, int limit)
    {
        using var row = _runs.Set(shard).Set(contentSequence).Set(fromOrdinal).Set(limit).Read();
        while (row.Read())
            yield return new SegmentRun(row.GetInt64(0), row.GetInt64(1), row.GetBytes(2));
    }

    /// <summary>First ordinal of the run that holds a byte of the object, or null where it lies before all
    /// runs.</summary>
    public long? FindRun(int shard, long contentSequence, long offsetBytes)
    {
        using var row = _seek.Set(shard).Set(contentSequence).Set(offsetBytes).Read();
        return row.Read() ? row.GetInt64(0) : null;
    }

    /// <summary>How many objects there are, and their bytes.</summary>
    public (long Objects, long Bytes) Totals()
    {
        using var row = _totals.Read();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>The last event of that journal that is in the catalog; 0 if there is none.</summary>
    public long AppliedSequence(string persistenceId)
    {
        using var row = _progress.Set(persistenceId).Read();
        return row.Read() ? row.GetInt64(0) : 0;
    }

    /// <summary>All events of that journal up to this one are known to be in volumes; 0 if none is.</summary>
    public long RecordedSequence(string persistenceId)
    {
        using var row = _recorded.Set(persistenceId).Read();
        return row.Read() ? row.GetInt64(0) : 0;
    }

    /// <summary>Ended contents that still have rows, in order.</summary>
    public List<long> EndedContents(int shard, long after, int limit)
    {
        var contents = new List<long>();
        using var row = _ended.Set(shard).Set(after).Set(limit).Read();
        while (row.Read()) contents.Add(row.GetInt64(0));
        return contents;
    }

    public bool HasArrived(RenameId rename)
    {
        using var row = _arrival.Set(rename.SourceShard).Set(rename.StartedSequence).Read();
        return row.Read();
    }

    /// <summary>How many shards the index was created with; 0 where the journal has not told yet.</summary>
    public int Shards()
    {
        using var row = _shards.Read();
        row.Read();
        return (int)row.GetInt64(0);
    }

    public void Dispose()
    {
        foreach (var part in new IDisposable[]
        {
            _begin, _commit, _object, _list, _moving, _totals, _runs, _seek, _progress, _recorded, _ended,
            _arrival, _shards, Versions, Uploads, Buckets, Tokens,
        })
            part.Dispose();
        _ages?.Dispose();
        _keys?.Dispose();
        connection.Dispose();
    }
}
