using System.Data.Common;
using System.Globalization;
using Ciaos.Actors.Index.Catalog;
using Microsoft.Data.Sqlite;

namespace Ciaos.Actors.Check;

/// <summary>Reads a catalog whose node does not run, and changes nothing of it.</summary>
internal sealed class CatalogInspection(CatalogSettings settings)
{
    public string Name => settings.Provider == CatalogProvider.Sqlite
        ? "catalog database " + SqliteLocation.FileOf(settings.Location)
        : "catalog in PostgreSQL";

    /// <summary>False also where a crash has kept its tables from being made.</summary>
    /// <exception cref="DbException">It cannot be asked.</exception>
    public bool IsThere()
    {
        var isSqlite = settings.Provider == CatalogProvider.Sqlite;
        if (isSqlite && !SqliteLocation.HasBytes(settings.Location)
            && !SqliteLocation.HasBytes(settings.Location, "-wal")) return false;
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = isSqlite
            ? "SELECT COUNT(*) FROM sqlite_master"
            : "SELECT CASE WHEN to_regclass('index_layout') IS NULL THEN 0 ELSE 1 END";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
    }

    /// <exception cref="DbException">It cannot be asked.</exception>
    public bool IsOfOlderFormat()
    {
        using var connection = Open();
        return CatalogRows.Read(connection, "SELECT format FROM index_layout").ToList() is [[long format]]
            && format < CatalogSchema.Format;
    }

    public DbConnection Open() => settings.Provider == CatalogProvider.Sqlite
        ? SqliteInspection.Open(SqliteLocation.Resolve(settings.Location), isAlone: true)
        : CatalogDatabase.From(settings).OpenReader();

    public IReadOnlyList<string> FileDamage(bool isQuick)
    {
        if (settings.Provider != CatalogProvider.Sqlite) return [];
        using var connection = (SqliteConnection)Open();
        return SqliteInspection.Damage(connection, isQuick);
    }

    /// <summary>The numbers that a table of two columns keeps by name.</summary>
    public IReadOnlyDictionary<string, long> Numbers(string sql)
    {
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        using var connection = Open();
        foreach (var row in CatalogRows.Read(connection, sql))
            if (row is [string name, long number]) numbers[name] = number;
        return numbers;
    }
}

/// <summary>Rows as they are, damaged or not, in an order.</summary>
internal static class CatalogRows
{
    /// <summary>Read while they are asked for.</summary>
    public static IEnumerable<object[]> Read(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var values = new object[row.FieldCount];
            for (var i = 0; i < values.Length; i++)
                values[i] = row.GetValue(i) is int number ? (long)number : row.GetValue(i);
            yield return values;
        }
    }

    /// <summary>Whether there is such a table; earlier versions lack some.</summary>
    public static bool Has(DbConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT 1 FROM {table} WHERE 1 = 0";
        try
        {
            using var row = command.ExecuteReader();
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }

    /// <summary>Both rows of each key, in order; null where one side has none.</summary>
    /// <param name="keys">So many columns are the key.</param>
    public static IEnumerable<(object[]? Left, object[]? Right)> Merge(
        IEnumerable<object[]> left, IEnumerable<object[]> right, int keys)
    {
        using var lefts = left.GetEnumerator();
        using var rights = right.GetEnumerator();
        var (hasLeft, hasRight) = (lefts.MoveNext(), rights.MoveNext());
        while (hasLeft || hasRight)
        {
            var order = !hasLeft ? 1 : !hasRight ? -1 : CompareKeys(lefts.Current, rights.Current, keys);
            yield return (order <= 0 ? lefts.Current : null, order >= 0 ? rights.Current : null);
            if (order <= 0) hasLeft = lefts.MoveNext();
            if (order >= 0) hasRight = rights.MoveNext();
        }
    }

    public static bool AreEqual(object left, object right) => Compare(left, right) == 0;

    private static int CompareKeys(object[] left, object[] right, int keys)
    {
        for (var i = 0; i < keys; i++)
        {
            var order = Compare(left[i], right[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    // As SQLite puts them in order: nothing, numbers, text, bytes.
    private static int Compare(object left, object right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b),
        _ => RankOf(left).CompareTo(RankOf(right)),
    };

    private static int RankOf(object value) => value switch
    {
        DBNull => 0,
        long => 1,
        double => 2,
        string => 3,
        _ => 4,
    };
}
