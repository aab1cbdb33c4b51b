using System.Data;
using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;

namespace Ciaos.Actors.Sql;

/// <summary>A statement through the database's ADO.NET driver.</summary>
internal sealed partial class DbStatement : Statement
{
    private readonly DbCommand _command;
    private int _set;

    public DbStatement(DbConnection connection, string sql, bool isPrepared)
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

    public override Statement Set(long value) => SetNext(value);

    public override Statement Set(string value) => SetNext(value);

    public override Statement Set(ReadOnlySpan<byte> value) => SetNext(value.ToArray());

    public override Statement SetNull() => SetNext(DBNull.Value);

    public override Statement SetUtf8(string value) => SetNext(Encoding.UTF8.GetBytes(value));

    public override int Execute()
    {
        Ready();
        return _command.ExecuteNonQuery();
    }

    public override Rows Read()
    {
        Ready();
        return new Reader(_command.ExecuteReader());
    }

    public override void Dispose() => _command.Dispose();

    private DbStatement SetNext(object value)
    {
        _command.Parameters[_set++].Value = value;
        return this;
    }

    private void Ready()
    {
        var isReady = _set == _command.Parameters.Count;
        _set = 0;
        if (!isReady) throw new InvalidOperationException("Not all parameters are set");
    }

    [GeneratedRegex("@[nbt]_[a-z0-9_]+", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Names();

    private sealed class Reader(DbDataReader reader) : Rows
    {
        public override bool Read() => reader.Read();

        public override bool IsNull(int column) => reader.IsDBNull(column);

        public override long GetInt64(int column) => reader.GetInt64(column);

        public override string GetString(int column) => reader.GetString(column);

        public override ReadOnlySpan<byte> GetSpan(int column) =>
            reader.IsDBNull(column) ? default : reader.GetFieldValue<byte[]>(column);

        public override void Dispose() => reader.Dispose();
    }
}
