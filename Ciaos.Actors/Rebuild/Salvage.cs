using System.Collections.Immutable;
using System.Runtime.Serialization;
using System.Text;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// What stands in for events that are missing. A whole upload that no event names, and that was made at the time of a
/// hole in its shard's events, is taken for what one of them was about. A rename whose arrival is known, but not its
/// start, is known as a whole. Made only where something is missing: otherwise an upload without an event is one that
/// was refused or never finished, and must not come back.
/// </summary>
internal sealed class Salvage
{
    // An event comes after its upload by as much as a flush and the shard's queue take.
    private const long SlackMicros = 5_000_000;
    private const int Page = 1000;

    private readonly Scratch _scratch;
    private readonly SalvagedUploads _uploads;
    private readonly RebuildReport _report;
    private readonly bool _isTailMissing;
    private readonly Queue<long> _chosen = new();
    private readonly Statement _arrival;
    private readonly Statement _choose;
    private readonly Statement _chooseBehind;
    private readonly Statement _taken;

    /// <param name="isTailMissing">Events may be missing behind the last one of every shard, too.</param>
    public Salvage(
        Scratch scratch, SalvagedUploads uploads, ShardLayout layout, RebuildReport report, bool isTailMissing)
    {
        (_scratch, _uploads, _report, _isTailMissing) = (scratch, uploads, report, isTailMissing);
        scratch.Run("""
            DROP TABLE IF EXISTS arrival; DROP TABLE IF EXISTS named; DROP TABLE IF EXISTS candidate;
            CREATE TABLE arrival (
                source BIGINT, started BIGINT, bucket BIGINT, old_key BLOB, at BIGINT, new_key BLOB,
                PRIMARY KEY (source, started)) WITHOUT ROWID;
            CREATE TABLE named (upload INTEGER PRIMARY KEY);
            CREATE TABLE candidate (
                shard BIGINT, time BIGINT, upload BIGINT, PRIMARY KEY (shard, time, upload)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS needle_upload ON needle (upload, chunk);
            """);
        _arrival = scratch.Prepare("""
            SELECT bucket, old_key, at, new_key FROM arrival WHERE source = @n_source AND started = @n_started
            """);
        _choose = scratch.Prepare("""
            SELECT upload FROM candidate WHERE shard = @n_shard AND time > @n_after AND time <= @n_until
            ORDER BY time DESC LIMIT @n_limit
            """);
        _chooseBehind = scratch.Prepare(
            "SELECT upload FROM candidate WHERE shard = @n_shard AND time > @n_after ORDER BY time LIMIT @n_limit");
        _taken = scratch.Prepare("DELETE FROM candidate WHERE upload = @n_upload");
        ReadEvents();
        FindCandidates(layout);
    }

    public bool HasArrived(RenameId rename) => FindStart(rename) is not null;

    /// <summary>The event that began a rename, as its arrival tells of it.</summary>
    public RenameStarted? FindStart(RenameId rename)
    {
        using var row = _arrival.Set(rename.SourceShard).Set(rename.StartedSequence).Read();
        if (!row.Read() || !Micros.TryTime(row.GetInt64(2), out var at)) return null;
        return new RenameStarted(new BucketId(row.GetInt64(0)), KeyOf(row, 1), at, KeyOf(row, 3));
    }

    /// <summary>There is a hole of so many events in the time between these two.</summary>
    public void Enter(int shard, DateTimeOffset after, DateTimeOffset until, long count)
    {
        _chosen.Clear();
        _choose.Set(shard).Set(Micros.From(after) - SlackMicros).Set(Micros.From(until)).Set(count);
        foreach (var upload in Enumerable.Reverse(Read(_choose))) _chosen.Enqueue(upload);
    }

    /// <summary>An event to fill the hole with; null where there is no further one.</summary>
    public IKeyEvent? Next(ShardStates states)
    {
        while (_chosen.TryDequeue(out var upload))
        {
            _taken.Set(upload).Execute();
            if (_uploads.Make(upload, states) is not { } message) continue;
            _report.Add(new SalvagedUpload(
                message.Bucket.Value, message.Key.Value, SizeOf(message), upload, message is ObjectAppended));
            return message;
        }

        return null;
    }

