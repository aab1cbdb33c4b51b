using Akka.Configuration;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The databases that the catalog can be kept in.</summary>
public enum CatalogProvider
{
    /// <summary>A file beside the node's data.</summary>
    Sqlite = 1,

    /// <summary>A database that nodes share.</summary>
    Postgres = 2,
}

/// <summary>Where the catalog is kept: section <c>ciaos.index.catalog</c>.</summary>
/// <param name="Location">The file of a SQLite database, or how to connect to PostgreSQL.</param>
/// <param name="ReadConnections">1 to 256: so many look-ups and listings read the catalog at once.</param>
/// <param name="CacheKib">64 to 1,048,576: memory of the writer's page cache; each reader has an eighth (SQLite
/// only).</param>
/// <param name="CheckpointBytes">4 KiB to 16 GiB: so much write-ahead log is brought into the database at once (SQLite
/// only).</param>
/// <param name="CommitDelay">So long a transaction may wait for more changes; zero: it does not.</param>
public sealed record CatalogSettings(
    CatalogProvider Provider, string Location, int ReadConnections = 4, int CacheKib = 16384,
    TimeSpan CommitDelay = default, long CheckpointBytes = 64 << 20)
{
    private const int MaxReadConnections = 256;
    private const int KibBytes = 1024;

    public static CatalogSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.index.catalog");
        var provider = section.OneOf("provider", "sqlite", "postgres") == "sqlite"
            ? CatalogProvider.Sqlite
            : CatalogProvider.Postgres;
        return new CatalogSettings(
            provider,
            section.Text(provider == CatalogProvider.Sqlite ? "path" : "connection-string"),
            section.Int("read-connections", 1, MaxReadConnections),
            (int)(section.Bytes("cache", 64 * KibBytes, KibBytes * (long)KibBytes * KibBytes) / KibBytes),
            section.Duration("commit-delay", TimeSpan.Zero, TimeSpan.FromSeconds(10)),
            section.Bytes("checkpoint-bytes", 4 * KibBytes, 16L * KibBytes * KibBytes * KibBytes));
    }
}
