using System.Data.Common;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The SQL that writes the catalog, prepared on one connection.</summary>
/// <param name="begin">SQL that begins a transaction which writes.</param>
internal sealed class CatalogStatements(DbConnection connection, string begin) : IDisposable
{
    private readonly Statement _begin = Statement.Prepare(connection, begin, isPrepared: false);

    private readonly Statement _commit = Statement.Prepare(connection, "COMMIT", isPrepared: false);

    private readonly Statement _start = Statement.Prepare(connection, """
        INSERT INTO progress (persistence_id, applied_sequence) VALUES (@t_id, @n_to) ON CONFLICT DO NOTHING
        """);

    private readonly Statement _advance = Statement.Prepare(connection, """
        UPDATE progress SET applied_sequence = @n_to WHERE persistence_id = @t_id AND applied_sequence = @n_from
        """);

    private readonly Statement _setObject = Statement.Prepare(connection, """
        INSERT INTO object (bucket, key, shard, object_id, version, created, modified, size, files, segments,
            content_sequence, metadata, inline_segments, moving_sequence, moving_to, version_sequence, version_object,
            is_marker, content_version, noncurrent, null_sequence)
        VALUES (@n_bucket, @b_key, @n_shard, @n_object, @n_version, @n_created, @n_modified, @n_size, @n_files,
            @n_segments, @n_content, @b_metadata, @b_inline, @n_moving, @b_moving, @n_version_sequence,
            @n_version_object, @n_marker, @n_content_version, @n_noncurrent, @n_null)
        ON CONFLICT (bucket, is_marker, key) DO UPDATE SET
            shard = excluded.shard, object_id = excluded.object_id, version = excluded.version,
            created = excluded.created, modified = excluded.modified, size = excluded.size, files = excluded.files,
            segments = excluded.segments, content_sequence = excluded.content_sequence,
            metadata = excluded.metadata, inline_segments = excluded.inline_segments,
            moving_sequence = excluded.moving_sequence, moving_to = excluded.moving_to,
            version_sequence = excluded.version_sequence, version_object = excluded.version_object,
            content_version = excluded.content_version,
            noncurrent = excluded.noncurrent, null_sequence = excluded.null_sequence
        """);

    private readonly Statement _removeObject = Statement.Prepare(connection, """
        DELETE FROM object WHERE bucket = @n_bucket AND is_marker = @n_marker AND key = @b_key
        """);

    private readonly Statement _addRun = Statement.Prepare(connection, """
        INSERT INTO segment (shard, content_sequence, first_ordinal, first_offset, run)
        VALUES (@n_shard, @n_content, @n_ordinal, @n_offset, @b_run)
        """);

    private readonly Statement _endContent = Statement.Prepare(connection, """
        INSERT INTO ended_content (shard, content_sequence) VALUES (@n_shard, @n_content)
        """);

    private readonly Statement _addArrival = Statement.Prepare(connection, """
        INSERT INTO arrival (source_shard, started_sequence) VALUES (@n_shard, @n_sequence)
        """);

    private readonly Statement _forgetArrival = Statement.Prepare(connection, """
        DELETE FROM arrival WHERE source_shard = @n_shard AND started_sequence = @n_sequence
        """);

    private readonly Statement _setShards = Statement.Prepare(connection, "UPDATE index_layout SET shards = @n_shards");

    private readonly Statement _setRecorded = Statement.Prepare(connection, """
        INSERT INTO recorded (persistence_id, recorded_sequence) VALUES (@t_id, @n_to)
        ON CONFLICT (persistence_id) DO UPDATE SET recorded_sequence = excluded.recorded_sequence
        """);

    private readonly Statement _purgeRows = Statement.Prepare(connection, """
        DELETE FROM segment WHERE shard = @n_shard AND content_sequence = @n_content AND first_ordinal IN (
            SELECT first_ordinal FROM segment WHERE shard = @n_shard AND content_sequence = @n_content
            ORDER BY first_ordinal LIMIT @n_rows)
        """);

    private readonly Statement _purgeMark = Statement.Prepare(connection, """
        DELETE FROM ended_content WHERE shard = @n_shard AND content_sequence = @n_content
        """);

    private readonly VersionStatements _versions = new(connection);
    private readonly UploadStatements _uploads = new(connection);
    private readonly BucketStatements _buckets = new(connection);
    private readonly TokenStatements _tokens = new(connection);