    /// <summary>As <see cref="Next"/>, behind the last event that was found.</summary>
    public IKeyEvent? NextBehind(int shard, DateTimeOffset after, ShardStates states)
    {
        while (_isTailMissing)
        {
            if (Next(states) is { } message) return message;
            _chooseBehind.Set(shard).Set(Micros.From(after) - SlackMicros).Set(Page);
            foreach (var upload in Read(_chooseBehind)) _chosen.Enqueue(upload);
            if (_chosen.Count == 0) return null;
        }

        return null;
    }

    private static List<long> Read(Statement statement)
    {
        var uploads = new List<long>();
        using var row = statement.Read();
        while (row.Read()) uploads.Add(row.GetInt64(0));
        return uploads;
    }

    private static long SizeOf(IKeyEvent message) => SegmentRun.SizeOf((message switch
    {
        ObjectPut put => put.Segments,
        ObjectVersionPut put => put.Segments,
        _ => ((ObjectAppended)message).Segments,
    }).AsSpan());

    private static ObjectKey KeyOf(Rows row, int column) =>
        ObjectKey.Create(Encoding.UTF8.GetString(row.GetSpan(column)));

    private void ReadEvents()
    {
        var name = _scratch.Prepare("INSERT OR IGNORE INTO named (upload) VALUES (@n_upload)");
        var nameOf = _scratch.Prepare("""
            INSERT OR IGNORE INTO named (upload)
            SELECT upload FROM needle WHERE volume = @n_volume AND place = @n_place
            """);
        var arrive = _scratch.Prepare("""
            INSERT OR IGNORE INTO arrival (source, started, bucket, old_key, at, new_key)
            VALUES (@n_source, @n_started, @n_bucket, @b_old, @n_at, @b_new)
            """);
        foreach (var (stream, _, _) in _scratch.Streams().Where(stream => stream.Stream > 0))
        {
            foreach (var (_, encoded) in _scratch.Events(stream))
            {
                switch (TryDecode(encoded))
                {
                    case ObjectPut put:
                        name.Set(put.Id.Value).Execute();
                        break;
                    case ObjectAppended appended:
                        name.Set(appended.Id.Value).Execute();
                        break;
                    case ObjectVersionPut put:
                        name.Set(put.Id.Value).Execute();
                        break;
                    case UploadPartPut part:
                        name.Set(part.Id.Value).Execute();
                        break;
                    case UploadCompleted completed:
                        NameAll(completed.Content.Runs, nameOf);
                        break;
                    case ObjectRenamedFrom from:
                        arrive.Set(from.Rename.SourceShard).Set(from.Rename.StartedSequence).Set(from.Bucket.Value)
                            .Set(from.Object.OldKey).Set(Micros.From(from.At)).Set(from.Key)
                            .Execute();
                        NameAll(from.Object.Runs, nameOf);
                        break;
                }
            }
        }
    }

    private static void NameAll(ImmutableArray<SegmentRun> runs, Statement nameOf)
    {
        foreach (var run in runs)
            foreach (var needle in SegmentCodec.Decode(run.Encoded.Span).Select(segment => segment.Needle).Distinct())
                nameOf.Set(needle.Volume.Value).Set(needle.OffsetBytes).Execute();
    }

    private static IIndexEvent? TryDecode(EncodedEvent encoded)
    {
        try
        {
            return IndexEventCodec.Decode(encoded.Manifest, encoded.Payload);
        }
        catch (SerializationException)
        {
            return null;
        }
    }

    private void FindCandidates(ShardLayout layout)
    {
        var add = _scratch.Prepare(
            "INSERT OR IGNORE INTO candidate (shard, time, upload) VALUES (@n_shard, @n_time, @n_upload)");
        using var row = _scratch.Prepare("""
            SELECT upload, MAX(id), MAX(bucket), MAX(key) FROM needle
            WHERE NOT EXISTS (SELECT 1 FROM named WHERE named.upload = needle.upload)
            GROUP BY upload
            HAVING COUNT(DISTINCT chunk) = MAX(chunk) + 1 AND MAX(CASE WHEN is_last = 1 THEN chunk END) = MAX(chunk)
            """).Read();
        while (row.Read())
        {
            if (!ObjectKey.TryCreate(Encoding.UTF8.GetString(row.GetSpan(3)), out var key, out _))
                continue;
            var shard = layout.ShardOf(new BucketId(row.GetInt64(2)), key);
            add.Set(shard).Set(row.GetInt64(1)).Set(row.GetInt64(0)).Execute();
        }
    }
}

