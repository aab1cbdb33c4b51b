using System.Data.Common;
using System.Text;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that writes which writes are remembered by their tokens.</summary>
internal sealed class TokenStatements(DbConnection connection) : IDisposable
{
    private readonly Statement _remember = Statement.Prepare(connection, """
        INSERT INTO token (bucket, key, token, shard, at, operation, body_bytes, body_crc, object_id, version, size,
            files, created, was_created, etag)
        VALUES (@n_bucket, @b_key, @b_token, @n_shard, @n_at, @n_operation, @n_body_bytes, @n_body_crc, @n_object,
            @n_version, @n_size, @n_files, @n_created, @n_was_created, @t_etag)
        ON CONFLICT (bucket, key, token) DO UPDATE SET
            shard = excluded.shard, at = excluded.at, operation = excluded.operation,
            body_bytes = excluded.body_bytes, body_crc = excluded.body_crc, object_id = excluded.object_id,
            version = excluded.version, size = excluded.size, files = excluded.files, created = excluded.created,
            was_created = excluded.was_created, etag = excluded.etag
        """);

    private readonly Statement _forget = Statement.Prepare(connection, """
        DELETE FROM token WHERE (bucket, key, token) IN (
            SELECT bucket, key, token FROM token WHERE shard = @n_shard AND at < @n_before ORDER BY at LIMIT @n_rows)
        """);

    /// <summary>False: it is not about tokens.</summary>
    public bool TryApply(int shard, CatalogChange change)
    {
        switch (change)
        {
            case CatalogChange.Remember(var write):
                var (token, operation) = write.Stamp;
                _remember.Set(write.Name.Bucket.Value).Set(write.Name.Key)
                    .SetUtf8(token.Text).Set(shard)
                    .Set(Micros.From(write.At)).Set((long)operation).Set(token.BodyBytes).Set(token.BodyCrc)
                    .Set(write.Id.Value).Set(write.Version).Set(write.SizeBytes).Set(write.FileCount)
                    .Set(Micros.From(write.Created)).Set(write.WasCreated ? 1 : 0).Set(write.ETag)
                    .Execute();
                return true;
            case CatalogChange.Forget forget:
                _forget.Set(shard).Set(Micros.From(forget.Before)).Set(forget.MaxRows).Execute();
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
        _remember.Dispose();
        _forget.Dispose();
    }
}
