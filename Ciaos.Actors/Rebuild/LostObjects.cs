using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Sql;
using Ciaos.Storage;

namespace Ciaos.Actors.Rebuild;

/// <summary>Keys that hold an object which cannot be given back, as of the events that were replayed so far.</summary>
internal sealed class LostObjects
{
    /// <summary>Stands in events of which nobody knows what key they were about.</summary>
    public static readonly ObjectKey UnknownKey = ObjectKey.Create("unknown");

    private readonly Statement _add;
    private readonly Statement _remove;
    private readonly Statement _find;
    private readonly Statement _all;

    public LostObjects(Scratch scratch)
    {
        scratch.Run("""
            DROP TABLE IF EXISTS lost;
            CREATE TABLE lost (bucket BIGINT, key BLOB, size BIGINT, reason TEXT, PRIMARY KEY (bucket, key))
            WITHOUT ROWID
            """);
        _add = scratch.Prepare(
            "INSERT OR REPLACE INTO lost (bucket, key, size, reason) VALUES (@n_bucket, @b_key, @n_size, @t_reason)");
        _remove = scratch.Prepare("DELETE FROM lost WHERE bucket = @n_bucket AND key = @b_key");
        _find = scratch.Prepare("SELECT size, reason FROM lost WHERE bucket = @n_bucket AND key = @b_key");
        _all = scratch.Prepare("SELECT bucket, CAST(key AS TEXT), size, reason FROM lost ORDER BY bucket, key");
    }

    public void Add(KeyName name, long sizeBytes, string reason) =>
        _add.Set(name.Bucket.Value).Set(name.Key).Set(sizeBytes).Set(reason).Execute();

    /// <returns>Whether it was lost.</returns>
    public bool Remove(KeyName name) => _remove.Set(name.Bucket.Value).Set(name.Key).Execute() > 0;

    public (long SizeBytes, string Reason)? Find(KeyName name)
    {
        using var row = _find.Set(name.Bucket.Value).Set(name.Key).Read();
        return row.Read() ? (row.GetInt64(0), row.GetString(1)) : null;
    }

    public void Report(RebuildReport report)
    {
        using var row = _all.Read();
        for (; row.Read(); report.LostCount++)
            report.Add(new LostObject(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3)));
    }
}