/// <summary>Makes events of uploads, out of the needles alone.</summary>
/// <param name="keys">Null: what is encrypted cannot be opened.</param>
internal sealed class SalvagedUploads(Scratch scratch, INeedleReader needles, DataKeys? keys)
{
    private readonly Statement _chunks = scratch.Prepare("""
        SELECT chunk, volume, place, data_start, data_bytes, id, bucket, key, operation, format, metadata
        FROM needle WHERE upload = @n_upload ORDER BY chunk, id
        """);

    /// <summary>What the upload meant to do, if it can be done upon what is there; null where it cannot, or where its
    /// bytes do not hold.</summary>
    public IKeyEvent? Make(long upload, ShardStates states)
    {
        var (needle, locations) = Read(upload);
        if (needle is null || !Micros.TryTime(needle.Id.Value, out var at)) return null;
        if (needle.Operation == UploadOperation.Part) return null;
        var before = states.Get(new KeyName(needle.Bucket, needle.Key));
        var now = CommandRules.Visible(before);
        if (needle.Operation == UploadOperation.Append && now is null) return null;
        if (needle.Operation == UploadOperation.Create && now is not null) return null;
        if (!Hold(locations)) return null;
        var segments = SegmentsOf(needle, locations);
        if (segments.IsEmpty) return null;
        var created = now is null || now.Created > at ? at : now.Created;
        var metadata = (ImmutableSortedDictionary<string, string>)needle.Metadata;
        if (needle.Operation == UploadOperation.Append)
            return new ObjectAppended(needle.Bucket, needle.Key, at, needle.Object, segments);
        return before?.IsVersioned == true
            ? new ObjectVersionPut(
                needle.Bucket, needle.Key, at, created, needle.Object, VersioningState.Enabled, metadata, segments)
            : new ObjectPut(needle.Bucket, needle.Key, at, created, needle.Object, metadata, segments);
    }

    // A list whose key cannot be had is kept as the one file that it is to whoever has not opened it.
    private ImmutableArray<Segment> SegmentsOf(Needle needle, ImmutableArray<NeedleLocation> locations)
    {
        if (!EncryptionMetadata.IsEncrypted(needle.Metadata))
            return UploadedFiles.Segments(needles, locations, needle.Format);
        var key = needle.Format == BodyFormat.FileDataList ? FindKey(needle) : null;
        if (key is null) return UploadedFiles.Segments(needles, locations, BodyFormat.Raw, isEncrypted: true);
        using var opened = new SealedNeedles(needles, key);
        return UploadedFiles.Segments(opened, locations, needle.Format, isEncrypted: true);
    }

    private DataKey? FindKey(Needle needle)
    {
        try
        {
            return keys?.Find(needle.Bucket, needle.Metadata, customer: null);
        }
        catch (DataKeyException)
        {
            return null;
        }
    }

    // A needle that was given to two volumes counts once. The last one's id tells the time.
    private (Needle? Needle, ImmutableArray<NeedleLocation> Locations) Read(long upload)
    {
        Needle? needle = null;
        var locations = ImmutableArray.CreateBuilder<NeedleLocation>();
        using var row = _chunks.Set(upload).Read();
        while (row.Read())
        {
            if (row.GetInt64(0) < locations.Count) continue;
            locations.Add(new NeedleLocation(
                new VolumeId(row.GetInt64(1)), row.GetInt64(2), (int)row.GetInt64(3), (int)row.GetInt64(4)));
            needle = needle is null
                ? new Needle(
                    NeedleKind.Data, new NeedleId(row.GetInt64(5)), new BucketId(row.GetInt64(6)),
                    ObjectKey.Create(Encoding.UTF8.GetString(row.GetSpan(7))), new ObjectId(upload),
                    0, true, (UploadOperation)row.GetInt64(8), (BodyFormat)row.GetInt64(9), MetadataOf(row), default)
                : needle with { Id = new NeedleId(row.GetInt64(5)) };
        }

        return (needle, locations.DrainToImmutable());
    }

    private static ImmutableSortedDictionary<string, string> MetadataOf(Rows row) =>
        row.IsNull(10)
            ? ImmutableSortedDictionary<string, string>.Empty
            : Scratch.DecodeMetadata(row.GetSpan(10));

    private bool Hold(ImmutableArray<NeedleLocation> locations)
    {
        var buffer = new byte[NeedleFormat.BlockBytes];
        try
        {
            foreach (var location in locations)
                for (var at = 0; at < location.DataBytes; at += buffer.Length)
                    needles.Read(location, at, buffer.AsSpan(0, Math.Min(buffer.Length, location.DataBytes - at)));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
