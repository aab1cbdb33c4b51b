using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Journal;

/// <summary>
/// Reads a journal for tools: changes nothing, takes rows as they are, and does not mind a node that writes meanwhile.
/// Each call reads on a connection of its own, so that nobody's log is held for longer than that.
/// </summary>
/// <param name="isAlone">No node is running.</param>
public sealed class JournalInspection(JournalSettings settings, bool isAlone) : IDisposable
{
    private readonly JournalDatabase _database = new(settings);

    /// <summary>For messages: which database, and where. Never a password.</summary>
    public string Name => _database.Dialect.Name;

    /// <exception cref="JournalException">There is no journal, or it cannot be opened.</exception>
    public void Require()
    {
        if (settings.Provider == JournalProvider.Sqlite && !SqliteLocation.HasBytes(settings.Location))
            throw new JournalException($"There is no {Name}");
        var columns = _database.Guard(() =>
        {
            using var connection = Open();
            return _database.Dialect.ColumnsOf(connection, "journal");
        });
        if (columns.Count == 0) throw new JournalException($"The {Name} holds no journal");
    }

    /// <summary>Rows behind a position, in the order in which they were written.</summary>
    /// <param name="stream">Of this persistence id only; null: of all.</param>
    public IEnumerable<JournalEntry> After(long position, int max, string? stream = null) => Read(
        $"SELECT {JournalEntry.Columns} FROM journal WHERE ordering > @after {Of(stream)} "
        + $"ORDER BY {(stream is null ? "ordering" : "sequence_number")} LIMIT @max",
        stream, ("@after", position), ("@max", max));

    /// <summary>The last rows, in the order in which they were written.</summary>
    /// <param name="after">Only those behind this position.</param>
    public IEnumerable<JournalEntry> Last(int count, string? stream = null, long after = 0) => Read(
        $"SELECT {JournalEntry.Columns} FROM journal WHERE ordering > @after {Of(stream)} "
        + $"ORDER BY {(stream is null ? "ordering" : "sequence_number")} DESC LIMIT @max",
        stream, ("@after", after), ("@max", count)).Reverse();

    public JournalEntry? Find(string stream, long number) => Read(
        $"SELECT {JournalEntry.Columns} FROM journal WHERE sequence_number = @number {Of(stream)}",
        stream, ("@number", number)).FirstOrDefault();

    /// <summary>Position of the last row; 0 if there is none.</summary>
    public long LastPosition() => _database.Guard(() =>
    {
        using var connection = Open();
        using var command = connection.CreateCommand("SELECT MAX(ordering) FROM journal");
        return command.ExecuteScalar() is long last ? last : 0L;
    });

    /// <summary>Events up to this number were deleted on purpose; 0 if none was.</summary>
    public long DeletedTo(string stream) => _database.Guard(() =>
    {
        using var connection = Open();
        using var command = connection.CreateCommand(
            "SELECT MAX(sequence_number) FROM journal_metadata WHERE persistence_id = @id", ("@id", stream));
        return command.ExecuteScalar() is long last ? last : 0L;
    });

    /// <summary>What the database itself finds wrong in its file; empty where nothing is, or it has no such
    /// check.</summary>
    public IReadOnlyList<string> FileDamage(bool isQuick) => settings.Provider == JournalProvider.Sqlite
        ? _database.Guard(() =>
        {
            using var connection = Open();
            return SqliteInspection.Damage((SqliteConnection)connection, isQuick);
        })
        : [];

    public void Dispose() => _database.Dispose();

    private static string Of(string? stream) => stream is null ? "" : "AND persistence_id = @stream";

    private DbConnection Open() => settings.Provider == JournalProvider.Sqlite
        ? SqliteInspection.Open(SqliteLocation.Resolve(settings.Location), isAlone)
        : _database.OpenForReading();

    private IEnumerable<JournalEntry> Read(
        string sql, string? stream, params (string Name, object Value)[] parameters)
    {
        if (stream is not null) parameters = [.. parameters, ("@stream", stream)];
        using var connection = _database.Guard(Open);
        using var command = connection.CreateCommand(sql, parameters);
        using var rows = _database.Guard(command.ExecuteReader);
        while (_database.Guard(rows.Read)) yield return _database.Guard(() => JournalEntry.Read(rows));
    }
}
