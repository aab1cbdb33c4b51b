using Akka.Actor;
using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Npgsql;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Index.Catalog;

/// <summary>An empty catalog of one SQL engine, and the way to fill it: events, as a shard would apply them.</summary>
public sealed class CatalogFixture : IDisposable
{
    public const int Shards = 16;
    private const string PostgresVariable = "CIAOS_TEST_POSTGRES";
    private static int _schemas;

    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-catalog-").FullName;
    private readonly string? _schema;

    /// <param name="backend">One of <see cref="Backends"/>, or the path of a SQLite file.</param>
    public CatalogFixture(string backend, long checkpointBytes = 64 << 20)
    {
        if (backend == "postgresql")
        {
            _schema = string.Create(
                CultureInfo.InvariantCulture,
                $"ciaos_spec_{Environment.ProcessId}_{Interlocked.Increment(ref _schemas)}");
            RunOnPostgres($"CREATE SCHEMA {_schema}");
            var builder = new NpgsqlConnectionStringBuilder(Postgres) { SearchPath = _schema, Pooling = false };
            Settings = new CatalogSettings(CatalogProvider.Postgres, builder.ToString());
        }
        else
        {
            var path = backend == "sqlite" ? Path.Combine(_folder, "catalog.db") : backend;
            Settings = new CatalogSettings(CatalogProvider.Sqlite, path) { CheckpointBytes = checkpointBytes };
        }

        Open();
    }

    /// <summary>SQLite, and PostgreSQL where the environment names a server for tests.</summary>
    public static TheoryData<string> Backends => Postgres is null ? ["sqlite"] : ["sqlite", "postgresql"];

    private static string? Postgres => Environment.GetEnvironmentVariable(PostgresVariable);

    public CatalogSettings Settings { get; }

    internal CatalogStore Store { get; private set; } = null!;

    internal CatalogReaders Readers { get; private set; } = null!;

    internal CatalogDatabase Database { get; private set; } = null!;

    internal CatalogListing Listing => new(Readers, new ShardLayout(Shards), ActorRefs.Nobody);

    internal ObjectState? Find(string key, long bucket = 1) =>
        Readers.Read(reader => reader.FindObject(new KeyName(new BucketId(bucket), ObjectKey.Create(key))));

    /// <summary>Applies events to one shard, each with the sequence number that follows.</summary>
    internal void Apply(int shard, params IKeyEvent[] events)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"index-shard-{shard}");
        var from = Readers.Read(reader => reader.AppliedSequence(id));
        var states = new CatalogStates(Readers);
        var changes = new List<CatalogChange>();
        for (var i = 0; i < events.Length; i++) EventApplication.Apply(events[i], from + 1 + i, states, changes);
        Store.Apply([new CatalogBatch(id, shard, from, from + events.Length, changes)]);
    }

    public void Reopen()
    {
        Close();
        Open();
    }

    public void Dispose()
    {
        Close();
        if (_schema is not null) RunOnPostgres($"DROP SCHEMA {_schema} CASCADE");
        Directory.Delete(_folder, recursive: true);
    }

    internal static ObjectPut Put(string key, int segments = 1, long bucket = 1, int lengthBytes = 10) => new(
        new BucketId(bucket), ObjectKey.Create(key), Time(1), Time(1), new ObjectId(1000),
        ImmutableSortedDictionary<string, string>.Empty.Add("content-type", "text/plain"),
        Segments(segments, lengthBytes));

    internal static ObjectAppended Append(string key, int segments = 1, int lengthBytes = 10) => new(
        new BucketId(1), ObjectKey.Create(key), Time(2), new ObjectId(2000), Segments(segments, lengthBytes));

    internal static ObjectDeleted Delete(string key) =>
        new(new BucketId(1), ObjectKey.Create(key), Time(3), new ObjectId(1000));

    internal static ImmutableArray<Segment> Segments(int count, int lengthBytes) =>
        [.. Enumerable.Range(0, count).Select(i => new Segment(
            new NeedleLocation(new VolumeId(1), 4096 + (i * 512), 80, 200), i % 3, lengthBytes, true))];

    internal static DateTimeOffset Time(int seconds) => DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(seconds);

    private static void RunOnPostgres(string sql)
    {
        using var connection = new NpgsqlConnection(Postgres);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private void Open()
    {
        Database = CatalogDatabase.From(Settings);
        Store = CatalogStore.Open(Database, Shards);
        Readers = new CatalogReaders(Database, 2);
    }

    private void Close()
    {
        Readers.Dispose();
        Store.Dispose();
    }

    private sealed class CatalogStates(CatalogReaders readers) : IObjectStates
    {
        private readonly Dictionary<KeyName, ObjectState?> _changed = [];

        public ObjectState? Get(KeyName name) =>
            _changed.TryGetValue(name, out var state) ? state : readers.Read(reader => reader.FindObject(name));

        public void Set(KeyName name, ObjectState? state) => _changed[name] = state;

        public ObjectState? NewestVersion(KeyName name) => readers.Read(reader => reader.Versions.Newest(name));
    }
}
