using System.Data.Common;
using System.Text;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that reads the catalog, prepared on one connection. For one thread at a time.</summary>
internal sealed class CatalogReader(DbConnection connection) : IDisposable
{
    private const string Columns = """
        bucket, key, object_id, version, created, modified, size, files, segments, content_sequence,
        metadata, inline_segments, moving_sequence, moving_to
        """;

    // While an object moves to another shard its old row stays until that shard knows that it has arrived: it counts
    // only as long as it has not.
    private const string Listed = """
        (moving_sequence IS NULL OR NOT EXISTS (
            SELECT 1 FROM arrival WHERE source_shard = object.shard AND started_sequence = object.moving_sequence))
        """;

    private readonly Statement _object = new(connection, $"""
        SELECT {Columns} FROM object WHERE bucket = @n_bucket AND key = @b_key
        """);

    private readonly Statement _list = new(connection, $"""
        SELECT {Columns} FROM object WHERE bucket = @n_bucket AND key >= @b_from AND {Listed}
        ORDER BY key LIMIT @n_limit
        """);

    private readonly Statement _listUpTo = new(connection, $"""
        SELECT {Columns} FROM object WHERE bucket = @n_bucket AND key >= @b_from AND key < @b_to AND {Listed}
        ORDER BY key LIMIT @n_limit
        """);

    private readonly Statement _moving = new(connection, $"""
        SELECT {Columns} FROM object WHERE shard = @n_shard AND moving_sequence IS NOT NULL ORDER BY moving_sequence
        """);

    private readonly Statement _totals = new(connection, $"""
        SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM object WHERE {Listed}
        """);

    private readonly Statement _runs = new(connection, """
        SELECT first_ordinal, first_offset, run FROM segment
        WHERE shard = @n_shard AND content_sequence = @n_content AND first_ordinal >= COALESCE((
            SELECT first_ordinal FROM segment
            WHERE shard = @n_shard AND content_sequence = @n_content AND first_ordinal <= @n_ordinal
            ORDER BY first_ordinal DESC LIMIT 1), 0)
        ORDER BY first_ordinal LIMIT @n_limit
        """);

    private readonly Statement _seek = new(connection, """
        SELECT first_ordinal FROM segment
        WHERE shard = @n_shard AND content_sequence = @n_content AND first_offset <= @n_offset
        ORDER BY first_offset DESC, first_ordinal DESC LIMIT 1
        """);

    private readonly Statement _progress = new(connection, """
        SELECT applied_sequence FROM progress WHERE persistence_id = @t_id
        """);

    private readonly Statement _recorded = new(connection, """
        SELECT recorded_sequence FROM recorded WHERE persistence_id = @t_id
        """);

    private readonly Statement _ended = new(connection, """
        SELECT content_sequence FROM ended_content
        WHERE shard = @n_shard AND content_sequence > @n_after ORDER BY content_sequence LIMIT @n_limit
        """);

    private readonly Statement _arrival = new(connection, """
        SELECT 1 FROM arrival WHERE source_shard = @n_shard AND started_sequence = @n_sequence
        """);

    private readonly Statement _bucket = new(connection, "SELECT id FROM bucket WHERE owner = @t_owner");

    private readonly Statement _lastBucket = new(connection, "SELECT COALESCE(MAX(id), 0) FROM bucket");

    private readonly Statement _shards = new(connection, "SELECT shards FROM index_layout");

    public ObjectState? FindObject(KeyName name)
    {
        using var row = _object.Set(name.Bucket.Value).Set(name.Key.ToUtf8()).Read();
        return row.Read() ? State(row) : null;
    }

    /// <summary>Objects from a key on, in order, up to a key that is not wanted any more (null: to the end).</summary>
    public List<ObjectRecord> List(BucketId bucket, byte[] from, byte[]? upTo, int limit)
    {
        var set = (upTo is null ? _list : _listUpTo).Set(bucket.Value).Set(from);
        if (upTo is not null) set = set.Set(upTo);
        var records = new List<ObjectRecord>();
        using var row = set.Set(limit).Read();
        while (row.Read()) records.Add(State(row).Record);
        return records;
    }

    /// <summary>The shard's objects whose rename to another shard is under way, the oldest first.</summary>
    public List<ObjectState> Moving(int shard)
    {
        var states = new List<ObjectState>();
        using var row = _moving.Set(shard).Read();
        while (row.Read()) states.Add(State(row));
        return states;
    }

    /// <summary>Runs in order, the first being the one that holds the ordinal. Read while they are asked for.</summary>
    public IEnumerable<SegmentRun> Runs(int shard, long contentSequence, long fromOrdinal, int limit)
    {
        using var row = _runs.Set(shard).Set(contentSequence).Set(fromOrdinal).Set(limit).Read();
        while (row.Read())
            yield return new SegmentRun(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2));
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

    public BucketId? FindBucket(string owner)
    {
        using var row = _bucket.Set(owner).Read();
        return row.Read() ? new BucketId(row.GetInt64(0)) : null;
    }

    public BucketId LastBucket()
    {
        using var row = _lastBucket.Read();
        row.Read();
        return new BucketId(row.GetInt64(0));
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
        foreach (var statement in new[]
        {
            _object, _list, _listUpTo, _moving, _totals, _runs, _seek, _progress, _recorded, _ended, _arrival, _bucket,
            _lastBucket, _shards,
        })
            statement.Dispose();
        connection.Dispose();
    }

    private static ObjectState State(DbDataReader row)
    {
        var metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty;
        if (Bytes(row, 10) is { } packed) metadata = new PackedReader(packed).Metadata();
        var record = new ObjectRecord(
            new BucketId(row.GetInt64(0)), Key(row.GetFieldValue<byte[]>(1)), new ObjectId(row.GetInt64(2)),
            row.GetInt64(3), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8),
            Time(row.GetInt64(4)), Time(row.GetInt64(5)), metadata);
        var move = row.IsDBNull(12) ? null : new PendingMove(row.GetInt64(12), Key(row.GetFieldValue<byte[]>(13)));
        return new ObjectState(record, row.GetInt64(9), Bytes(row, 11), move);
    }

    private static ObjectKey Key(byte[] utf8) => ObjectKey.Create(Encoding.UTF8.GetString(utf8));

    private static byte[]? Bytes(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<byte[]>(column);

    private static DateTimeOffset Time(long micros) => Micros.TryTime(micros, out var time)
        ? time
        : throw new InvalidDataException($"The catalog holds {micros}, which is no time");
}
