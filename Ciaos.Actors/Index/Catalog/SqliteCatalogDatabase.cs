using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// SQLite with a write-ahead log. It need not reach the disk at every commit: what a power cut takes is in the journal,
/// and the progress that is lost with it makes the shard apply it again.
/// </summary>
internal sealed class SqliteCatalogDatabase(CatalogSettings settings) : CatalogDatabase
{
    // SQLITE_FULL, from sqlite3.h.
    private const int Full = 13;

    public override string BytesType => "BLOB";

    public override string KeyedTable => "WITHOUT ROWID";

    public override DbConnection OpenWriter()
    {
        var builder = new SqliteConnectionStringBuilder(settings.ConnectionString) { Pooling = false };
        if (Path.GetDirectoryName(Path.GetFullPath(builder.DataSource)) is { } folder) Directory.CreateDirectory(folder);
        return Opened(
            new SqliteConnection(builder.ToString()),
            string.Create(CultureInfo.InvariantCulture, $"""
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA cache_size = -{settings.CacheKib};
                PRAGMA temp_store = MEMORY
                """));
    }

    public override DbConnection OpenReader()
    {
        var builder = new SqliteConnectionStringBuilder(settings.ConnectionString)
        {
            Pooling = false,
            Mode = SqliteOpenMode.ReadOnly,
        };
        return Opened(
            new SqliteConnection(builder.ToString()),
            string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size = -{settings.CacheKib / 8}"));
    }

    public override bool IsDiskFull(Exception failure) => failure is SqliteException { SqliteErrorCode: Full };
}
