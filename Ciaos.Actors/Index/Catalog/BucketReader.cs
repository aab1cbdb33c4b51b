using System.Data.Common;
using System.Text;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>Reads what is known of buckets, and what they hold.</summary>
internal sealed class BucketReader(DbConnection connection) : IDisposable
{
    private const string Columns = "id, name, owner, created, config, version";

    private readonly Statement _byName = Statement.Prepare(
        connection, $"SELECT {Columns} FROM bucket WHERE name = @b_name");

    private readonly Statement _byId = Statement.Prepare(connection, $"SELECT {Columns} FROM bucket WHERE id = @n_id");

    private readonly Statement _list = Statement.Prepare(connection, $"""
        SELECT {Columns} FROM bucket WHERE name >= @b_from AND name < @b_to ORDER BY name LIMIT @n_limit
        """);

    private readonly Statement _listOfOwner = Statement.Prepare(connection, $"""
        SELECT {Columns} FROM bucket WHERE owner = @t_owner AND name >= @b_from AND name < @b_to
        ORDER BY name LIMIT @n_limit
        """);

    private readonly Statement _isUsed = Statement.Prepare(connection, """
        SELECT 1 FROM object WHERE bucket = @n_id
        UNION ALL SELECT 1 FROM version WHERE bucket = @n_id
        UNION ALL SELECT 1 FROM upload WHERE bucket = @n_id
        LIMIT 1
        """);

    private readonly Statement _last = Statement.Prepare(
        connection, "SELECT COALESCE(MAX(id), 0) FROM bucket");

    private readonly Statement _allUsage = Statement.Prepare(connection, """
        SELECT CAST(COALESCE(SUM(objects), 0) AS BIGINT), CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM usage
        WHERE bucket <> 0
        """);

    private readonly Statement _usage = Statement.Prepare(
        connection, "SELECT objects, bytes FROM usage WHERE bucket = @n_id");

    public BucketInfo? Find(string name)
    {
        using var row = _byName.SetUtf8(name).Read();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>Null also where it was deleted.</summary>
    public BucketInfo? Find(BucketId id)
    {
        using var row = _byId.Set(id.Value).Read();
        return row.Read() && !row.IsNull(1) ? Read(row) : null;
    }

    /// <summary>It was there once, and is not any more.</summary>
    public bool WasDeleted(BucketId id)
    {
        using var row = _byId.Set(id.Value).Read();
        return row.Read() && row.IsNull(1);
    }

    /// <summary>The highest id that was ever given out.</summary>
    public BucketId Last()
    {
        using var row = _last.Read();
        row.Read();
        return new BucketId(row.GetInt64(0));
    }

    public List<BucketInfo> List(string? owner, byte[] from, byte[] to, int limit)
    {
        var set = owner is null ? _list : _listOfOwner.Set(owner);
        using var row = set.Set(from).Set(to).Set(limit).Read();
        var buckets = new List<BucketInfo>();
        while (row.Read()) buckets.Add(Read(row));
        return buckets;
    }

    /// <summary>It holds no object, version, delete marker or upload in parts.</summary>
    public bool IsEmpty(BucketId id)
    {
        using var row = _isUsed.Set(id.Value).Read();
        return !row.Read();
    }

    /// <summary>Of all buckets together.</summary>
    public BucketUsage TotalUsage()
    {
        using var row = _allUsage.Read();
        row.Read();
        return new BucketUsage(row.GetInt64(0), row.GetInt64(1));
    }

    public BucketUsage Usage(BucketId id)
    {
        using var row = _usage.Set(id.Value).Read();
        return row.Read() ? new BucketUsage(row.GetInt64(0), row.GetInt64(1)) : default;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _byName, _byId, _list, _listOfOwner, _isUsed, _last, _usage, _allUsage })
            statement.Dispose();
    }

    private static BucketInfo Read(Rows row) => new(
        new BucketId(row.GetInt64(0)), Encoding.UTF8.GetString(row.GetSpan(1)), row.GetString(2),
        ObjectRows.Time(row.GetInt64(3)), ObjectRows.Metadata(row, 4), row.GetInt64(5));
}
