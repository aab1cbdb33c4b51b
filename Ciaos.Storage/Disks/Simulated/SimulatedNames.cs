namespace Ciaos.Storage.Disks.Simulated;

/// <summary>Which name leads to which file: as seen, as durable, and the changes that were not synced yet.</summary>
internal sealed class SimulatedNames
{
    private Dictionary<string, SimulatedContents> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SimulatedContents> _durable = new(StringComparer.Ordinal);
    private readonly List<Change> _unsynced = [];

    public long UsedBytes
    {
        get
        {
            long used = 0;
            foreach (var contents in _seen.Values) used += contents.UsedBytes;
            return used;
        }
    }

    public SimulatedContents? Find(string path) => _seen.GetValueOrDefault(path);

    public List<string> List(string folder)
    {
        var names = _seen.Keys.Where(path => FolderOf(path) == folder).Select(path => NameOf(path)).ToList();
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public SimulatedContents Create(string path)
    {
        var contents = new SimulatedContents();
        Do(new Change(null, path, contents));
        return contents;
    }

    public void Rename(string from, string to)
    {
        var contents = Find(from) ?? throw new FileNotFoundException($"There is no file {from}", from);
        Do(new Change(from, to, contents));
    }

    public void Delete(string path)
    {
        if (_seen.ContainsKey(path)) Do(new Change(path, null, null));
    }

    public void Sync(string folder)
    {
        foreach (var change in _unsynced.Where(change => change.IsIn(folder))) change.ApplyTo(_durable);
        _unsynced.RemoveAll(change => change.IsIn(folder));
    }

    public void Crash(Random random)
    {
        var lost = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in _unsynced)
        {
            if (random.Next(2) == 0 || change.Names.Any(lost.Contains)) lost.UnionWith(change.Names);
            else change.ApplyTo(_durable);
        }

        _unsynced.Clear();
        foreach (var contents in _durable.Values) contents.Crash(random);
        _seen = new Dictionary<string, SimulatedContents>(_durable, StringComparer.Ordinal);
    }

    private static string FolderOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private void Do(Change change)
    {
        change.ApplyTo(_seen);
        _unsynced.Add(change);
    }

    /// <param name="From">The name that goes, if any.</param>
    /// <param name="To">The name that comes, if any.</param>
    private sealed record Change(string? From, string? To, SimulatedContents? Contents)
    {
        public IEnumerable<string> Names => new[] { From, To }.OfType<string>();

        public bool IsIn(string folder) => FolderOf(To ?? From!) == folder;

        public void ApplyTo(Dictionary<string, SimulatedContents> names)
        {
            if (From is not null) names.Remove(From);
            if (To is not null) names[To] = Contents!;
        }
    }
}
