using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ciaos.Actors.Check;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using Ciaos.Actors.Volumes;
using Ciaos.Specs.Index.Catalog;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using Microsoft.Data.Sqlite;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Rebuild;

/// <summary>
/// Volumes as a node leaves them, written needle by needle, whose events can be left out; and the rebuild of the index
/// from them, in a folder of its own.
/// </summary>
internal sealed class RebuildFixture : IDisposable
{
    public const int Shards = 4;

    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary<string, string>.Empty;

    private readonly string _path = Directory.CreateTempSubdirectory("ciaos-rebuild-").FullName;
    private readonly PhysicalDisk _disk;
    private readonly VolumeFolder _folder;
    private readonly Dictionary<long, long> _lastNumbers = [];
    private readonly ShardLayout _layout = new(Shards);
    private readonly bool _tellsByNeedles;
    private VolumeFile _volume;
    private long _micros = 1_700_000_000_000_000;
    private long _lastVolume;

    /// <param name="tellsByNeedles">Puts are told by their needles where that can be: <see cref="NeedlePut"/>.</param>
    public RebuildFixture(bool createsIndex = true, bool tellsByNeedles = false)
    {
        _tellsByNeedles = tellsByNeedles;
        _disk = PhysicalDisk.Open(_path);
        _folder = new VolumeFolder(_disk, "volumes");
        _disk.CreateFolder("volumes");
        _volume = Begin();
        if (!createsIndex) return;
        Record(0, new IndexCreated(Shards, Now));
        Record(0, new BucketCreated(new BucketId(1), Now, "alice"));
    }

    public DataKeys? Keys { get; set; }

    /// <summary>Events are given their number, but are not in any volume.</summary>
    public bool LosesEvents { get; set; }

    public string JournalPath => Path.Combine(_path, "journal.db");

    /// <summary>The store's own journal beside a catalog in SQLite, one on its server beside a catalog in
    /// PostgreSQL.</summary>
    public JournalSettings JournalBeside(CatalogFixture catalog) =>
        catalog.Settings.Provider == CatalogProvider.Sqlite
            ? new JournalSettings(JournalProvider.Sqlite, JournalPath)
            : new JournalSettings(JournalProvider.Postgres, catalog.Settings.Location);

    public string CatalogPath => Path.Combine(_path, "catalog.db");

    public long CurrentVolume => _volume.Superblock.Volume.Value;

    public DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddMicroseconds(_micros);

    public int ShardOf(string key, long bucket = 1) => _layout.ShardOf(new BucketId(bucket), ObjectKey.Create(key));

