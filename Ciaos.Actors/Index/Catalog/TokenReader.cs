using System.Data.Common;
using System.Text;
using Ciaos.Actors.Sql;
using Ciaos.Storage;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>Reads which writes are remembered by their tokens.</summary>
internal sealed class TokenReader(DbConnection connection) : IDisposable
{
    private readonly Statement _find = Statement.Prepare(connection, """
        SELECT at, operation, body_bytes, body_crc, object_id, version, size, files, created, was_created, etag
        FROM token WHERE bucket = @n_bucket AND key = @b_key AND token = @b_token
        """);

    /// <summary>Null where there is none; one that may be forgotten already is found too.</summary>
    public RememberedWrite? Find(KeyName name, string token)
    {
        using var row = _find.Set(name.Bucket.Value).Set(name.Key).SetUtf8(token).Read();
        if (!row.Read()) return null;
        var sent = new IdempotencyToken(token, row.GetInt64(2), (uint)row.GetInt64(3));
        return new RememberedWrite(
            name, new IdempotencyStamp(sent, (WriteOperation)row.GetInt64(1)), Time(0), new ObjectId(row.GetInt64(4)),
            row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), Time(8), row.GetInt64(9) != 0, row.GetString(10));

        DateTimeOffset Time(int column) => Micros.TryTime(row.GetInt64(column), out var time)
            ? time
            : throw new InvalidDataException("A time of the catalog's table token is out of range");
    }

    public void Dispose() => _find.Dispose();
}
