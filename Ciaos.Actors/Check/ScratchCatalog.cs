using System.Data.Common;
using System.Globalization;
using Akka.Actor;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Check;

/// <summary>A catalog made anew from the journal, to compare the real one with. It is removed at the end.</summary>
internal sealed class ScratchCatalog : IDisposable
{
    private const int BatchMaxEvents = 1000;
    private const int ReadConnections = 1;

    private static readonly string[] Endings = ["", "-wal", "-shm", "-journal"];

    private readonly IDisk _disk;
    private readonly Database _database;
    private readonly IndexSettings _settings;
    private readonly TimeProvider _time;

    /// <param name="shards">How many the journal says that there are.</param>
    public ScratchCatalog(IDisk disk, string location, IndexSettings settings, int shards, TimeProvider time)
    {
        (_disk, _time) = (disk, time);
        _database = new Database(location, settings.Catalog.CacheKib);
        _settings = settings with
        {
            Shards = shards,
            CacheEntries = Math.Max(settings.CacheEntries, shards),
            BatchMaxEvents = BatchMaxEvents,
        };
        Remove();
        Store = CatalogStore.Open(_database, shards);
        Readers = new CatalogReaders(_database, ReadConnections);
    }

    public CatalogStore Store { get; }

    public CatalogReaders Readers { get; }

    /// <summary>As a running shard has it, but that nobody is there to be told anything.</summary>
    public ShardContext ContextOf(int shard) => new(
        shard, _settings, Store, Readers, ActorRefs.Nobody, ActorRefs.Nobody, () => ActorRefs.Nobody,
        new NeedleIds(_time), _time, new ShardHeads(_settings.Shards));

    public ShardStates NewStates() => new(
        Math.Max(1, _settings.CacheEntries / _settings.Shards), Readers);

    public DbConnection OpenReader() => _database.OpenReader();

    public void Run(string sql)
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        Readers.Dispose();
        Store.Dispose();
        Remove();
    }

    private void Remove()
    {
        foreach (var ending in Endings) _disk.Delete(SqliteLocation.FileOf(_database.Location) + ending);
    }

    // It need not survive anything, so nothing is synced. What does not fit into memory is sorted in files.
    private sealed class Database(string location, int cacheKib) : CatalogDatabase
    {
        static Database() => SQLitePCL.Batteries_V2.Init();

        public string Location => location;

        public override string BytesType => "BLOB";

        public override string KeyedTable => "WITHOUT ROWID";

        public override string BeginWrite => "BEGIN IMMEDIATE";

        public override DbConnection OpenWriter() => OpenReader();

        public override DbConnection OpenReader() => Opened(
            new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = location,
                Mode = SqliteOpenMode.ReadWriteCreate,
                Pooling = false,
            }.ToString()),
            string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -{cacheKib}"));
    }
}
