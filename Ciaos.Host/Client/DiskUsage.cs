namespace Ciaos.Host.Client;

/// <summary>How many objects of how many bytes are below each folder.</summary>
/// <param name="prefix">What all keys begin with.</param>
/// <param name="depth">How many folders deep they are told apart; 0: only the sum.</param>
internal sealed class DiskUsage(string prefix, int depth)
{
    private readonly SortedDictionary<string, Usage> _folders = new(StringComparer.Ordinal);

    public Usage Total { get; private set; }

    public IReadOnlyDictionary<string, Usage> Folders => _folders;

    public void Add(string key, long sizeBytes)
    {
        Total = Total.With(sizeBytes);
        var slash = prefix.Length - 1;
        for (var level = 0; level < depth; level++)
        {
            slash = key.IndexOf('/', slash + 1);
            if (slash < 0) return;
            var folder = key[..(slash + 1)];
            _folders[folder] = _folders.GetValueOrDefault(folder).With(sizeBytes);
        }
    }

    internal readonly record struct Usage(long Objects, long SizeBytes)
    {
        public Usage With(long sizeBytes) => new(Objects + 1, SizeBytes + sizeBytes);
    }
}
