using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.Serialization;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// What the scan of the volumes found, in a database that is thrown away afterwards: so memory does not grow with it.
/// Nothing of it is ever committed. Not safe for many threads.
/// </summary>
internal sealed class Scratch : IDisposable
{
    private static readonly string[] Suffixes = ["", "-journal", "-wal", "-shm"];

    private readonly IDisk _disk;
    private readonly string _location;
    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];
    private readonly Dictionary<(long Stream, long Number), NeedleId> _incomplete = [];
    private readonly Statement _addEvent;
    private readonly Statement _findEvent;
    private readonly Statement _replaceEvent;
    private readonly Statement _addPiece;
    private readonly Statement _addNeedlePut;
    private readonly Statement _addSpoilt;
    private readonly Statement _addNeedle;
    private readonly Statement _findNeedle;
    private readonly Statement _findHead;

    public Scratch(IDisk disk, string location)
    {
        (_disk, _location) = (disk, location);
        Remove(disk, location);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = location,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        }.ToString());
        _connection.Open();
        Run("""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;
            BEGIN;
            CREATE TABLE event (
                stream BIGINT, number BIGINT, rank BIGINT, needle BIGINT, manifest TEXT, payload BLOB,
                PRIMARY KEY (stream, number)) WITHOUT ROWID;
            CREATE TABLE piece (
                stream BIGINT, number BIGINT, ordinal BIGINT, pieces BIGINT, needle BIGINT, manifest TEXT, bytes BLOB,
                PRIMARY KEY (stream, number, ordinal)) WITHOUT ROWID;
            CREATE TABLE needle_put (stream BIGINT, number BIGINT, needle BIGINT, bytes BLOB);
            CREATE TABLE spoilt (
                volume BIGINT, place BIGINT, data_start BIGINT, data_bytes BIGINT, upload BIGINT, bucket BIGINT,
                key BLOB, PRIMARY KEY (volume, place)) WITHOUT ROWID;
            CREATE TABLE needle (
                volume BIGINT, place BIGINT, data_start BIGINT, data_bytes BIGINT, id BIGINT, upload BIGINT,
                chunk BIGINT, is_last BIGINT, bucket BIGINT, key BLOB, operation BIGINT, format BIGINT, metadata BLOB,
                PRIMARY KEY (volume, place)) WITHOUT ROWID;
            """);
        _addEvent = Prepare("""
            INSERT INTO event (stream, number, rank, needle, manifest, payload)
            VALUES (@n_stream, @n_number, @n_rank, @n_needle, @t_manifest, @b_payload) ON CONFLICT DO NOTHING
            """);
        _findEvent = Prepare("""
            SELECT rank, needle, manifest, payload FROM event WHERE stream = @n_stream AND number = @n_number
            """);
        _replaceEvent = Prepare("""
            UPDATE event SET rank = @n_rank, needle = @n_needle, manifest = @t_manifest, payload = @b_payload
            WHERE stream = @n_stream AND number = @n_number
            """);
        _addPiece = Prepare("""
            INSERT INTO piece (stream, number, ordinal, pieces, needle, manifest, bytes)
            VALUES (@n_stream, @n_number, @n_ordinal, @n_pieces, @n_needle, @t_manifest, @b_bytes)
            ON CONFLICT DO NOTHING
            """);
        _addNeedlePut = Prepare("""
            INSERT INTO needle_put (stream, number, needle, bytes)
            VALUES (@n_stream, @n_number, @n_needle, @b_bytes)
            """);
        _addSpoilt = Prepare("""
            INSERT INTO spoilt (volume, place, data_start, data_bytes, upload, bucket, key)
            VALUES (@n_volume, @n_place, @n_start, @n_bytes, @n_upload, @n_bucket, @b_key) ON CONFLICT DO NOTHING
            """);
        _addNeedle = Prepare("""
            INSERT INTO needle (volume, place, data_start, data_bytes, id, upload, chunk, is_last, bucket, key,
                operation, format, metadata)
            VALUES (@n_volume, @n_place, @n_start, @n_bytes, @n_id, @n_upload, @n_chunk, @n_last, @n_bucket, @b_key,
                @n_operation, @n_format, @b_metadata)
            """);
        _findHead = Prepare("""
            SELECT bucket, CAST(key AS TEXT), upload, data_start, data_bytes FROM needle
            WHERE volume = @n_volume AND place = @n_place
            UNION ALL
            SELECT bucket, CAST(key AS TEXT), upload, data_start, data_bytes FROM spoilt
            WHERE volume = @n_volume2 AND place = @n_place2
            """);
        _findNeedle = Prepare("SELECT data_bytes FROM needle WHERE volume = @n_volume AND place = @n_place");
    }

    /// <summary>Numbers under which different events were found, made up ones aside.</summary>
    public long Conflicts { get; private set; }

    public Statement Prepare(string sql)
    {
        var statement = Statement.Prepare(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Add(EventRun run, NeedleId needle)
    {
        for (var i = 0; i < run.Events.Length; i++)
        {
            var (number, message) = (run.FirstSequence + i, run.Events[i]);
            if (message.Manifest == EventNeedle.NeedlePutManifest)
                _addNeedlePut.Set(run.Stream).Set(number).Set(needle.Value).Set(message.Payload).Execute();
            else
                Add(run.Stream, number, needle, message);
        }

        if (run.Part is { } part)
            _addPiece.Set(run.Stream).Set(run.FirstSequence).Set(part.Ordinal).Set(part.Count).Set(needle.Value)
                .Set(part.Manifest).Set(part.Piece).Execute();
    }

    public void Add(VolumeScanner data)
    {
        var (header, place) = (data.Header, data.Location);
        var metadata = header.MetadataBytes == 0 ? null : EncodeMetadata(data.ReadMetadata());
        _addNeedle.Set(place.Volume.Value).Set(place.OffsetBytes).Set(place.DataStartBytes).Set(place.DataBytes)
            .Set(header.Id.Value).Set(header.Object.Value).Set(header.ChunkOrdinal).Set(header.IsLastChunk ? 1 : 0)
            .Set(header.Bucket.Value).SetUtf8(data.ReadKey())
            .Set((long)header.Operation).Set((long)header.Format).Set(metadata).Execute();
    }

    /// <summary>A needle of which only the head is whole.</summary>
    public void AddSpoilt(VolumeScanner data)
    {
        var (header, place) = (data.Header, data.Location);
        _addSpoilt.Set(place.Volume.Value).Set(place.OffsetBytes).Set(place.DataStartBytes).Set(place.DataBytes)
            .Set(header.Object.Value).Set(header.Bucket.Value).SetUtf8(data.ReadKey()).Execute();
    }

    /// <summary>Makes events of those that are told by the needles that they are about.</summary>
    /// <returns>How many there are whose needle is not there.</returns>
    public long CompleteNeedlePuts()
    {
        using var row = Prepare("SELECT stream, number, needle, bytes FROM needle_put").Read();
        while (row.Read())
        {
            var (stream, number, needle) = (row.GetInt64(0), row.GetInt64(1), new NeedleId(row.GetInt64(2)));
            if (Complete(row.GetSpan(3)) is { } message) Add(stream, number, needle, message);
            else _incomplete[(stream, number)] = needle;
        }

        return _incomplete.Count;
    }

    /// <summary>Something was put under these numbers, and nobody knows under which key: it is lost.</summary>
    public void LoseIncomplete()
    {
        foreach (var ((stream, number), needle) in _incomplete) Add(stream, number, needle, LostAt(needle));
    }

    /// <summary>Volumes have this event, but not the needle that it is about.</summary>
    public bool IsIncomplete(long stream, long number) => _incomplete.ContainsKey((stream, number));

    /// <summary>Makes events of those that came in pieces and whose pieces are all there.</summary>
    public void JoinPieces()
    {
        var events = new List<(long Stream, long Number, long Needle, string Manifest)>();
        using (var row = Prepare("""
            SELECT stream, number, MAX(needle), MAX(manifest) FROM piece GROUP BY stream, number
            HAVING COUNT(*) = MAX(pieces) AND MIN(pieces) = MAX(pieces)
            """).Read())
        {
            while (row.Read()) events.Add((row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3)));
        }

        var pieces = Prepare(
            "SELECT bytes FROM piece WHERE stream = @n_stream AND number = @n_number ORDER BY ordinal");
        foreach (var (stream, number, needle, manifest) in events)
        {
            using var whole = new MemoryStream();
            using (var row = pieces.Set(stream).Set(number).Read())
            {
                while (row.Read()) whole.Write(row.GetSpan(0));
            }

            Add(stream, number, new NeedleId(needle), new EncodedEvent(manifest, whole.ToArray()));
        }
    }

    /// <summary>Streams that have any event, with their highest number and the count of their events.</summary>
    public List<(long Stream, long Last, long Count)> Streams()
    {
        var streams = new List<(long, long, long)>();
        using var row = Prepare("SELECT stream, MAX(number), COUNT(*) FROM event GROUP BY stream").Read();
        while (row.Read()) streams.Add((row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)));
        return streams;
    }

    /// <summary>A stream's events in order, read while they are asked for.</summary>
    public IEnumerable<(long Number, EncodedEvent Event)> Events(long stream)
    {
        using var statement = Statement.Prepare(
            _connection, "SELECT number, manifest, payload FROM event WHERE stream = @n_stream ORDER BY number");
        using var row = statement.Set(stream).Read();
        while (row.Read())
            yield return (row.GetInt64(0), new EncodedEvent(row.GetString(1), row.GetBytes(2)));
    }

    public bool Has(NeedleLocation needle)
    {
        using var row = _findNeedle.Set(needle.Volume.Value).Set(needle.OffsetBytes).Read();
        return row.Read() && row.GetInt64(0) == needle.DataBytes;
    }

    public static ImmutableSortedDictionary<string, string> DecodeMetadata(ReadOnlySpan<byte> bytes) =>
        new PackedReader(bytes).Metadata();

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
        Remove(_disk, _location);
    }

    private EncodedEvent? Complete(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var put = NeedlePut.Decode(bytes);
            return FindHead(put.Volume, put.OffsetBytes) is { } head
                ? new EncodedEvent(IndexEventCodec.PutManifest, IndexEventCodec.Encode(put.With(head)))
                : null;
        }
        catch (SerializationException)
        {
            return null;
        }
    }

    private static EncodedEvent LostAt(NeedleId needle)
    {
        Micros.TryTime(needle.Value, out var at);
        return new EncodedEvent(
            IndexEventCodec.LostManifest,
            IndexEventCodec.Encode(new IndexEvents.ObjectLost(new BucketId(0), LostObjects.UnknownKey, at)));
    }

    private NeedleHead? FindHead(VolumeId volume, long place)
    {
        using var row = _findHead.Set(volume.Value).Set(place).Set(volume.Value).Set(place).Read();
        return row.Read() && ObjectKey.TryCreate(row.GetString(1), out var key, out _)
            ? new NeedleHead(
                new BucketId(row.GetInt64(0)), key, new ObjectId(row.GetInt64(2)),
                new NeedleLocation(volume, place, (int)row.GetInt64(3), (int)row.GetInt64(4)))
            : null;
    }

    // What a rebuild made up stands back behind the event whose place it took.
    private static int RankOf(string manifest) => IndexEventCodec.StandsForLost(manifest) ? 0 : 1;

    private static byte[] EncodeMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        var writer = new PackedWriter();
        writer.Metadata(metadata.ToImmutableSortedDictionary(StringComparer.Ordinal));
        return writer.Finish();
    }

    private static void Remove(IDisk disk, string location)
    {
        foreach (var suffix in Suffixes) disk.Delete(SqliteLocation.FileOf(location) + suffix);
    }

    private void Add(long stream, long number, NeedleId needle, EncodedEvent message)
    {
        var rank = RankOf(message.Manifest);
        if (_addEvent.Set(stream).Set(number).Set(rank).Set(needle.Value).Set(message.Manifest).Set(message.Payload)
            .Execute() == 1) return;
        if (!IsBetter(stream, number, rank, needle, message)) return;
        _replaceEvent.Set(rank).Set(needle.Value).Set(message.Manifest).Set(message.Payload).Set(stream).Set(number)
            .Execute();
    }

    private bool IsBetter(long stream, long number, int rank, NeedleId needle, EncodedEvent message)
    {
        using var row = _findEvent.Set(stream).Set(number).Read();
        row.Read();
        var isSame = row.GetString(2) == message.Manifest
            && row.GetSpan(3).SequenceEqual(message.Payload);
        if (isSame) return false;
        if (rank != row.GetInt64(0)) return rank > row.GetInt64(0);
        if (rank > 0) Conflicts++;
        return needle.Value > row.GetInt64(1);
    }
}
