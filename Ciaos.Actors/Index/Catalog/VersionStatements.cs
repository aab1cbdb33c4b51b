using System.Data.Common;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that writes older versions.</summary>
internal sealed class VersionStatements(DbConnection connection) : IDisposable
{
    private const string OneVersion = "bucket = @n_bucket AND key = @b_key AND place = @n_place";

    private readonly Statement _add = Statement.Prepare(connection, """
        INSERT INTO version (bucket, key, place, shard, object_id, version, created, modified, size, files, segments,
            content_sequence, metadata, inline_segments, version_sequence, version_object, is_marker, content_version,
            since)
        VALUES (@n_bucket, @b_key, @n_place, @n_shard, @n_object, @n_version, @n_created, @n_modified, @n_size,
            @n_files, @n_segments, @n_content, @b_metadata, @b_inline, @n_version_sequence, @n_version_object,
            @n_marker, @n_content_version, @n_since)
        """);

    private readonly Statement _remove = Statement.Prepare(connection, $"""
        DELETE FROM version WHERE {OneVersion} RETURNING size, is_marker, segments, inline_segments
        """);

    private readonly Statement _take = Statement.Prepare(connection, $"DELETE FROM version WHERE {OneVersion}");

    private readonly Statement _change = Statement.Prepare(connection, $"""
        UPDATE version SET metadata = @b_metadata, content_version = COALESCE(content_version, version),
            version = @n_version
        WHERE {OneVersion}
        """);

    private readonly Statement _endContent = Statement.Prepare(connection, """
        INSERT INTO ended_content (shard, content_sequence) VALUES (@n_shard, @n_content)
        """);

    /// <summary>False: it is not about versions.</summary>
    /// <exception cref="InvalidDataException">The version is not there.</exception>
    public bool TryApply(int shard, CatalogChange change, UsageTotals usage)
    {
        switch (change)
        {
            case CatalogChange.AddVersion add:
                Add(shard, add.State);
                return true;
            case CatalogChange.RemoveVersion remove:
                Remove(shard, remove, usage);
                return true;
            case CatalogChange.TakeVersion take:
                Require(Set(_take, take.Name, take.ContentSequence).Execute(), take.Name);
                return true;
            case CatalogChange.ChangeVersion set:
                var changed = _change.Set(ObjectRows.Pack(set.Metadata)).Set(set.Sequence);
                Require(Set(changed, set.Name, set.ContentSequence).Execute(), set.Name);
                return true;
            default:
                return false;
        }
    }

    public void Dispose()
    {
        foreach (var statement in new[] { _add, _remove, _take, _change, _endContent }) statement.Dispose();
    }

    private static Statement Set(Statement statement, KeyName name, long contentSequence) =>
        statement.Set(name.Bucket.Value).Set(name.Key).Set(-contentSequence);

    private static void Require(int rows, KeyName name)
    {
        if (rows != 1)
            throw new InvalidDataException(
                $"The catalog has no such version of key \"{name.Key}\" in bucket {name.Bucket.Value}");
    }

    private void Add(int shard, ObjectState state)
    {
        var record = state.Record;
        Set(_add, state.Name, state.ContentSequence)
            .Set(shard).Set(record.Id.Value).Set(record.Version)
            .Set(Micros.From(record.Created)).Set(Micros.From(record.Modified))
            .Set(record.SizeBytes).Set(record.FileCount).Set(record.SegmentCount)
            .Set(state.ContentSequence)
            .Set(ObjectRows.Pack(record.Metadata))
            .SetOrNull(state.Inline.Span)
            .Set(record.VersionId.Sequence).Set(record.VersionId.Object.Value)
            .Set(record.IsDeleteMarker ? 1 : 0).Set(record.ContentVersion)
            .Set(Micros.From(record.NoncurrentSince!.Value))
            .Execute();
    }

    private void Remove(
        int shard, CatalogChange.RemoveVersion remove, UsageTotals usage)
    {
        bool hasRows;
        using (var row = Set(_remove, remove.Name, remove.ContentSequence).Read())
        {
            Require(row.Read() ? 1 : 0, remove.Name);
            if (row.GetInt64(1) == 0) usage.Add(remove.Name.Bucket, -1, -row.GetInt64(0));
            var inline = ObjectRows.Bytes(row, 3);
            hasRows = row.GetInt64(2) > (inline is null ? 0 : SegmentCodec.Count(inline));

            // Only when it has been read to its end is the row gone.
            while (row.Read())
            {
                // There is no second one.
            }
        }

        if (hasRows) _endContent.Set(shard).Set(remove.ContentSequence).Execute();
    }
}
