using System.Globalization;
using Ciaos.Storage.Disks;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// A database that is to be made: under another name first, which it keeps until it is whole and durable. What has the
/// name before is moved aside, never deleted.
/// </summary>
internal abstract class RebuildTarget
{
    /// <summary>For messages.</summary>
    public abstract string Name { get; }

    /// <summary>Where to make it.</summary>
    public abstract string Temporary { get; }

    /// <summary>There is such a database, with something in it.</summary>
    public abstract bool IsThere();

    /// <summary>Removes what an earlier attempt has left.</summary>
    public abstract void Clear();

    /// <summary>Makes what was written durable. Nobody has it open.</summary>
    public abstract void Settle();

    /// <returns>What was moved, and where to; empty where there was nothing.</returns>
    public abstract IReadOnlyList<string> MoveAside(string suffix);

    /// <summary>Gives it its name, in one step and durably.</summary>
    public abstract void Publish();
}

/// <summary>A SQLite database: a file, renamed at the end.</summary>
internal sealed class SqliteTarget(IDisk disk, string location) : RebuildTarget
{
    // A log that is left beside a new database would be taken for its own.
    private static readonly string[] Suffixes = ["", "-wal", "-shm", "-journal"];

    private string File => SqliteLocation.FileOf(location);

    private string TemporaryFile => SqliteLocation.FileOf(Temporary);

    private string Folder => Path.GetDirectoryName(File) ?? "";

    public override string Name => File;

    public override string Temporary => SqliteLocation.Sibling(location, ".rebuilding");

    public override bool IsThere() => Suffixes.Any(suffix => disk.Exists(File + suffix));

    public override void Clear()
    {
        SqliteLocation.CreateFolder(location);
        foreach (var suffix in Suffixes) disk.Delete(TemporaryFile + suffix);
    }

    public override void Settle()
    {
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Temporary,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
        }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE";
            command.ExecuteNonQuery();
        }

        using var file = disk.Open(TemporaryFile, DiskAccess.ReadWrite);
        file.Flush();
    }

    public override IReadOnlyList<string> MoveAside(string suffix)
    {
        var free = suffix;
        for (var n = 2; Suffixes.Any(part => disk.Exists(File + free + part)); n++)
            free = string.Create(CultureInfo.InvariantCulture, $"{suffix}-{n}");
        var moved = new List<string>();
        foreach (var part in Suffixes.Where(part => disk.Exists(File + part)))
        {
            disk.Rename(File + part, File + free + part);
            moved.Add($"{File}{part} is now {File}{free}{part}");
        }

        if (moved.Count > 0) disk.SyncFolder(Folder);
        return moved;
    }

    public override void Publish()
    {
        disk.Rename(TemporaryFile, File);
        disk.SyncFolder(Folder);
    }
}

/// <summary>Tables of a PostgreSQL database: made in a schema of their own, and moved at the end in one
/// transaction.</summary>
internal sealed class PostgresTarget(string connectionString, string use, params string[] tables) : RebuildTarget
{
    private readonly NpgsqlConnectionStringBuilder _settings = new(connectionString) { Pooling = false };

    private string Schema => $"ciaos_rebuilding_{use}";

    public override string Name => $"the {use}'s tables in database {_settings.Database} on {_settings.Host}";

    public override string Temporary =>
        new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { SearchPath = Schema }.ToString();

    public override bool IsThere() =>
        Existing().Any(table => Ask<bool>($"SELECT EXISTS (SELECT 1 FROM \"{table}\")"));

    public override void Clear() =>
        Run($"DROP SCHEMA IF EXISTS \"{Schema}\" CASCADE; CREATE SCHEMA \"{Schema}\"");

    public override void Settle()
    {
        // A later synced commit makes all earlier ones durable: that of Publish.
    }

    public override IReadOnlyList<string> MoveAside(string suffix)
    {
        var existing = Existing();
        if (existing.Count == 0) return [];
        var aside = $"ciaos{suffix}_{use}".Replace('.', '_').Replace('-', '_');
        Run(string.Join(
            "; ",
            existing.Select(table => $"ALTER TABLE \"{table}\" SET SCHEMA \"{aside}\"")
                .Prepend($"CREATE SCHEMA \"{aside}\"")));
        return [$"{string.Join(", ", existing)} are now in the schema {aside}"];
    }

    public override void Publish()
    {
        var target = Ask<string>("SELECT current_schema()");
        Run(string.Join(
            "; ",
            tables.Select(table => $"ALTER TABLE \"{Schema}\".\"{table}\" SET SCHEMA \"{target}\"")
                .Append($"DROP SCHEMA \"{Schema}\"")));
    }

    private List<string> Existing() =>
        [.. tables.Where(table => Ask<bool>($"SELECT to_regclass('\"{table}\"') IS NOT NULL"))];

    // One command of several statements is one transaction.
    private void Run(string sql)
    {
        using var connection = Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private T Ask<T>(string sql)
    {
        using var connection = Open();
        using var command = new NpgsqlCommand(sql, connection);
        return (T)command.ExecuteScalar()!;
    }

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_settings.ConnectionString);
        connection.Open();
        return connection;
    }
}
