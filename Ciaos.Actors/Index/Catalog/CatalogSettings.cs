namespace Ciaos.Actors.Index.Catalog;

public enum CatalogProvider
{
    /// <summary>A file beside the node's data.</summary>
    Sqlite = 1,

    /// <summary>A database that nodes share.</summary>
    PostgreSql = 2,
}

/// <summary>Where the catalog is kept: <c>ciaos.index.catalog</c>.</summary>
/// <param name="ConnectionString">In the provider's form; of SQLite, <c>Data Source=</c> and the file's path.</param>
/// <param name="ReadConnections">1 to 256: so many look-ups and listings read the catalog at once.</param>
/// <param name="CacheKib">64 to 1,048,576: memory of the writer's page cache; each reader has an eighth (SQLite only).</param>
public sealed record CatalogSettings(
    CatalogProvider Provider, string ConnectionString, int ReadConnections = 4, int CacheKib = 16384);
