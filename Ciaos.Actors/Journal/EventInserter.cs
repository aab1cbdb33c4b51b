using System.Data;
using System.Data.Common;
using System.Text;

namespace Ciaos.Actors.Journal;

/// <summary>
/// Inserts events through statements that are prepared once for each connection and take several rows: most of the
/// price of a row is then the row, not the statement.
/// </summary>
internal sealed class EventInserter : IDisposable
{
    private const string Columns =
        "created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid, tags, "
        + "event_manifest";

    private readonly Statement[] _statements;
    private readonly DbCommand _insertTag;

    public EventInserter(DbConnection connection, ISqlDialect dialect)
    {
        _statements = dialect.RowsPerInsert.Select(rows => new Statement(connection, rows)).ToArray();
        _insertTag = connection.CreateCommand();
        _insertTag.CommandText =
            "INSERT INTO tags (ordering_id, tag, sequence_nr, persistence_id) "
            + "SELECT ordering, @tag, sequence_number, persistence_id FROM journal "
            + "WHERE persistence_id = @id AND sequence_number = @nr";
        Statement.Add(_insertTag, "@tag", DbType.String);
        Statement.Add(_insertTag, "@id", DbType.String);
        Statement.Add(_insertTag, "@nr", DbType.Int64);
    }

    /// <exception cref="DbException">Also if an event with such a number is there already.</exception>
    public void Insert(IReadOnlyList<JournalEvent> events)
    {
        var next = 0;
        foreach (var statement in _statements)
        {
            for (; events.Count - next >= statement.Rows; next += statement.Rows) statement.Execute(events, next);
        }

        foreach (var e in events)
        {
            if (e.Tags is { Count: > 0 }) InsertTags(e);
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _insertTag.Dispose();
    }

    private void InsertTags(JournalEvent e)
    {
        foreach (var tag in e.Tags!)
        {
            _insertTag.Parameters[0].Value = tag;
            _insertTag.Parameters[1].Value = e.PersistenceId;
            _insertTag.Parameters[2].Value = e.SequenceNr;
            _insertTag.ExecuteNonQuery();
        }
    }

    private sealed class Statement : IDisposable
    {
        private const int ParametersPerRow = 9;
        private readonly DbCommand _command;
        private readonly DbParameter[] _parameters;

        public Statement(DbConnection connection, int rows)
        {
            Rows = rows;
            _command = connection.CreateCommand();
            var sql = new StringBuilder($"INSERT INTO journal ({Columns}) VALUES ");
            for (var row = 0; row < rows; row++)
            {
                if (row > 0) sql.Append(", ");
                sql.Append(
                    $"(@c{row}, FALSE, @p{row}, @n{row}, @b{row}, @m{row}, @i{row}, @w{row}, @t{row}, @e{row})");
            }

            _command.CommandText = sql.ToString();
            _parameters = new DbParameter[rows * ParametersPerRow];
            for (var row = 0; row < rows; row++) AddRow(row);
            _command.Prepare();
        }

        public int Rows { get; }

        public static DbParameter Add(DbCommand command, string name, DbType type)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.DbType = type;
            command.Parameters.Add(parameter);
            return parameter;
        }

        public void Execute(IReadOnlyList<JournalEvent> events, int first)
        {
            for (var row = 0; row < Rows; row++) Bind(row * ParametersPerRow, events[first + row]);
            _command.ExecuteNonQuery();
        }

        public void Dispose() => _command.Dispose();

        private void AddRow(int row)
        {
            var at = row * ParametersPerRow;
            _parameters[at] = Add(_command, $"@c{row}", DbType.Int64);
            _parameters[at + 1] = Add(_command, $"@p{row}", DbType.String);
            _parameters[at + 2] = Add(_command, $"@n{row}", DbType.Int64);
            _parameters[at + 3] = Add(_command, $"@b{row}", DbType.Binary);
            _parameters[at + 4] = Add(_command, $"@m{row}", DbType.String);
            _parameters[at + 5] = Add(_command, $"@i{row}", DbType.Int32);
            _parameters[at + 6] = Add(_command, $"@w{row}", DbType.String);
            _parameters[at + 7] = Add(_command, $"@t{row}", DbType.String);
            _parameters[at + 8] = Add(_command, $"@e{row}", DbType.String);
        }

        private void Bind(int at, JournalEvent e)
        {
            _parameters[at].Value = e.CreatedTicks;
            _parameters[at + 1].Value = e.PersistenceId;
            _parameters[at + 2].Value = e.SequenceNr;
            _parameters[at + 3].Value = e.Message;
            _parameters[at + 4].Value = e.Manifest;
            _parameters[at + 5].Value = e.SerializerId;
            _parameters[at + 6].Value = e.WriterUuid;
            _parameters[at + 7].Value = e.Tags is { Count: > 0 } ? TagText.Join(e.Tags) : DBNull.Value;
            _parameters[at + 8].Value = (object?)e.EventManifest ?? DBNull.Value;
        }
    }
}

/// <summary>The column <c>tags</c>: each tag between semicolons, so that LIKE '%;tag;%' finds it.</summary>
internal static class TagText
{
    private const char Separator = ';';

    public static string Join(IEnumerable<string> tags) => Separator + string.Join(Separator, tags) + Separator;

    public static string[]? Split(string? text) => string.IsNullOrEmpty(text)
        ? null
        : text.Split(Separator, StringSplitOptions.RemoveEmptyEntries);
}
