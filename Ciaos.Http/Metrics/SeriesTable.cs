using System.Text;

namespace Ciaos.Http.Metrics;

/// <summary>
/// The series of a metric by their labels. Looking one up takes no lock and allocates nothing; adding one, which is
/// rare, replaces the table by a larger one. Labels have to come in the same order every time.
/// </summary>
internal sealed class SeriesTable(int maxSeries)
{
    private readonly Lock _gate = new();
    private Entry?[] _slots = new Entry?[8];
    private int _count;

    public IEnumerable<MetricSeries> All =>
        Volatile.Read(ref _slots).Where(entry => entry is not null).Select(entry => entry!.Series);

    /// <summary>Null: there are too many.</summary>
    /// <param name="newSeries">Makes one from its labels as they are written.</param>
    public MetricSeries? Find(
        ReadOnlySpan<KeyValuePair<string, object?>> tags, Func<string, MetricSeries> newSeries)
    {
        var hash = HashOf(tags);
        return FindIn(Volatile.Read(ref _slots), hash, tags)?.Series ?? Add(hash, tags, newSeries);
    }

    private MetricSeries? Add(
        int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags, Func<string, MetricSeries> newSeries)
    {
        lock (_gate)
        {
            if (FindIn(_slots, hash, tags) is { } known) return known.Series;
            if (_count == maxSeries) return null;
            var entry = new Entry(hash, tags.ToArray(), newSeries(LabelsOf(tags)));
            // At most half full, so that a search soon meets an empty slot.
            var slots = new Entry?[(_count + 1) * 2 > _slots.Length ? _slots.Length * 2 : _slots.Length];
            foreach (var old in _slots)
                if (old is not null) Put(slots, old);
            Put(slots, entry);
            _count++;
            Volatile.Write(ref _slots, slots);
            return entry.Series;
        }
    }

    private static void Put(Entry?[] slots, Entry entry)
    {
        var slot = entry.Hash & (slots.Length - 1);
        while (slots[slot] is not null) slot = (slot + 1) & (slots.Length - 1);
        slots[slot] = entry;
    }

    private static Entry? FindIn(Entry?[] slots, int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var slot = hash & (slots.Length - 1); slots[slot] is { } entry; slot = (slot + 1) & (slots.Length - 1))
            if (entry.Hash == hash && AreEqual(entry.Tags, tags)) return entry;
        return null;
    }

    private static bool AreEqual(
        KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length) return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (!Equals(known[i].Value, tags[i].Value)) return false;
            if (!string.Equals(known[i].Key, tags[i].Key, StringComparison.Ordinal)) return false;
        }

        return true;
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = 17;
        foreach (var (_, value) in tags) hash = unchecked((hash * 31) + (value?.GetHashCode() ?? 0));
        return hash ^ (hash >>> 15);
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(MetricNames.LabelOf(name)).Append("=\"");
            MetricsWriter.AppendEscaped(text, MetricsWriter.TextOf(value), escapesQuotes: true);
            text.Append('"');
        }

        return text.ToString();
    }

    private sealed record Entry(int Hash, KeyValuePair<string, object?>[] Tags, MetricSeries Series);
}
