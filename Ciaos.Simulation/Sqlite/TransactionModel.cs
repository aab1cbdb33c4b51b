using System.Globalization;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ciaos.Simulation.Sqlite;

/// <summary>Random transactions on one table, and a dictionary that says what must be in it.</summary>
internal sealed class TransactionModel(Random random)
{
    private const int Ids = 40;
    private const int MaxChanges = 6;
    private const int MaxTextLength = 9_000;

    /// <summary>What may be found after the next death: one state, and more where the outcome of a transaction is not
    /// known.</summary>
    private List<Dictionary<int, string>> _possible = [[]];

    private Dictionary<int, string> _seen = [];

    /// <summary>Transactions whose COMMIT returned.</summary>
    public int Commits { get; private set; }

    /// <summary>Runs one transaction. When it throws, it has happened whole, or not at all.</summary>
    public void Change(SqliteConnection connection)
    {
        var next = new Dictionary<int, string>(_seen);
        SqliteWorld.Execute(connection, "BEGIN IMMEDIATE");
        for (var i = random.Next(MaxChanges); i >= 0; i--) ChangeRow(connection, next);
        _possible.Add(next);
        SqliteWorld.Execute(connection, "COMMIT");

        // A transaction that changed nothing writes nothing, and so it does not make durable what came before it.
        _possible = Text(next) == Text(_seen) ? _possible : [next];
        _seen = next;
        Commits++;
    }

    /// <summary>Compares what can be read with the model.</summary>
    /// <param name="isDurable">After a power cut, what is there stays. After a kill or an error the last transaction
    /// may be seen, but can still be lost until another one is committed after it.</param>
    public void Check(SqliteConnection connection, bool isDurable)
    {
        SqliteWorld.Execute(connection, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, v TEXT)");
        var found = new Dictionary<int, string>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT id, v FROM t ORDER BY id";
            using var rows = command.ExecuteReader();
            while (rows.Read()) found.Add(rows.GetInt32(0), rows.GetString(1));
        }

        Assert.Contains(Text(found), _possible.Select(Text));
        _seen = found;
        if (isDurable) _possible = [found];
    }

    private static string Text(Dictionary<int, string> rows) => string.Join(
        '\n', rows.OrderBy(row => row.Key).Select(row => $"{row.Key}: {row.Value.TrimEnd('.')} {row.Value.Length}"));

    private void ChangeRow(SqliteConnection connection, Dictionary<int, string> rows)
    {
        var id = random.Next(Ids);
        using var command = connection.CreateCommand();
        command.Parameters.AddWithValue("$id", id);
        if (random.Next(5) == 0)
        {
            rows.Remove(id);
            command.CommandText = "DELETE FROM t WHERE id = $id";
        }
        else
        {
            var length = random.Next(3) == 0 ? random.Next(MaxTextLength) : random.Next(100);
            rows[id] = random.Next().ToString(CultureInfo.InvariantCulture).PadRight(length, '.');
            command.CommandText = "INSERT INTO t VALUES ($id, $v) ON CONFLICT DO UPDATE SET v = excluded.v";
            command.Parameters.AddWithValue("$v", rows[id]);
        }

        command.ExecuteNonQuery();
    }
}
