using System.Data.Common;
using System.Text;
using Ciaos.Actors.Sql;

namespace Ciaos.Actors.Journal;

/// <summary>
/// Inserts events through statements that are prepared once for each connection and may take several rows.
/// </summary>
internal sealed class EventInserter : IDisposable
{
    private const string Columns =
        "created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid, tags, "
        + "event_manifest";

    private readonly (int Rows, Statement Statement)[] _inserts;
    private readonly Statement _insertTag;

    public EventInserter(DbConnection connection, ISqlDialect dialect)
    {
        _inserts = [.. dialect.RowsPerInsert.Select(rows => (rows, Statement.Prepare(connection, Insert(rows))))];
        _insertTag = Statement.Prepare(
            connection,
            "INSERT INTO tags (ordering_id, tag, sequence_nr, persistence_id) "
            + "SELECT ordering, @t_tag, sequence_number, persistence_id FROM journal "
            + "WHERE persistence_id = @t_id AND sequence_number = @n_number");
    }

    /// <exception cref="DbException">Also if an event with such a number is there already.</exception>
    public void Insert(IReadOnlyList<JournalEvent> events)
    {
        var next = 0;
        foreach (var (rows, statement) in _inserts)
        {
            while (events.Count - next >= rows)
            {
                for (var behind = next + rows; next < behind; next++) Set(statement, events[next]);
                statement.Execute();
            }
        }

        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Tags is { Count: > 0 }) InsertTags(events[i]);
        }
    }

    public void Dispose()
    {
        foreach (var (_, statement) in _inserts) statement.Dispose();
        _insertTag.Dispose();
    }

    private static string Insert(int rows)
    {
        var sql = new StringBuilder($"INSERT INTO journal ({Columns}) VALUES ");
        for (var row = 0; row < rows; row++)
        {
            if (row > 0) sql.Append(", ");
            sql.Append(
                $"(@n_at{row}, FALSE, @t_id{row}, @n_number{row}, @b_message{row}, @t_manifest{row}, @n_by{row}, "
                + $"@t_writer{row}, @t_tags{row}, @t_event{row})");
        }

        return sql.ToString();
    }

    private static void Set(Statement statement, JournalEvent e) => statement
        .Set(e.CreatedTicks).Set(e.PersistenceId).Set(e.SequenceNr).Set(e.Message).Set(e.Manifest)
        .Set(e.SerializerId).Set(e.WriterUuid)
        .SetOrNull(e.Tags is { Count: > 0 } ? TagText.Join(e.Tags) : null).SetOrNull(e.EventManifest);

    private void InsertTags(JournalEvent e)
    {
        foreach (var tag in e.Tags!) _insertTag.Set(tag).Set(e.PersistenceId).Set(e.SequenceNr).Execute();
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
