using System.Data.Common;
using System.Globalization;
using Ciaos.Actors.Sql;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// SQLite with a write-ahead log. It need not reach the disk at every commit: what a power cut takes is in the journal,
/// and the progress that is lost with it makes the shard apply it again.
/// </summary>
internal sealed class SqliteCatalogDatabase(CatalogSettings settings) : CatalogDatabase
{
    // Only who looks at the catalog from outside can make its owner wait.
    private const int LockTimeoutMs = 30_000;

    static SqliteCatalogDatabase() => SQLitePCL.Batteries_V2.Init();

    public override string BytesType => "BLOB";

    public override string KeyedTable => "WITHOUT ROWID";

    public override bool IsAtHand => true;

    // Such a transaction does not fail halfway because somebody else has written since its first read.
    public override string BeginWrite => "BEGIN IMMEDIATE";

    public override DbConnection OpenWriter()
    {
        SqliteLocation.CreateFolder(settings.Location);

        // A flush that has failed leaves a log that can be read and is not on the disk. It may be lost, but not after
        // a part of it was brought into the database.
        SqliteLocation.MakeLogDurable(settings.Location);

        // What the log grows to while many changes come, or while somebody reads an old snapshot, is given back.
        return OpenedHere(
            Connection(SqliteOpenMode.ReadWriteCreate),
            string.Create(CultureInfo.InvariantCulture, $"""
                {SqlitePages.Choose};
                PRAGMA busy_timeout = {LockTimeoutMs};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = {2 * settings.CheckpointBytes};
                PRAGMA cache_size = -{settings.CacheKib};
                PRAGMA temp_store = MEMORY
                """));
    }

    public override DbConnection OpenReader() => OpenedHere(
        Connection(SqliteOpenMode.ReadOnly),
        string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {LockTimeoutMs}; PRAGMA cache_size = -{settings.CacheKib / 8}"));

    public override LogCheckpoints Checkpoints(Action<Action>? post, Action<string>? warn) => new(
        () => OpenedHere(Connection(SqliteOpenMode.ReadWrite), "PRAGMA synchronous = NORMAL"),
        settings.CheckpointBytes,
        post,
        warn);

    private static SqliteConnection OpenedHere(SqliteConnection connection, string setUp)
    {
        Opened(connection, setUp);
        LogCheckpoints.LeaveLogOnClose(connection);
        return connection;
    }

    private SqliteConnection Connection(SqliteOpenMode mode) => new(new SqliteConnectionStringBuilder
    {
        DataSource = settings.Location,
        Mode = mode,
        Pooling = false,
    }.ToString());
}
