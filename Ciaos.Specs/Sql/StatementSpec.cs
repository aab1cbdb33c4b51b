using Ciaos.Actors.Sql;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Xunit;

namespace Ciaos.Specs.Sql;

public sealed class StatementSpec : IDisposable
{
    private const int ConstraintPrimaryKey = 1555;

    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    static StatementSpec() => Batteries_V2.Init();

    public StatementSpec()
    {
        _connection.Open();
        Run("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, b BLOB, x TEXT) WITHOUT ROWID");
    }

    [Fact]
    public void Bytes_text_and_numbers_come_back_as_they_were_and_none_is_not_null()
    {
        var large = new byte[5000];
        large[4999] = 7;
        using var add = Statement.Prepare(_connection, "INSERT INTO t (id, b, x) VALUES (@n_id, @b_b, @t_x)");
        Assert.Equal(1, add.Set(long.MinValue).Set([]).Set("").Execute());
        Assert.Equal(1, add.Set(2).SetNull().SetNull().Execute());
        Assert.Equal(1, add.Set(3).Set(large).Set("ä\0😀" + new string('é', 3000)).Execute());
        Assert.Equal(1, add.Set(4).Set(ObjectKey.Create("ключ")).SetOrNull((string?)null).Execute());
        Assert.Equal(1, add.Set(5).SetOrNull([]).Set("plain").Execute());

        using var read = Statement.Prepare(_connection, "SELECT id, b, x, typeof(b) FROM t ORDER BY id");
        using var row = read.Read();
        Assert.True(row.Read());
        Assert.Equal(
            (long.MinValue, false, false, ""), (row.GetInt64(0), row.IsNull(1), row.IsNull(2), row.GetString(2)));
        Assert.Empty(row.GetBytes(1));
        Assert.True(row.Read());
        Assert.Equal((2, true, true), (row.GetInt64(0), row.IsNull(1), row.IsNull(2)));
        Assert.True(row.Read());
        Assert.Equal(large, row.GetBytes(1));
        Assert.Equal("ä\0😀" + new string('é', 3000), row.GetString(2));
        Assert.True(row.Read());
        Assert.Equal("ключ"u8.ToArray(), row.GetBytes(1));
        Assert.Equal("blob", row.GetString(3));
        Assert.True(row.Read());
        Assert.Equal((true, "plain"), (row.IsNull(1), row.GetString(2)));
        Assert.False(row.Read());
    }

    [Fact]
    public void A_failure_has_the_databases_codes_and_the_statement_can_be_used_again()
    {
        using var add = Statement.Prepare(_connection, "INSERT INTO t (id) VALUES (@n_id)");
        Assert.Equal(1, add.Set(1).Execute());
        var failure = Assert.Throws<SqliteException>(() => add.Set(1).Execute());
        Assert.Equal(
            (raw.SQLITE_CONSTRAINT, ConstraintPrimaryKey), (failure.SqliteErrorCode, failure.SqliteExtendedErrorCode));
        Assert.Contains("t.id", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, add.Set(2).Execute());
        var noTable = Assert.Throws<SqliteException>(() => Statement.Prepare(_connection, "SELECT 1 FROM nowhere"));
        Assert.Equal(raw.SQLITE_ERROR, noTable.SqliteErrorCode);
    }

    [Fact]
    public void A_failure_within_a_transaction_leaves_it_to_be_rolled_back()
    {
        using var begin = Statement.Prepare(_connection, "BEGIN IMMEDIATE", isPrepared: false);
        using var rollback = Statement.Prepare(_connection, "ROLLBACK", isPrepared: false);
        using var add = Statement.Prepare(_connection, "INSERT INTO t (id) VALUES (@n_id), (@n_other)");
        using var count = Statement.Prepare(_connection, "SELECT COUNT(*) FROM t");
        begin.Execute();
        add.Set(1).Set(2).Execute();
        Assert.Throws<SqliteException>(() => add.Set(3).Set(2).Execute());
        rollback.Execute();
        using var row = count.Read();
        Assert.True(row.Read());
        Assert.Equal(0, row.GetInt64(0));
    }

    [Fact]
    public void A_count_is_of_the_statement_itself()
    {
        using var add = Statement.Prepare(_connection, "INSERT INTO t (id) VALUES (@n_id) ON CONFLICT DO NOTHING");
        using var change = Statement.Prepare(_connection, "UPDATE t SET x = @t_x WHERE id >= @n_id");
        Assert.Equal(1, add.Set(1).Execute());
        Assert.Equal(0, add.Set(1).Execute());
        Assert.Equal(1, add.Set(2).Execute());
        Assert.Equal(2, change.Set("x").Set(1).Execute());
        Assert.Equal(0, change.Set("x").Set(3).Execute());
    }

    [Fact]
    public void A_parameter_that_comes_twice_is_set_once()
    {
        using var read = Statement.Prepare(_connection, "SELECT @n_a + @n_b + @n_a");
        using var row = read.Set(1).Set(10).Read();
        Assert.True(row.Read());
        Assert.Equal(12, row.GetInt64(0));
    }

    [Fact]
    public void It_is_not_used_while_its_rows_are_read_nor_with_parameters_missing()
    {
        using var read = Statement.Prepare(_connection, "SELECT @n_a");
        Assert.Throws<InvalidOperationException>(() => read.Read());
        using (var row = read.Set(1).Read())
        {
            Assert.True(row.Read());
            Assert.Throws<InvalidOperationException>(() => read.Set(2));
        }

        using var again = read.Set(2).Read();
        Assert.True(again.Read());
        Assert.Equal(2, again.GetInt64(0));
    }

    [Fact]
    public void It_follows_a_table_that_is_made_anew()
    {
        using var add = Statement.Prepare(_connection, "INSERT INTO t (id) VALUES (@n_id)");
        Run("ALTER TABLE t RENAME TO away");
        Assert.Throws<SqliteException>(() => add.Set(1).Execute());
        Run("ALTER TABLE away RENAME TO t");
        Assert.Equal(1, add.Set(1).Execute());
    }

    public void Dispose() => _connection.Dispose();

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
