using System.Data.Common;
using Ciaos.Actors.Sql;
using Ciaos.Storage;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>A place in the order of the catalog's objects: behind this key.</summary>
internal readonly record struct KeyPlace(long Bucket, long IsMarker, byte[] Key)
{
    public static readonly KeyPlace First = new(long.MinValue, 0, []);
}

/// <summary>Reads the keys of all objects and delete markers, in the order in which the table holds them.</summary>
internal sealed class KeyReader(DbConnection connection) : IDisposable
{
    private readonly Statement _keys = Statement.Prepare(connection, """
        SELECT bucket, is_marker, key FROM object
        WHERE (bucket, is_marker, key) > (@n_bucket, @n_marker, @b_key)
        ORDER BY bucket, is_marker, key LIMIT @n_limit
        """);

    /// <param name="place">Behind which to begin; then that of the last one.</param>
    /// <returns>Hashes of <see cref="KeySlot"/>; fewer than were asked for when there are no more.</returns>
    public List<uint> Read(ref KeyPlace place, int limit)
    {
        var hashes = new List<uint>(limit);
        Span<byte> name = stackalloc byte[KeySlot.MaxNameBytes];
        using var row = _keys.Set(place.Bucket).Set(place.IsMarker).Set(place.Key.AsSpan()).Set(limit).Read();
        while (row.Read())
        {
            var length = KeySlot.Encode(new BucketId(row.GetInt64(0)), row.GetSpan(2), name);
            hashes.Add(KeySlot.HashOf(name[..length]));
            if (hashes.Count == limit) place = new KeyPlace(row.GetInt64(0), row.GetInt64(1), row.GetBytes(2));
        }

        return hashes;
    }

    public void Dispose() => _keys.Dispose();
}