    public void Begin() => _begin.Execute();

    public void Commit() => _commit.Execute();

    public void Advance(CatalogBatch batch)
    {
        var rows = batch.FromSequence == 0
            ? _start.Set(batch.PersistenceId).Set(batch.ToSequence).Execute()
            : _advance.Set(batch.ToSequence).Set(batch.PersistenceId).Set(batch.FromSequence).Execute();
        if (rows != 1) throw new CatalogOutOfStepException(batch.PersistenceId, batch.FromSequence);
        if (batch.RecordedTo is { } recorded) SetRecorded(batch.PersistenceId, recorded);
    }

    public void SetRecorded(string persistenceId, long sequence) =>
        _setRecorded.Set(persistenceId).Set(sequence).Execute();

    /// <param name="usage">Takes what the change makes of the use of buckets.</param>
    public void Apply(int shard, CatalogChange change, UsageTotals usage)
    {
        switch (change)
        {
            case CatalogChange.AddUsage add:
                usage.Add(add.Bucket, add.Objects, add.Bytes, add.IsMove);
                break;
            case CatalogChange.SetObject set:
                SetObject(shard, set.State);
                break;
            case CatalogChange.RemoveObject remove:
                _removeObject.Set(remove.Name.Bucket.Value).Set(remove.IsMarker ? 1 : 0).Set(remove.Name.Key)
                    .Execute();
                break;
            case CatalogChange.AddRuns add:
                foreach (var run in add.Runs) AddRun(shard, add.ContentSequence, run);
                break;
            case CatalogChange.EndContent end:
                _endContent.Set(shard).Set(end.ContentSequence).Execute();
                break;
            case CatalogChange.AddArrival(var rename):
                _addArrival.Set(rename.SourceShard).Set(rename.StartedSequence).Execute();
                break;
            case CatalogChange.ForgetArrival(var rename):
                _forgetArrival.Set(rename.SourceShard).Set(rename.StartedSequence).Execute();
                break;
            case CatalogChange.SetShards(var shards):
                _setShards.Set(shards).Execute();
                break;
            default:
                if (!_versions.TryApply(shard, change, usage)
                    && !_uploads.TryApply(shard, change) && !_buckets.TryApply(change)
                    && !_tokens.TryApply(shard, change))
                    throw new ArgumentException($"{change.GetType().Name} is not known", nameof(change));
                break;
        }
    }

    public void Add(UsageTotals usage) => _buckets.Add(usage);

    public bool Purge(int shard, long contentSequence, int maxRows)
    {
        var rows = _purgeRows.Set(shard).Set(contentSequence).Set(maxRows).Execute();
        if (rows == maxRows) return true;
        _purgeMark.Set(shard).Set(contentSequence).Execute();
        return false;
    }

    public void Dispose()
    {
        foreach (var statement in new[]
        {
            _begin, _commit, _start, _advance, _setObject, _removeObject, _addRun, _endContent, _addArrival,
            _forgetArrival, _setShards, _setRecorded, _purgeRows, _purgeMark,
        })
            statement.Dispose();
        _versions.Dispose();
        _uploads.Dispose();
        _buckets.Dispose();
        _tokens.Dispose();
    }

    private void SetObject(int shard, ObjectState state)
    {
        var record = state.Record;
        _setObject
            .Set(record.Bucket.Value).Set(record.Key).Set(shard)
            .Set(record.Id.Value).Set(record.Version)
            .Set(Micros.From(record.Created)).Set(Micros.From(record.Modified))
            .Set(record.SizeBytes).Set(record.FileCount).Set(record.SegmentCount)
            .Set(state.ContentSequence)
            .Set(ObjectRows.Pack(record.Metadata))
            .SetOrNull(state.Inline.Span)
            .Set(state.Move?.StartedSequence).Set(state.Move?.NewKey)
            .Set(record.VersionId.Sequence).Set(record.VersionId.Object.Value)
            .Set(record.IsDeleteMarker ? 1 : 0).Set(record.ContentVersion)
            .Set(state.Noncurrent).Set(state.NullSequence)
            .Execute();
    }

    private void AddRun(int shard, long contentSequence, SegmentRun run) =>
        _addRun.Set(shard).Set(contentSequence).Set(run.FirstOrdinal).Set(run.FirstOffsetBytes)
            .Set(run.Encoded.Span).Execute();
}
