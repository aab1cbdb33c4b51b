using System.Text;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>Where a scan goes on.</summary>
/// <param name="Behind">With what comes behind that key; else with the key itself.</param>
/// <param name="After">Set: within that key, behind this place.</param>
internal readonly record struct ScanPlace(byte[] Key, bool Behind, long? After = null);

/// <summary>
/// Goes through the rows of a listing in the order of their keys. A common prefix is passed over: the scan goes on
/// behind it, whatever lies there. Rows are read few at a time behind a common prefix, since another one may follow at
/// once, and more at a time as long as none does.
/// </summary>
/// <param name="read">Up to so many rows from a place on.</param>
/// <param name="keyOf">The key of a row.</param>
/// <param name="placeOf">Where the scan goes on behind a row.</param>
internal sealed class DelimitedScan<T>(
    string prefix, string delimiter, Func<ScanPlace, int, List<T>> read, Func<T, byte[]> keyOf,
    Func<T, ScanPlace> placeOf)
    where T : class
{
    private const int FewRows = 4;
    private const int Growth = 4;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix);
    private readonly byte[] _delimiter = Encoding.UTF8.GetBytes(delimiter);
    private readonly List<ListEntry<T>> _entries = [];

    /// <summary>The page behind a key (empty: from the start), or behind an item of that key.</summary>
    public (List<ListEntry<T>> Entries, bool HasMore) Page(string after, long? afterItem, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfEqual(limit, int.MaxValue);
        if (limit == 0) return (_entries, false);
        var place = Begin(after, afterItem);
        var rows = _delimiter.Length == 0 ? limit + 1 : Math.Min(FewRows, limit + 1);
        while (true)
        {
            var found = read(place, rows);
            var isPassed = false;
            foreach (var row in found)
            {
                if (_entries.Count == limit) return (_entries, true);
                if (_delimiter.Length > 0 && CommonPrefix(keyOf(row)) is { } common)
                {
                    _entries.Add(new ListEntry<T>(null, Encoding.UTF8.GetString(common)));
                    (place, isPassed) = (new ScanPlace(ScanRange.End(common), Behind: false), true);
                    break;
                }

                _entries.Add(new ListEntry<T>(row, null));
            }

            if (!isPassed && found.Count < rows) return (_entries, false);
            if (!isPassed) place = placeOf(found[^1]);
            rows = isPassed ? Math.Min(FewRows, limit + 1) : (int)Math.Min((long)rows * Growth, limit + 1);
        }
    }

    private ScanPlace Begin(string after, long? afterItem)
    {
        var from = new ScanPlace(_prefix, Behind: false);
        if (after.Length == 0) return from;
        var key = Encoding.UTF8.GetBytes(after);
        if (key.AsSpan().SequenceCompareTo(_prefix) < 0) return from;
        return _delimiter.Length > 0 && CommonPrefix(key) is { } common && common.Length == key.Length
            ? new ScanPlace(ScanRange.End(common), Behind: false)
            : new ScanPlace(key, Behind: afterItem is null, afterItem);
    }

    private byte[]? CommonPrefix(byte[] key)
    {
        if (!key.AsSpan().StartsWith(_prefix)) return null;
        var at = key.AsSpan(_prefix.Length).IndexOf(_delimiter);
        return at < 0 ? null : key[..(_prefix.Length + at + _delimiter.Length)];
    }
}

/// <summary>Ranges of keys, as bytes.</summary>
internal static class ScanRange
{
    // No byte of UTF-8 is 0xFF.
    private static readonly byte[] BehindAll = [0xFF];

    /// <summary>The first text behind all that begin with the prefix.</summary>
    public static byte[] End(byte[] prefix)
    {
        if (prefix.Length == 0) return BehindAll;
        var end = prefix.ToArray();
        end[^1]++;
        return end;
    }

    public static byte[] Later(byte[] left, byte[] right) =>
        left.AsSpan().SequenceCompareTo(right) > 0 ? left : right;
}
