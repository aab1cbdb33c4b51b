using System.Data.Common;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that writes uploads in parts. A part has all its segments either in its row or in rows of their
/// own.</summary>
internal sealed class UploadStatements(DbConnection connection) : IDisposable
{
    private const string OnePart = "shard = @n_shard AND upload = @n_upload AND number = @n_number";
    private const string AllParts = "shard = @n_shard AND upload = @n_upload";

    private readonly Statement _add = Statement.Prepare(connection, """
        INSERT INTO upload (bucket, key, sequence, shard, object_id, begun, initiator, metadata)
        VALUES (@n_bucket, @b_key, @n_sequence, @n_shard, @n_object, @n_begun, @t_initiator, @b_metadata)
        """);

    private readonly Statement _remove = Statement.Prepare(connection, """
        DELETE FROM upload WHERE bucket = @n_bucket AND key = @b_key AND sequence = @n_sequence
        """);

    private readonly Statement _endPart = Statement.Prepare(connection, $"""
        INSERT INTO ended_content (shard, content_sequence)
        SELECT shard, content_sequence FROM part WHERE {OnePart} AND inline_segments IS NULL
        """);

    private readonly Statement _endParts = Statement.Prepare(connection, $"""
        INSERT INTO ended_content (shard, content_sequence)
        SELECT shard, content_sequence FROM part WHERE {AllParts} AND inline_segments IS NULL
        """);

    private readonly Statement _setPart = Statement.Prepare(connection, """
        INSERT INTO part (shard, upload, number, content_sequence, object_id, modified, size, segments, metadata,
            inline_segments)
        VALUES (@n_shard, @n_upload, @n_number, @n_content, @n_object, @n_modified, @n_size, @n_segments, @b_metadata,
            @b_inline)
        ON CONFLICT (shard, upload, number) DO UPDATE SET
            content_sequence = excluded.content_sequence, object_id = excluded.object_id,
            modified = excluded.modified, size = excluded.size, segments = excluded.segments,
            metadata = excluded.metadata, inline_segments = excluded.inline_segments
        """);

    private readonly Statement _removeParts = Statement.Prepare(connection, $"DELETE FROM part WHERE {AllParts}");

    /// <summary>False: it is not about uploads.</summary>
    public bool TryApply(int shard, CatalogChange change)
    {
        switch (change)
        {
            case CatalogChange.AddUpload(var upload):
                _add.Set(upload.Bucket.Value).Set(upload.Key).Set(upload.Id.Sequence).Set(shard)
                    .Set(upload.Id.Object.Value).Set(Micros.From(upload.Begun)).Set(upload.Initiator)
                    .Set(ObjectRows.Pack(upload.Metadata)).Execute();
                return true;
            case CatalogChange.SetPart set:
                SetPart(shard, set);
                return true;
            case CatalogChange.EndUpload end:
                _endParts.Set(shard).Set(end.Upload.Sequence).Execute();
                _removeParts.Set(shard).Set(end.Upload.Sequence).Execute();
                _remove.Set(end.Name.Bucket.Value).Set(end.Name.Key).Set(end.Upload.Sequence)
                    .Execute();
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _add, _remove, _endPart, _endParts, _setPart, _removeParts })
            statement.Dispose();
    }

    private void SetPart(int shard, CatalogChange.SetPart set)
    {
        var part = set.Part;
        _endPart.Set(shard).Set(set.Upload.Sequence).Set(part.Number).Execute();
        _setPart.Set(shard).Set(set.Upload.Sequence).Set(part.Number).Set(part.Sequence).Set(set.Id.Value)
            .Set(Micros.From(part.Modified)).Set(part.SizeBytes).Set(set.SegmentCount)
            .Set(ObjectRows.Pack(part.Metadata)).SetOrNull(set.Inline.Span)
            .Execute();
    }
}
