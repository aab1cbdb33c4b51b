using System.Collections.Immutable;
using System.Data.Common;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Rebuild;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Check;

/// <summary>What is noted of the journal beside what the scan has noted of the volumes: in the same database, so that
/// it can be put in order and compared there, whatever its size.</summary>
internal sealed class CheckNotes
{
    private readonly Scratch _scratch;
    private readonly Statement _addUsed;
    private readonly Statement _addLive;
    private readonly Statement _addFinished;
    private readonly Statement _findFinished;
    private readonly Statement _findEvent;
    private readonly Statement _lastEvent;

    public CheckNotes(Scratch scratch)
    {
        _scratch = scratch;
        scratch.Run("""
            CREATE TABLE used (volume BIGINT, place BIGINT);
            CREATE TABLE live (
                volume BIGINT, place BIGINT, data_start BIGINT, data_bytes BIGINT, bucket BIGINT, shard BIGINT,
                content BIGINT);
            CREATE TABLE finished (shard BIGINT, started BIGINT, PRIMARY KEY (shard, started)) WITHOUT ROWID;
            """);
        _addUsed = scratch.Prepare("INSERT INTO used (volume, place) VALUES (@n_volume, @n_place)");
        _addLive = scratch.Prepare("""
            INSERT INTO live (volume, place, data_start, data_bytes, bucket, shard, content)
            VALUES (@n_volume, @n_place, @n_start, @n_bytes, @n_bucket, @n_shard, @n_content)
            """);
        _addFinished = scratch.Prepare(
            "INSERT INTO finished (shard, started) VALUES (@n_shard, @n_started) ON CONFLICT DO NOTHING");
        _findFinished = scratch.Prepare("SELECT 1 FROM finished WHERE shard = @n_shard AND started = @n_started");
        _findEvent = scratch.Prepare(
            "SELECT manifest, payload FROM event WHERE stream = @n_stream AND number = @n_number");
        _lastEvent = scratch.Prepare("SELECT COALESCE(MAX(number), 0) FROM event WHERE stream = @n_stream");
    }

    /// <summary>An event says that its object lies there.</summary>
    public void AddUsed(ImmutableArray<Segment> segments)
    {
        var last = default(NeedleLocation);
        foreach (var segment in segments)
        {
            if (segment.Needle == last || segment.Needle == default) continue;
            last = segment.Needle;
            _addUsed.Set(last.Volume.Value).Set(last.OffsetBytes).Execute();
        }
    }

    /// <summary>An object that is there lies there.</summary>
    public void AddLive(ImmutableArray<Segment> segments, long bucket, long shard, long content)
    {
        var last = default(NeedleLocation);
        foreach (var segment in segments)
        {
            if (segment.Needle == last || segment.Needle == default) continue;
            last = segment.Needle;
            _addLive.Set(last.Volume.Value).Set(last.OffsetBytes).Set(last.DataStartBytes).Set(last.DataBytes)
                .Set(bucket).Set(shard).Set(content).Execute();
        }
    }

    /// <summary>The source of a rename knows that it has happened.</summary>
    public void AddFinished(RenameId rename) =>
        _addFinished.Set(rename.SourceShard).Set(rename.StartedSequence).Execute();

    public bool IsFinished(long sourceShard, long started)
    {
        using var row = _findFinished.Set(sourceShard).Set(started).Read();
        return row.Read();
    }

    /// <summary>What volumes hold under that number, or null.</summary>
    public EncodedEvent? FindEvent(long stream, long number)
    {
        using var row = _findEvent.Set(stream).Set(number).Read();
        return row.Read() ? new EncodedEvent(row.GetString(0), row.GetBytes(1)) : null;
    }

    /// <summary>Volumes hold it, but the needle that it is about is damaged or missing, which is told of by
    /// itself.</summary>
    public bool IsIncomplete(long stream, long number) => _scratch.IsIncomplete(stream, number);

    /// <summary>The highest number of which volumes hold an event; 0 if there is none.</summary>
    public long LastEvent(long stream)
    {
        using var row = _lastEvent.Set(stream).Read();
        row.Read();
        return row.GetInt64(0);
    }

    /// <summary>All is noted: puts it in order.</summary>
    public void Sort() => _scratch.Run("""
        CREATE INDEX used_place ON used (volume, place);
        CREATE INDEX live_place ON live (volume, place, data_start, data_bytes, bucket, shard, content)
        """);

    /// <summary>Reads rows while they are asked for.</summary>
    public IEnumerable<Rows> Rows(string sql)
    {
        using var row = _scratch.Prepare(sql).Read();
        while (row.Read()) yield return row;
    }
}
