using System.Data.Common;
using System.Globalization;
using Ciaos.Actors.Sql;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Journal;

/// <summary>
/// SQLite in one file, in WAL mode: readers do not wait for the writer, and a commit is one append and one sync. The
/// names of tables and columns are those of Akka.Persistence.Sql's default mapping.
/// </summary>
internal sealed class SqliteDialect : ISqlDialect
{
    private readonly string _path;
    private readonly string _synchronous;
    private readonly long _lockTimeoutMs;
    private readonly long _checkpointBytes;
    private readonly string _forWriting;
    private readonly string _forReading;
    private bool _isLogDurable;

    static SqliteDialect() => SQLitePCL.Batteries_V2.Init();

    public SqliteDialect(JournalSettings settings)
    {
        _path = SqliteLocation.Resolve(settings.Location);
        _synchronous = settings.Synchronous.ToString().ToUpperInvariant();
        _lockTimeoutMs = (long)settings.LockTimeout.TotalMilliseconds;
        _checkpointBytes = settings.CheckpointBytes;
        _forWriting = ConnectionString(SqliteOpenMode.ReadWriteCreate, pooling: false);
        _forReading = ConnectionString(SqliteOpenMode.ReadWrite, pooling: true);
    }

    public string Name => $"journal database {_path}";

    public string Begin => "BEGIN IMMEDIATE";

    public string Touch => "PRAGMA user_version = 1";

    public string TextType => "TEXT";

    // Nothing is saved by more: no way to a server, and the statement is prepared. Eight rows cost a fifth more each.
    public IReadOnlyList<int> RowsPerInsert { get; } = [1];

    public IReadOnlyList<string> Schema { get; } =
    [
        """
        CREATE TABLE IF NOT EXISTS journal (
          ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
          created BIGINT NOT NULL,
          deleted BOOLEAN NOT NULL DEFAULT 0,
          persistence_id VARCHAR(255) NOT NULL,
          sequence_number BIGINT NOT NULL,
          message BLOB NOT NULL,
          manifest VARCHAR(500),
          identifier INTEGER,
          writer_uuid VARCHAR(128),
          tags TEXT,
          event_manifest TEXT)
        """,
        "CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number)",
        """
        CREATE TABLE IF NOT EXISTS tags (
          ordering_id INTEGER NOT NULL,
          tag VARCHAR(64) NOT NULL,
          sequence_nr INTEGER NOT NULL,
          persistence_id VARCHAR(255) NOT NULL,
          PRIMARY KEY (ordering_id, tag, persistence_id))
        """,
        """
        CREATE TABLE IF NOT EXISTS journal_metadata (
          persistence_id VARCHAR(255) NOT NULL,
          sequence_number BIGINT NOT NULL,
          PRIMARY KEY (persistence_id, sequence_number))
        """,
        """
        CREATE TABLE IF NOT EXISTS snapshot (
          persistence_id VARCHAR(255) NOT NULL,
          sequence_number BIGINT NOT NULL,
          created BIGINT NOT NULL,
          snapshot BLOB NOT NULL,
          manifest VARCHAR(500) NOT NULL,
          serializer_id INTEGER,
          PRIMARY KEY (persistence_id, sequence_number))
        """,
    ];

    public DbConnection OpenForWriting()
    {
        SqliteLocation.CreateFolder(_path);
        if (!_isLogDurable) SqliteLocation.MakeLogDurable(_path);
        _isLogDurable = true;

        // A long replay keeps the log from being begun anew; what it has grown to by then is given back.
        return Open(
            _forWriting,
            $"{SqlitePages.Choose}; PRAGMA journal_mode = WAL; PRAGMA synchronous = {_synchronous}; "
            + $"PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {2 * _checkpointBytes}; "
            + $"PRAGMA busy_timeout = {_lockTimeoutMs}");
    }

    public DbConnection OpenForReading() =>
        Open(_forReading, $"PRAGMA query_only = ON; PRAGMA busy_timeout = {_lockTimeoutMs}");

    public LogCheckpoints Checkpoints(Action<Action>? post, Action<string>? warn) => new(
        () => Open(_forWriting, $"PRAGMA synchronous = {_synchronous}; PRAGMA busy_timeout = {_lockTimeoutMs}"),
        _checkpointBytes,
        post,
        warn);

    public IReadOnlySet<string> ColumnsOf(DbConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        using var rows = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (rows.Read()) names.Add(rows.GetString(0));
        return names;
    }

    public bool IsDuplicateKey(DbException failure) =>
        failure is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT };

    public JournalException Explain(Exception failure)
    {
        if (failure is JournalException explained) return explained;
        if (failure is not SqliteException sqlite) return new JournalException($"{Name}: {failure.Message}", failure);
        var code = sqlite.SqliteExtendedErrorCode.ToString(CultureInfo.InvariantCulture);
        return sqlite.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => new JournalDamagedException(
                $"The {Name} is damaged ({sqlite.Message}). Put it aside, and restore it from a copy.", failure),
            SQLitePCL.raw.SQLITE_FULL => new JournalException($"No room left for the {Name}", failure),
            SQLitePCL.raw.SQLITE_BUSY => new JournalException(
                $"The {Name} is locked by another process for more than {_lockTimeoutMs} ms", failure),
            SQLitePCL.raw.SQLITE_CANTOPEN => new JournalException($"The {Name} cannot be opened", failure),
            _ => new JournalException($"The {Name} failed (SQLite {code}): {sqlite.Message}", failure),
        };
    }

    public void Close()
    {
        using var any = new SqliteConnection(_forReading);
        SqliteConnection.ClearPool(any);
    }

    private static SqliteConnection Open(string connectionString, string pragmas)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = pragmas;
            command.ExecuteNonQuery();
            LogCheckpoints.LeaveLogOnClose(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private string ConnectionString(SqliteOpenMode mode, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        Mode = mode,
        Pooling = pooling,
    }.ToString();
}
