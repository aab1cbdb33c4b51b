using System.Data.Common;
using System.Globalization;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>The catalog's tables. Spec: docs/formats-index.md.</summary>
internal static class CatalogSchema
{
    /// <summary>Raised whenever a table changes: the catalog is then made anew from the journal.</summary>
    public const int Format = 4;

    /// <summary>The number of shards of a new catalog: only the journal can tell it.</summary>
    public const int UnknownShards = 0;

    /// <summary>Finds objects, older versions and uploads by their age, for lifecycle rules. Made only where there are
    /// such rules (<see cref="CatalogStore.MakeAgeIndexes"/>): every write has to keep them up.</summary>
    public const string AgeIndexes = """
        CREATE INDEX IF NOT EXISTS object_age ON object (bucket, modified, key);
        CREATE INDEX IF NOT EXISTS object_lone_marker ON object (bucket, modified, key)
            WHERE is_marker = 1 AND noncurrent = 0;
        CREATE INDEX IF NOT EXISTS version_age ON version (bucket, since, key, place);
        CREATE INDEX IF NOT EXISTS upload_age ON upload (bucket, begun, key, sequence);
        """;

    private const string LayoutTable =
        "CREATE TABLE IF NOT EXISTS index_layout (format BIGINT NOT NULL, shards BIGINT NOT NULL)";

    /// <summary>What an older catalog may hold. What it knows to be in volumes stays true, so that stays.</summary>
    private static readonly string[] MadeAnew =
    [
        "index_layout", "progress", "object", "version", "segment", "ended_content", "arrival", "upload", "part",
        "usage", "bucket", "token",
    ];

    /// <summary>The names of all tables.</summary>
    public static IEnumerable<string> AllTables => [.. MadeAnew, "recorded"];

