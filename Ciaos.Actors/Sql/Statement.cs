using System.Data.Common;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Sql;

/// <summary>
/// One prepared SQL statement of one connection, for one thread at a time. Its parameters are set in the order in which
/// they first stand in the text; a name tells the type: <c>@n_…</c> is a number, <c>@b_…</c> bytes, <c>@t_…</c> text.
/// All of them are set before each use. A failure leaves the statement as it was before: it may be used again.
/// </summary>
/// <exception cref="DbException">What the database says, of each use.</exception>
internal abstract class Statement : IDisposable
{
    /// <param name="isPrepared">False: it is prepared at every use, for what not every database prepares.</param>
    public static Statement Prepare(DbConnection connection, string sql, bool isPrepared = true) =>
        connection is SqliteConnection sqlite
            ? new SqliteStatement(sqlite, sql)
            : new DbStatement(connection, sql, isPrepared);

    public abstract Statement Set(long value);

    public abstract Statement Set(string value);

    /// <summary>Bytes, possibly none: that is not the same as <see cref="SetNull"/>.</summary>
    public abstract Statement Set(ReadOnlySpan<byte> value);

    public abstract Statement SetNull();

    /// <summary>The text's UTF-8, to a parameter of bytes.</summary>
    public abstract Statement SetUtf8(string value);

    public Statement Set(long? value) => value is { } number ? Set(number) : SetNull();

    public Statement Set(byte[]? value) => value is null ? SetNull() : Set(value.AsSpan());

    public Statement Set(ObjectKey key) => SetUtf8(key.Value);

    public Statement Set(ObjectKey? key) => key is { } known ? Set(known) : SetNull();

    public Statement SetOrNull(string? value) => value is null ? SetNull() : Set(value);

    /// <summary>Null where there are none.</summary>
    public Statement SetOrNull(ReadOnlySpan<byte> value) => value.IsEmpty ? SetNull() : Set(value);

    /// <returns>How many rows it has inserted, changed or deleted; of other statements it tells nothing.</returns>
    public abstract int Execute();

    /// <summary>Until they are disposed, the statement cannot be used again.</summary>
    public abstract Rows Read();

    public abstract void Dispose();
}

/// <summary>The rows that a statement gives, one at a time.</summary>
internal abstract class Rows : IDisposable
{
    /// <summary>Goes to the first row, or the next one; false behind the last one.</summary>
    public abstract bool Read();

    public abstract bool IsNull(int column);

    public abstract long GetInt64(int column);

    public abstract string GetString(int column);

    /// <summary>The bytes themselves, to be used up before the next row is read; none where the column is
    /// null.</summary>
    public abstract ReadOnlySpan<byte> GetSpan(int column);

    public byte[] GetBytes(int column) => GetSpan(column).ToArray();

    public abstract void Dispose();
}
