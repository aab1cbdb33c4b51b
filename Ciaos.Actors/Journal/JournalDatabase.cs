using System.Data.Common;

namespace Ciaos.Actors.Journal;

/// <summary>
/// Opens the database of a journal, and sees to it that the tables are there. Everything that can fail in it fails
/// with a <see cref="JournalException"/> that names the database.
/// </summary>
public sealed class JournalDatabase : IDisposable
{
    private static readonly string[] AddedColumns = ["tags", "event_manifest"];

    private volatile bool _isPrepared;

    public JournalDatabase(JournalSettings settings)
    {
        Settings = settings;
        Dialect = settings.Provider switch
        {
            JournalProvider.Sqlite => new SqliteDialect(settings),
            JournalProvider.Postgres => new PostgresDialect(settings),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Provider, "No such provider"),
        };
    }

    public JournalSettings Settings { get; }

    internal ISqlDialect Dialect { get; }

    /// <summary>Makes sure that the database can be opened, and has its tables.</summary>
    /// <exception cref="JournalException">What is wrong, and with which database.</exception>
    public void Prepare()
    {
        if (!_isPrepared) OpenForWriting().Dispose();
    }

    public void Dispose() => Dialect.Close();

    internal DbConnection OpenForWriting() => Guard(() =>
    {
        var connection = Dialect.OpenForWriting();
        try
        {
            CreateTables(connection);
            _isPrepared = true;
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    internal DbConnection OpenForReading() => Guard(Dialect.OpenForReading);

    internal T Guard<T>(Func<T> body)
    {
        try
        {
            return body();
        }
        catch (Exception failure) when (IsOfDatabase(failure))
        {
            throw Dialect.Explain(failure);
        }
    }

    /// <summary>Failures that are the database's, not the program's.</summary>
    internal static bool IsOfDatabase(Exception failure) =>
        failure is DbException or IOException or UnauthorizedAccessException or TimeoutException
            or InvalidOperationException;

    private void CreateTables(DbConnection connection)
    {
        Execute(connection, Dialect.Begin);
        foreach (var statement in Dialect.Schema) Execute(connection, statement);

        // The official plug-in's journal has the same table, without what we add.
        var columns = Dialect.ColumnsOf(connection, "journal");
        foreach (var column in AddedColumns.Where(c => !columns.Contains(c)))
            Execute(connection, $"ALTER TABLE journal ADD COLUMN {column} {Dialect.TextType}");
        Execute(connection, "COMMIT");
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