    /// <summary>Makes what is missing, and checks that what is there was made for so many shards. A catalog of an older
    /// format is emptied: the journal fills it again.</summary>
    /// <exception cref="CatalogLayoutException">It was made otherwise.</exception>
    public static void Ensure(CatalogDatabase database, DbConnection connection, int shards)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        RemoveOlder(command);
        command.CommandText = Tables(database);
        command.ExecuteNonQuery();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO index_layout (format, shards)
            SELECT {Format}, {UnknownShards} WHERE NOT EXISTS (SELECT 1 FROM index_layout)
            """);
        command.ExecuteNonQuery();
        command.CommandText = "SELECT format, shards FROM index_layout";
        using (var row = command.ExecuteReader())
        {
            row.Read();
            Check(row.GetInt64(0), row.GetInt64(1), shards);
        }

        transaction.Commit();
    }

    private static void RemoveOlder(DbCommand command)
    {
        command.CommandText = LayoutTable;
        command.ExecuteNonQuery();
        command.CommandText = "SELECT COALESCE(MAX(format), 0) FROM index_layout";
        if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) is 0 or >= Format) return;
        foreach (var table in MadeAnew)
        {
            command.CommandText = $"DROP TABLE IF EXISTS {table}";
            command.ExecuteNonQuery();
        }
    }

    private static void Check(long format, long made, int shards)
    {
        if (format != Format)
            throw new CatalogLayoutException(
                $"The catalog has format {format}, this version of ciaos needs {Format}. "
                + "Delete the catalog (not the journal): it is then made anew from the journal.");
        if (made != shards && made != UnknownShards) throw CatalogLayoutException.Shards(made, shards);
    }

    private static string Tables(CatalogDatabase database) => $"""
        {LayoutTable};
        CREATE TABLE IF NOT EXISTS progress (
            persistence_id VARCHAR(255) NOT NULL PRIMARY KEY, applied_sequence BIGINT NOT NULL) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS object (
            bucket BIGINT NOT NULL, key {database.BytesType} NOT NULL, shard BIGINT NOT NULL,
            object_id BIGINT NOT NULL, version BIGINT NOT NULL, created BIGINT NOT NULL, modified BIGINT NOT NULL,
            size BIGINT NOT NULL, files BIGINT NOT NULL, segments BIGINT NOT NULL, content_sequence BIGINT NOT NULL,
            metadata {database.BytesType}, inline_segments {database.BytesType},
            moving_sequence BIGINT, moving_to {database.BytesType},
            version_sequence BIGINT NOT NULL, version_object BIGINT NOT NULL, is_marker BIGINT NOT NULL,
            content_version BIGINT, noncurrent BIGINT NOT NULL, null_sequence BIGINT NOT NULL,
            PRIMARY KEY (bucket, is_marker, key)) {database.KeyedTable};
        CREATE INDEX IF NOT EXISTS object_moving ON object (shard) WHERE moving_sequence IS NOT NULL;
        CREATE TABLE IF NOT EXISTS version (
            bucket BIGINT NOT NULL, key {database.BytesType} NOT NULL, place BIGINT NOT NULL, shard BIGINT NOT NULL,
            object_id BIGINT NOT NULL, version BIGINT NOT NULL, created BIGINT NOT NULL, modified BIGINT NOT NULL,
            size BIGINT NOT NULL, files BIGINT NOT NULL, segments BIGINT NOT NULL, content_sequence BIGINT NOT NULL,
            metadata {database.BytesType}, inline_segments {database.BytesType},
            version_sequence BIGINT NOT NULL, version_object BIGINT NOT NULL, is_marker BIGINT NOT NULL,
            content_version BIGINT, since BIGINT NOT NULL,
            PRIMARY KEY (bucket, key, place)) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS upload (
            bucket BIGINT NOT NULL, key {database.BytesType} NOT NULL, sequence BIGINT NOT NULL, shard BIGINT NOT NULL,
            object_id BIGINT NOT NULL, begun BIGINT NOT NULL, initiator VARCHAR(1024) NOT NULL,
            metadata {database.BytesType}, PRIMARY KEY (bucket, key, sequence)) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS part (
            shard BIGINT NOT NULL, upload BIGINT NOT NULL, number BIGINT NOT NULL, content_sequence BIGINT NOT NULL,
            object_id BIGINT NOT NULL, modified BIGINT NOT NULL, size BIGINT NOT NULL, segments BIGINT NOT NULL,
            metadata {database.BytesType}, inline_segments {database.BytesType},
            PRIMARY KEY (shard, upload, number)) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS usage (
            bucket BIGINT NOT NULL PRIMARY KEY, objects BIGINT NOT NULL, bytes BIGINT NOT NULL) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS segment (
            shard BIGINT NOT NULL, content_sequence BIGINT NOT NULL, first_ordinal BIGINT NOT NULL,
            first_offset BIGINT NOT NULL, run {database.BytesType} NOT NULL,
            PRIMARY KEY (shard, content_sequence, first_ordinal)) {database.KeyedTable};
        CREATE INDEX IF NOT EXISTS segment_offset
            ON segment (shard, content_sequence, first_offset, first_ordinal);
        CREATE TABLE IF NOT EXISTS ended_content (
            shard BIGINT NOT NULL, content_sequence BIGINT NOT NULL,
            PRIMARY KEY (shard, content_sequence)) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS arrival (
            source_shard BIGINT NOT NULL, started_sequence BIGINT NOT NULL,
            PRIMARY KEY (source_shard, started_sequence)) {database.KeyedTable};
        CREATE TABLE IF NOT EXISTS bucket (
            id BIGINT NOT NULL PRIMARY KEY, name {database.BytesType} UNIQUE, owner VARCHAR(1024) NOT NULL,
            created BIGINT NOT NULL, config {database.BytesType}, version BIGINT NOT NULL);
        CREATE INDEX IF NOT EXISTS bucket_owner ON bucket (owner, name);
        CREATE TABLE IF NOT EXISTS token (
            bucket BIGINT NOT NULL, key {database.BytesType} NOT NULL, token {database.BytesType} NOT NULL,
            shard BIGINT NOT NULL, at BIGINT NOT NULL, operation BIGINT NOT NULL, body_bytes BIGINT NOT NULL,
            body_crc BIGINT NOT NULL, object_id BIGINT NOT NULL, version BIGINT NOT NULL, size BIGINT NOT NULL,
            files BIGINT NOT NULL, created BIGINT NOT NULL, was_created BIGINT NOT NULL, etag VARCHAR(1024) NOT NULL,
            PRIMARY KEY (bucket, key, token)) {database.KeyedTable};
        CREATE INDEX IF NOT EXISTS token_age ON token (shard, at);
        CREATE TABLE IF NOT EXISTS recorded (
            persistence_id VARCHAR(255) NOT NULL PRIMARY KEY, recorded_sequence BIGINT NOT NULL) {database.KeyedTable};
        """;
}

/// <summary>The index that is there cannot be used with these settings; the text tells what to do.</summary>
public sealed class CatalogLayoutException(string message) : Exception(message)
{
    internal static CatalogLayoutException Shards(long made, int asked) => new(
        $"ciaos.index.shards is {asked}, but the index was created with {made} shards. "
        + $"The number cannot be changed later: set ciaos.index.shards = {made}.");
}
