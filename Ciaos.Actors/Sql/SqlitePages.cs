using System.Globalization;

namespace Ciaos.Actors.Sql;

/// <summary>
/// Pages of the SQLite databases that are made here. A commit writes whole pages, and what it changes lies scattered:
/// the next event of each shard in the journal's index, keys in no order in the catalog. SQLite's own 4,096 bytes are
/// twice as much to write and to sum up, for nothing. Smaller ones than these would be too small for keys and metadata
/// of some hundred bytes, which then take pages of their own. A database that is there keeps its pages.
/// </summary>
internal static class SqlitePages
{
    public const int Bytes = 2048;

    /// <summary>SQL that has to come before all else in a new database.</summary>
    public static readonly string Choose = string.Create(
        CultureInfo.InvariantCulture, $"PRAGMA page_size = {Bytes}");
}
