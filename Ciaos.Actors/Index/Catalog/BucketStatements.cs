using System.Data.Common;
using System.Text;
using Ciaos.Actors.Sql;
using Ciaos.Storage;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that writes buckets, and what is used of them.</summary>
internal sealed class BucketStatements(DbConnection connection) : IDisposable
{
    private readonly Statement _set = Statement.Prepare(connection, """
        INSERT INTO bucket (id, name, owner, created, config, version)
        VALUES (@n_id, @b_name, @t_owner, @n_created, @b_config, @n_version)
        ON CONFLICT (id) DO UPDATE SET config = excluded.config, version = excluded.version
        """);

    private readonly Statement _end = Statement.Prepare(connection, """
        UPDATE bucket SET name = NULL, config = NULL WHERE id = @n_id
        """);

    private readonly Statement _use = Statement.Prepare(connection, """
        INSERT INTO usage (bucket, objects, bytes) VALUES (@n_bucket, @n_objects, @n_bytes)
        ON CONFLICT (bucket) DO UPDATE SET objects = usage.objects + excluded.objects,
            bytes = usage.bytes + excluded.bytes
        """);

    /// <summary>False: it is not about buckets.</summary>
    public bool TryApply(CatalogChange change)
    {
        switch (change)
        {
            case CatalogChange.SetBucket(var bucket):
                _set.Set(bucket.Id.Value).SetUtf8(bucket.Name).Set(bucket.Owner)
                    .Set(Micros.From(bucket.Created)).Set(ObjectRows.Pack(bucket.Config)).Set(bucket.Version)
                    .Execute();
                return true;
            case CatalogChange.EndBucket(var bucket):
                _end.Set(bucket.Value).Execute();
                return true;
            default:
                return false;
        }
    }

    public void Add(UsageTotals usage)
    {
        foreach (var (bucket, objects, bytes) in usage.Changes)
            _use.Set(bucket.Value).Set(objects).Set(bytes).Execute();
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _set, _end, _use }) statement.Dispose();
    }
}

/// <summary>What a transaction makes of the use of buckets: so each bucket is written once, however many objects
/// changed.</summary>
internal sealed class UsageTotals
{
    private readonly Dictionary<BucketId, (long Objects, long Bytes)> _totals = [];

    public IEnumerable<(BucketId Bucket, long Objects, long Bytes)> Changes => _totals
        .Where(total => total.Value != default)
        .Select(total => (total.Key, total.Value.Objects, total.Value.Bytes));

    /// <summary>Not the id of any bucket: its row tells how many objects were ended, and their bytes. These lie dead in
    /// volumes until compaction frees them.</summary>
    public static readonly BucketId Dead = new(0);

    /// <param name="isMove">What goes here comes back elsewhere.</param>
    public void Add(BucketId bucket, long objects, long bytes, bool isMove = false)
    {
        Sum(bucket, objects, bytes);
        if (bytes < 0 && !isMove) Sum(Dead, -objects, -bytes);
    }

    private void Sum(BucketId bucket, long objects, long bytes)
    {
        var known = _totals.GetValueOrDefault(bucket);
        _totals[bucket] = (known.Objects + objects, known.Bytes + bytes);
    }
}
