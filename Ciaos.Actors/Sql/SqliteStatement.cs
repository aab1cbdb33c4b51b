using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Ciaos.Actors.Sql;

/// <summary>
/// A statement on SQLite itself: no objects for commands, parameters, readers and values, of which a driver makes many
/// for each row. How long a lock is waited for is the connection's busy_timeout.
/// </summary>
internal sealed class SqliteStatement : Statement
{
    // From sqlite3.h: the statement stays for long.
    private const uint PreparePersistent = 1;
    private const int StackBytes = 1024;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly Cursor _rows;
    private readonly int _parameters;
    private int _set;
    private bool _isInUse;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open");
        Check(sqlite3_prepare_v3(_database, sql, PreparePersistent, out _statement));
        _parameters = sqlite3_bind_parameter_count(_statement);
        _rows = new Cursor(this);
    }

    public override Statement Set(long value) => Bound(sqlite3_bind_int64(_statement, Next(), value));

    public override Statement Set(ReadOnlySpan<byte> value) => Bound(
        value.IsEmpty
            ? sqlite3_bind_zeroblob(_statement, Next(), 0)
            : sqlite3_bind_blob(_statement, Next(), value));

    public override Statement SetNull() => Bound(sqlite3_bind_null(_statement, Next()));

    public override Statement Set(string value) => SetEncoded(value, isText: true);

    public override Statement SetUtf8(string value) => SetEncoded(value, isText: false);

    public override int Execute()
    {
        Begin();
        try
        {
            while (Step())
            {
                // What it returns is not wanted.
            }

            return sqlite3_changes(_database);
        }
        finally
        {
            End();
        }
    }

    public override Rows Read()
    {
        Begin();
        return _rows;
    }

    public override void Dispose() => _statement.Dispose();

    private Statement SetEncoded(string value, bool isText)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var buffer = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        var bytes = buffer[..Encoding.UTF8.GetBytes(value, buffer)];
        return isText ? Bound(sqlite3_bind_text(_statement, Next(), bytes)) : Set((ReadOnlySpan<byte>)bytes);
    }

    private int Next()
    {
        if (_isInUse) throw new InvalidOperationException("The statement is being read");
        return ++_set;
    }

    private SqliteStatement Bound(int code)
    {
        Check(code);
        return this;
    }

    private void Begin()
    {
        if (_isInUse) throw new InvalidOperationException("The statement is being read");
        var isReady = _set == _parameters;
        _set = 0;
        if (!isReady) throw new InvalidOperationException("Not all parameters are set");
        _isInUse = true;
    }

    private bool Step()
    {
        var code = sqlite3_step(_statement);
        Check(code);
        return code == SQLITE_ROW;
    }

    private void End()
    {
        // It tells again what the step has told.
        _ = sqlite3_reset(_statement);
        _isInUse = false;
    }

    private void Check(int code)
    {
        if (code is not (SQLITE_OK or SQLITE_ROW or SQLITE_DONE)) SqliteException.ThrowExceptionForRC(code, _database);
    }

    private sealed class Cursor(SqliteStatement owner) : Rows
    {
        private readonly sqlite3_stmt _statement = owner._statement;

        public override bool Read() => owner.Step();

        public override bool IsNull(int column) => sqlite3_column_type(_statement, column) == SQLITE_NULL;

        public override long GetInt64(int column) => sqlite3_column_int64(_statement, column);

        // Of text it gives the UTF-8, in which our databases keep it.
        public override string GetString(int column) => Encoding.UTF8.GetString(GetSpan(column));

        public override ReadOnlySpan<byte> GetSpan(int column) => sqlite3_column_blob(_statement, column);

        public override void Dispose()
        {
            if (owner._isInUse) owner.End();
        }
    }
}
