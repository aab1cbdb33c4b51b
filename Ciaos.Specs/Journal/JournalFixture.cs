using System.Data.Common;
using Ciaos.Actors.Journal;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace Ciaos.Specs.Journal;

/// <summary>
/// An empty journal database for one spec: a SQLite file in a folder of its own, or, where CIAOS_TEST_POSTGRES says how
/// to connect, a schema of its own on a PostgreSQL server.
/// </summary>
internal sealed class JournalFixture : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-journal-").FullName;
    private readonly string? _schema;
    private readonly List<JournalWriter> _writers = [];

    public JournalFixture(JournalProvider provider, int maxBatchEvents = 4096, int deleteBatchRows = 5000)
    {
        var location = Path.Combine(_folder, "journal.db");
        if (provider == JournalProvider.Postgres)
        {
            _schema = "spec_" + Path.GetFileName(_folder).Split('-')[^1].ToLowerInvariant();
            ExecuteOnServer($"CREATE SCHEMA {_schema}");
            location = new NpgsqlConnectionStringBuilder(PostgresServer!) { SearchPath = _schema }.ToString();
        }

        Database = new JournalDatabase(new JournalSettings(
            provider, location, JournalSynchronous.Full, maxBatchEvents, deleteBatchRows, TimeSpan.FromSeconds(20)));
        Reader = new JournalReader(Database);
    }

    /// <summary>SQLite always; PostgreSQL where there is a server.</summary>
    public static TheoryData<JournalProvider> Providers => PostgresServer is null
        ? [JournalProvider.Sqlite]
        : [JournalProvider.Sqlite, JournalProvider.Postgres];

    public JournalDatabase Database { get; }

    public JournalReader Reader { get; }

    /// <summary>The SQLite file.</summary>
    public string File => Database.Settings.Location;

    private static string? PostgresServer => Environment.GetEnvironmentVariable("CIAOS_TEST_POSTGRES");

    public static JournalEvent Event(string id, long number, string text = "", params string[] tags) => new(
        id, number, 638_000_000_000_000_000 + number, System.Text.Encoding.UTF8.GetBytes(text), 17, "put", "writer-1",
        null, tags.Length == 0 ? null : tags);

    public static List<JournalEvent> Events(string id, long from, long to) =>
        Enumerable.Range(0, (int)(to - from + 1)).Select(i => Event(id, from + i, $"{id} {from + i}")).ToList();

    public JournalWriter OpenWriter()
    {
        var writer = new JournalWriter(Database);
        _writers.Add(writer);
        return writer;
    }

    /// <summary>Makes the writer wait, as a slow sync would, until the result is disposed.</summary>
    public IDisposable HoldWriter()
    {
        var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = Database.Settings.Provider == JournalProvider.Sqlite
            ? "BEGIN IMMEDIATE"
            : "BEGIN; LOCK TABLE journal IN SHARE MODE";
        command.ExecuteNonQuery();
        return connection;
    }

    public void Execute(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Of the SQLite file.</summary>
    public long PageBytes()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        return (long)command.ExecuteScalar()!;
    }

    public IReadOnlyList<long> NumbersOf(string id) =>
        Reader.Events(id, 1, long.MaxValue, long.MaxValue).Select(e => e.SequenceNr).ToArray();

    public void Dispose()
    {
        foreach (var writer in _writers) writer.Dispose();
        Database.Dispose();
        if (_schema is not null) ExecuteOnServer($"DROP SCHEMA {_schema} CASCADE");
        Directory.Delete(_folder, recursive: true);
    }

    private static void ExecuteOnServer(string sql)
    {
        using var connection = new NpgsqlConnection(PostgresServer);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private DbConnection Connect()
    {
        DbConnection connection = Database.Settings.Provider == JournalProvider.Sqlite
            ? new SqliteConnection($"Data Source={File};Pooling=False")
            : new NpgsqlConnection(Database.Settings.Location + ";Pooling=False");
        connection.Open();
        return connection;
    }
}
