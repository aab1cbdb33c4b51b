using System.Data.Common;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>A part as the catalog has it.</summary>
/// <param name="Inline">As <see cref="ObjectState.Inline"/>.</param>
internal sealed record PartState(PartRecord Record, long SegmentCount, ReadOnlyMemory<byte> Inline)
{
    public ContentView Content => new(Record.Sequence, Inline, SegmentCount, Record.SizeBytes);
}

/// <summary>Reads uploads in parts.</summary>
internal sealed class UploadReader(DbConnection connection) : IDisposable
{
    public const string Columns = "bucket, key, sequence, object_id, begun, initiator, metadata";

    private readonly Statement _find = Statement.Prepare(connection, $"""
        SELECT {Columns} FROM upload
        WHERE bucket = @n_bucket AND key = @b_key AND sequence = @n_sequence AND object_id = @n_object
        """);

    private readonly Statement _list = Statement.Prepare(connection, $"""
        SELECT {Columns} FROM upload
        WHERE bucket = @n_bucket AND (key, sequence) > (@b_from, @n_sequence) AND key < @b_to
        ORDER BY key, sequence LIMIT @n_limit
        """);

    private readonly Statement _parts = Statement.Prepare(connection, """
        SELECT number, content_sequence, size, modified, metadata, segments, inline_segments FROM part
        WHERE shard = @n_shard AND upload = @n_upload AND number > @n_after ORDER BY number LIMIT @n_limit
        """);

    public UploadRecord? Find(KeyName name, UploadId id)
    {
        using var row = _find.Set(name.Bucket.Value).Set(name.Key).Set(id.Sequence).Set(id.Object.Value)
            .Read();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>Uploads from a place on, the oldest of each key first.</summary>
    public List<UploadRecord> All(BucketId bucket, ScanPlace from, byte[] to, int limit)
    {
        using var row = _list.Set(bucket.Value).Set(from.Key)
            .Set(from.After ?? (from.Behind ? long.MaxValue : long.MinValue)).Set(to).Set(limit).Read();
        var records = new List<UploadRecord>();
        while (row.Read()) records.Add(Read(row));
        return records;
    }

    public List<PartState> Parts(int shard, UploadId upload, int afterNumber, int limit)
    {
        using var row = _parts.Set(shard).Set(upload.Sequence).Set(afterNumber).Set(limit).Read();
        var parts = new List<PartState>();
        while (row.Read())
        {
            var record = new PartRecord(
                (int)row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), ObjectRows.Time(row.GetInt64(3)),
                ObjectRows.Metadata(row, 4));
            parts.Add(new PartState(record, row.GetInt64(5), ObjectRows.Bytes(row, 6)));
        }

        return parts;
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _find, _list, _parts }) statement.Dispose();
    }

    public static UploadRecord Read(Rows row) => new(
        new BucketId(row.GetInt64(0)), ObjectRows.Key(row.GetSpan(1)),
        new UploadId(row.GetInt64(2), new ObjectId(row.GetInt64(3))), ObjectRows.Time(row.GetInt64(4)),
        row.GetString(5), ObjectRows.Metadata(row, 6));
}
