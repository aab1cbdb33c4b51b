using System.Data.Common;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>Reads current and older versions of keys.</summary>
internal sealed class VersionReader(DbConnection connection) : IDisposable
{
    private readonly Statement _find = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfVersion} FROM version WHERE bucket = @n_bucket AND key = @b_key AND place = @n_place
        """);

    private readonly Statement _newest = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfVersion} FROM version WHERE bucket = @n_bucket AND key = @b_key ORDER BY place LIMIT 1
        """);

    private readonly Statement _keys = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfListed} FROM object
        WHERE bucket = @n_bucket AND is_marker = 0 AND key >= @b_from AND key < @b_to AND {ObjectRows.IsListed}
        ORDER BY key LIMIT @n_limit
        """);

    private readonly Statement _current = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfObject} FROM object
        WHERE bucket = @n_bucket AND is_marker = @n_marker AND key >= @b_from AND key < @b_to
            AND (key > @b_from OR content_sequence < @n_before) AND {ObjectRows.IsListed}
        ORDER BY key LIMIT @n_limit
        """);

    private readonly Statement _older = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfVersion} FROM version
        WHERE bucket = @n_bucket AND (key, place) > (@b_from, @n_place) AND key < @b_to
        ORDER BY key, place LIMIT @n_limit
        """);

    /// <summary>The older version whose content that event began.</summary>
    public ObjectState? Find(KeyName name, long contentSequence)
    {
        using var row = _find.Set(name.Bucket.Value).Set(name.Key).Set(-contentSequence).Read();
        return row.Read() ? ObjectRows.Read(row) : null;
    }

    public ObjectState? Newest(KeyName name)
    {
        using var row = _newest.Set(name.Bucket.Value).Set(name.Key).Read();
        return row.Read() ? ObjectRows.Read(row) : null;
    }

    /// <summary>Current objects from a place on.</summary>
    public List<ObjectRecord> Keys(BucketId bucket, ScanPlace from, byte[] to, int limit)
    {
        byte[] first = from.Behind ? [.. from.Key, 0] : from.Key;
        using var row = _keys.Set(bucket.Value).Set(first).Set(to).Set(limit).Read();
        var records = new List<ObjectRecord>();
        while (row.Read()) records.Add(ObjectRows.ReadListed(bucket, row));
        return records;
    }

    /// <summary>All versions from a place on, the newest of each key first.</summary>
    public List<ObjectState> All(BucketId bucket, ScanPlace from, byte[] to, int limit)
    {
        var current = Merge(
            Current(bucket, areMarkers: false, from, to, limit), Current(bucket, areMarkers: true, from, to, limit),
            limit);
        return Merge(current, Older(bucket, from, to, limit), limit);
    }

    // Of one key what is in the first list comes first.
    private static List<ObjectState> Merge(List<ObjectState> first, List<ObjectState> second, int limit)
    {
        if (second.Count == 0) return first;
        var merged = new List<ObjectState>(limit);
        var next = 0;
        foreach (var state in first)
        {
            while (merged.Count < limit && next < second.Count && IsBefore(second[next], state))
                merged.Add(second[next++]);
            if (merged.Count == limit) return merged;
            merged.Add(state);
        }

        while (merged.Count < limit && next < second.Count) merged.Add(second[next++]);
        return merged;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _find, _newest, _keys, _current, _older }) statement.Dispose();
    }

    private List<ObjectState> Current(BucketId bucket, bool areMarkers, ScanPlace from, byte[] to, int limit)
    {
        using var row = _current.Set(bucket.Value).Set(areMarkers ? 1 : 0).Set(from.Key).Set(to)
            .Set(Before(from)).Set(limit).Read();
        var states = new List<ObjectState>();
        while (row.Read()) states.Add(ObjectRows.Read(row));
        return states;
    }

    private List<ObjectState> Older(BucketId bucket, ScanPlace from, byte[] to, int limit)
    {
        using var row = _older.Set(bucket.Value).Set(from.Key)
            .Set(from.After ?? (from.Behind ? long.MaxValue : long.MinValue)).Set(to).Set(limit).Read();
        var states = new List<ObjectState>();
        while (row.Read()) states.Add(ObjectRows.Read(row));
        return states;
    }

    // Of the first key a current version counts only where it is older than what the scan has seen of that key.
    private static long Before(ScanPlace from) => from switch
    {
        { After: { } after } when after > long.MinValue => -after,
        { Behind: true } => long.MinValue,
        _ => long.MaxValue,
    };

    private static bool IsBefore(ObjectState left, ObjectState right) =>
        left.Record.Key != right.Record.Key
        && left.Record.Key.ToUtf8().AsSpan().SequenceCompareTo(right.Record.Key.ToUtf8()) < 0;
}