    /// <summary>A key of that shard.</summary>
    public string KeyOf(int shard, string prefix = "key") => Enumerable.Range(0, 1000)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}")).First(key => ShardOf(key) == shard);

    /// <summary>Later events happen much later.</summary>
    public void Wait() => _micros += 60_000_000;

    /// <summary>Ends the volume and begins another.</summary>
    public long Roll()
    {
        Close();
        _volume = Begin();
        return CurrentVolume;
    }

    public void DropVolume(long volume)
    {
        if (volume == CurrentVolume) Close();
        foreach (var file in Directory.GetFiles(_path + "/volumes", $"{volume:D8}.*")) File.Delete(file);
    }

    /// <summary>Changes one byte of a volume's file.</summary>
    public void Damage(long volume, long offsetBytes)
    {
        _volume.Flush();
        using var file = _disk.Open(_folder.FileOf(new VolumeId(volume)), DiskAccess.ReadWrite);
        var one = new byte[1];
        file.Read(offsetBytes, one);
        file.Write(offsetBytes, [new[] { (byte)(one[0] ^ 0x55) }]);
    }

    /// <summary>A crash in the middle of a write leaves this.</summary>
    public void Tear(params ReadOnlySpan<byte> bytes)
    {
        Close(seal: false);
        using var file = File.Open($"{_path}/volumes/{CurrentVolume:D8}.vol", FileMode.Append);
        file.Write(bytes);
    }

    /// <summary>Stores a body in one needle for each chunk, without any event.</summary>
    public IndexProtocol.Content Upload(
        string key, UploadOperation operation, BodyFormat format, byte[][] chunks, long bucket = 1,
        ImmutableSortedDictionary<string, string>? metadata = null)
    {
        var id = new ObjectId(++_micros);
        var locations = chunks.Select((data, i) => _volume.Append([new Needle(
            NeedleKind.Data, new NeedleId(i == 0 ? id.Value : ++_micros), new BucketId(bucket), ObjectKey.Create(key),
            id, i, i == chunks.Length - 1, operation, format, metadata ?? NoMetadata, data)])[0]).ToImmutableArray();
        _volume.Flush();
        if (metadata is not null) return new IndexProtocol.Content(id, [], metadata);
        return new IndexProtocol.Content(id, UploadedFiles.Segments(new Reader(this), locations, format), NoMetadata);
    }

    public NeedleLocation Put(
        string key, string text, long bucket = 1, UploadOperation operation = UploadOperation.Replace)
    {
        var content = Upload(key, operation, BodyFormat.Raw, [Encoding.UTF8.GetBytes(text)], bucket);
        Put(key, content, bucket);
        return content.Segments[0].Needle;
    }

    public void Put(string key, IndexProtocol.Content content, long bucket = 1) => Record(new ObjectPut(
        new BucketId(bucket), ObjectKey.Create(key), Later(), Now, content.Id, content.Metadata, content.Segments));

    public NeedleLocation Append(string key, string text)
    {
        var content = Upload(key, UploadOperation.Append, BodyFormat.Raw, [Encoding.UTF8.GetBytes(text)]);
        Record(new ObjectAppended(new BucketId(1), ObjectKey.Create(key), Later(), content.Id, content.Segments));
        return content.Segments[0].Needle;
    }

    public void Delete(string key) =>
        Record(new ObjectDeleted(new BucketId(1), ObjectKey.Create(key), Later(), new ObjectId(1)));

    /// <summary>Within a shard.</summary>
    public void Rename(string key, string newKey) => Record(
        new ObjectRenamed(new BucketId(1), ObjectKey.Create(key), Later(), ObjectKey.Create(newKey)));

    /// <returns>What names the rename.</returns>
    public RenameId StartMove(string key, string newKey)
    {
        var started = new RenameStarted(new BucketId(1), ObjectKey.Create(key), Later(), ObjectKey.Create(newKey));
        return new RenameId(ShardOf(key), Record(started));
    }

    public void Arrive(RenameId rename, string key, string newKey, IndexProtocol.Content content) =>
        Record(new ObjectRenamedFrom(
            new BucketId(1), ObjectKey.Create(newKey), Later(), rename, new MovedObject(
                ObjectKey.Create(key), content.Id, Now, Now, SegmentRun.SizeOf(content.Segments.AsSpan()),
                SegmentRun.FilesOf(content.Segments.AsSpan()), content.Segments.Length, content.Metadata,
                SegmentRun.Cut(0, 0, content.Segments.AsSpan()))));

    public void EndMove(RenameId rename, string key, string newKey) => Record(new ObjectRenamedTo(
        new BucketId(1), ObjectKey.Create(key), Later(), rename.StartedSequence, ObjectKey.Create(newKey)));

    public long Record(IKeyEvent message) => Record(_layout.ShardOf(message.Bucket, message.Key) + 1, message);

    /// <returns>The event's number.</returns>
    public long Record(long stream, IIndexEvent message)
    {
        var number = _lastNumbers[stream] = _lastNumbers.GetValueOrDefault(stream) + 1;
        if (!LosesEvents) Write(stream, number, message);
        return number;
    }

    /// <summary>Writes an event needle.</summary>
    public NeedleLocation Write(long stream, long number, IIndexEvent message)
    {
        var encoded = _tellsByNeedles && message is ObjectPut put
            && NeedlePut.From(put, _volume.Superblock.Volume) is { } shorter
                ? new EncodedEvent(EventNeedle.NeedlePutManifest, shorter.Encode())
                : new EncodedEvent(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message));
        var last = default(NeedleLocation);
        foreach (var data in EventNeedle.Encode(stream, number, [encoded]))
            last = _volume.Append([EventNeedle.Create(new NeedleId(++_micros), data)])[0];
        _volume.Flush();
        return last;
    }

    public RebuildReport Rebuild(bool force = false, bool verify = false) => Rebuild(
        new JournalSettings(JournalProvider.Sqlite, JournalPath),
        new CatalogSettings(CatalogProvider.Sqlite, CatalogPath), force, verify);

    public RebuildReport Rebuild(JournalSettings journal, CatalogSettings catalog, bool force, bool verify = false)
    {
        if (!_volume.IsSealed) _volume.Flush();
        var index = IndexSettings.From(IndexSettings.DefaultConfig()) with { BatchMaxEvents = 3, Catalog = catalog };
        return new IndexRebuild(
            _folder,
            new RebuildSettings(
                index, journal, Path.Combine(_path, "scratch.db"), verify, force, Keys),
            TimeProvider.System, _ => { }).Run();
    }

    /// <summary>A key of the first bucket, as the catalog has it.</summary>
    public IndexProtocol.ObjectRecord Record(string key)
    {
        var database = CatalogDatabase.From(new CatalogSettings(CatalogProvider.Sqlite, CatalogPath));
        using var readers = new CatalogReaders(database, 2);
        return readers.Read(reader => reader.FindObject(new KeyName(new BucketId(1), ObjectKey.Create(key))))!.Record;
    }

    /// <summary>Every key of a bucket with its bytes, as the catalog has them and the volumes give them.</summary>
    public SortedDictionary<string, string> Contents(long bucket = 1)
    {
        var database = CatalogDatabase.From(new CatalogSettings(CatalogProvider.Sqlite, CatalogPath));
        using var readers = new CatalogReaders(database, 2);
        var contents = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in readers.Read(reader => reader.List(new BucketId(bucket), [0], [0xFF], 1000)))
        {
            var state = readers.Read(reader => reader.FindObject(new KeyName(record.Bucket, record.Key)))!;
            var pages = new SegmentPages(readers, ShardOf(record.Key.Value, bucket));
            var segments = pages.Page(ContentView.Of(state), 0).Segments;
            contents.Add(record.Key.Value, string.Join('|', Files(segments)));
        }

        return contents;
    }

    /// <summary>Every version of a bucket: key, id, and bytes as the volumes give them, or that it is a
    /// marker.</summary>
    public List<string> Versions(BucketId bucket)
    {
        var database = CatalogDatabase.From(new CatalogSettings(CatalogProvider.Sqlite, CatalogPath));
        using var readers = new CatalogReaders(database, 2);
        return [.. readers.Read(reader => reader.Versions.All(bucket, new ScanPlace([], false), [0xFF], 1000))
            .Select(state =>
            {
                var record = state.Record;
                if (record.IsDeleteMarker) return $"{record.Key} marker";
                var pages = new SegmentPages(readers, ShardOf(record.Key.Value, bucket.Value));
                var files = Files(pages.Page(ContentView.Of(state), 0).Segments);
                return string.Join(
                    ' ', [record.Key.Value, record.VersionId.ToString(), .. files, .. record.Metadata.Values]);
            })];
    }

    public List<string> Catalog(string sql) => Rows(CatalogPath, sql);

    /// <summary>What the check of the store finds after a rebuild.</summary>
    public CheckReport Check() => StoreCheck.Run(
        _disk,
        new CheckSettings(
            IndexSettings.From(IndexSettings.DefaultConfig()) with
            {
                Catalog = new CatalogSettings(CatalogProvider.Sqlite, CatalogPath),
            },
            new JournalSettings(JournalProvider.Sqlite, JournalPath), Path.Combine(_path, "check.db"), IsQuick: false),
        TimeProvider.System, _ => { });

    /// <summary>What a query gives, row by row.</summary>
    public static List<string> Rows(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
            rows.Add(string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) switch
            {
                byte[] bytes => Convert.ToHexString(bytes),
                var value => Convert.ToString(value, CultureInfo.InvariantCulture),
            })));
        return rows;
    }

    /// <summary>A stream of the rebuilt journal: number and kind of each event.</summary>
    public List<string> Journal(string persistenceId) => Rows(
        JournalPath,
        $"SELECT sequence_number, manifest FROM journal WHERE persistence_id = '{persistenceId}' ORDER BY 1");

    public string[] FilesLike(string pattern) => Directory.GetFiles(_path, pattern);

    public void Dispose()
    {
        Close(seal: false);
        _disk.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private DateTimeOffset Later()
    {
        _micros++;
        return Now;
    }

    private IEnumerable<string> Files(ImmutableArray<Segment> segments)
    {
        var file = "";
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].StartsFile && i > 0)
            {
                yield return file;
                file = "";
            }

            var bytes = new byte[segments[i].LengthBytes];
            if (bytes.Length > 0) new Reader(this).Read(segments[i].Needle, segments[i].OffsetBytes, bytes);
            file += Encoding.UTF8.GetString(bytes);
        }

        yield return file;
    }

    private VolumeFile Begin()
    {
        var superblock = new Superblock(new VolumeId(++_lastVolume), _micros, (ulong)_lastVolume);
        return VolumeFile.Create(_folder, superblock, new VolumeFileSettings(0, 1 << 20));
    }

    private void Close(bool seal = true)
    {
        if (seal && !_volume.IsSealed) _volume.Seal(SealReason.Full);
        _volume.Dispose();
    }

    private sealed class Reader(RebuildFixture fixture) : INeedleReader
    {
        public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination)
        {
            using var readers = new VolumeReaders(fixture._folder, 1);
            readers.Read(needle, offsetBytes, destination);
        }
    }
}
