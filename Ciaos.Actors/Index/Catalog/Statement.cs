using System.Data;
using System.Data.Common;
using System.Text.RegularExpressions;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// One prepared SQL statement. Its parameters are set in the order in which they first stand in the text; a name tells
/// the type: <c>@n_…</c> is a number, <c>@b_…</c> bytes, <c>@t_…</c> text.
/// </summary>
internal sealed partial class Statement : IDisposable
{
    private readonly DbCommand _command;
    private int _set;

    /// <param name="isPrepared">False: it is prepared at every use, for what not every database prepares.</param>
    public Statement(DbConnection connection, string sql, bool isPrepared = true)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        foreach (var name in Names().Matches(sql).Select(match => match.Value).Distinct(StringComparer.Ordinal))
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = name;
            parameter.DbType = name[1] switch { 'n' => DbType.Int64, 'b' => DbType.Binary, _ => DbType.String };
            _command.Parameters.Add(parameter);
        }

        if (isPrepared) _command.Prepare();
    }

    public Statement Set(long? value) => SetNext(value is { } number ? number : DBNull.Value);

    public Statement Set(byte[]? value) => SetNext((object?)value ?? DBNull.Value);

    public Statement Set(string value) => SetNext(value);

    /// <param name="transaction">Null where there is none, or it was begun by a statement.</param>
    public int Execute(DbTransaction? transaction)
    {
        Ready();
        _command.Transaction = transaction;
        return _command.ExecuteNonQuery();
    }

    /// <param name="transaction">Null where there is none, or it was begun by a statement.</param>
    public DbDataReader Read(DbTransaction? transaction = null)
    {
        Ready();
        _command.Transaction = transaction;
        return _command.ExecuteReader();
    }

    public void Dispose() => _command.Dispose();

    private Statement SetNext(object value)
    {
        _command.Parameters[_set++].Value = value;
        return this;
    }

    private void Ready()
    {
        if (_set != _command.Parameters.Count) throw new InvalidOperationException("Not all parameters are set");
        _set = 0;
    }

    [GeneratedRegex("@[nbt]_[a-z_]+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Names();
}
