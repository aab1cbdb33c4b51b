using System.Data.Common;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>A place in the order of age: behind everything of this time, key and number.</summary>
/// <param name="Number">Tells rows of one key and time apart, where a key may have several.</param>
internal readonly record struct AgePlace(long Micros, byte[] Key, long Number)
{
    /// <summary>Everything younger than that follows.</summary>
    public static AgePlace Behind(long micros) => new(micros, [0xFF], long.MaxValue);
}

/// <summary>Reads what is old enough, the oldest first, by the indexes of <see cref="CatalogSchema.AgeIndexes"/>.
/// </summary>
internal sealed class AgeReader(DbConnection connection) : IDisposable
{
    private readonly Statement _objects = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfObject} FROM object
        WHERE bucket = @n_bucket AND (modified, key) > (@n_micros, @b_key) AND modified <= @n_to
            AND is_marker = 0 AND moving_sequence IS NULL
        ORDER BY modified, key LIMIT @n_limit
        """);

    private readonly Statement _loneMarkers = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfObject} FROM object
        WHERE bucket = @n_bucket AND (modified, key) > (@n_micros, @b_key) AND modified <= @n_to
            AND is_marker = 1 AND noncurrent = 0
        ORDER BY modified, key LIMIT @n_limit
        """);

    private readonly Statement _versions = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfVersion} FROM version
        WHERE bucket = @n_bucket AND (since, key, place) > (@n_micros, @b_key, @n_number) AND since <= @n_to
        ORDER BY since, key, place LIMIT @n_limit
        """);

    private readonly Statement _excess = Statement.Prepare(connection, $"""
        SELECT {ObjectRows.OfVersion} FROM version
        WHERE bucket = @n_bucket AND key = @b_key AND since <= @n_to AND place > @n_number AND place >= (
            SELECT place FROM version WHERE bucket = @n_bucket AND key = @b_key ORDER BY place
            LIMIT 1 OFFSET @n_keep)
        ORDER BY place LIMIT @n_limit
        """);

    private readonly Statement _uploads = Statement.Prepare(connection, $"""
        SELECT {UploadReader.Columns} FROM upload
        WHERE bucket = @n_bucket AND (begun, key, sequence) > (@n_micros, @b_key, @n_number) AND begun <= @n_to
        ORDER BY begun, key, sequence LIMIT @n_limit
        """);

    /// <summary>Current objects, but for delete markers and those on their way to another key.</summary>
    /// <param name="toMicros">The youngest that is wanted, inclusive; also below.</param>
    public List<ObjectRecord> Objects(BucketId bucket, AgePlace after, long toMicros, int limit) =>
        Current(_objects, bucket, after, toMicros, limit);

    /// <summary>Delete markers that hide nothing.</summary>
    public List<ObjectRecord> LoneMarkers(BucketId bucket, AgePlace after, long toMicros, int limit) =>
        Current(_loneMarkers, bucket, after, toMicros, limit);

    /// <summary>Older versions, delete markers included, by the time when they stopped being current.</summary>
    public List<ObjectState> Versions(BucketId bucket, AgePlace after, long toMicros, int limit)
    {
        using var row = _versions.Set(bucket.Value).Set(after.Micros).Set(after.Key).Set(after.Number).Set(toMicros)
            .Set(limit).Read();
        var states = new List<ObjectState>();
        while (row.Read()) states.Add(ObjectRows.Read(row));
        return states;
    }

    /// <summary>Of one key, the older versions that are not among the newest <paramref name="keep"/>, the newest of
    /// them first.</summary>
    public List<ObjectState> Excess(KeyName name, int keep, AgePlace after, long toMicros, int limit)
    {
        using var row = _excess.Set(name.Bucket.Value).Set(name.Key).Set(toMicros).Set(after.Number)
            .Set(keep).Set(limit).Read();
        var states = new List<ObjectState>();
        while (row.Read()) states.Add(ObjectRows.Read(row));
        return states;
    }

    public List<UploadRecord> Uploads(BucketId bucket, AgePlace after, long toMicros, int limit)
    {
        using var row = _uploads.Set(bucket.Value).Set(after.Micros).Set(after.Key).Set(after.Number).Set(toMicros)
            .Set(limit).Read();
        var records = new List<UploadRecord>();
        while (row.Read()) records.Add(UploadReader.Read(row));
        return records;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _objects, _loneMarkers, _versions, _excess, _uploads }) statement.Dispose();
    }

    private static List<ObjectRecord> Current(
        Statement statement, BucketId bucket, AgePlace after, long toMicros, int limit)
    {
        using var row = statement.Set(bucket.Value).Set(after.Micros).Set(after.Key).Set(toMicros).Set(limit).Read();
        var records = new List<ObjectRecord>();
        while (row.Read()) records.Add(ObjectRows.Read(row).Record);
        return records;
    }
}
