using System.Collections.Concurrent;

namespace CopyNamespace;

/// <summary>
/// Which state of a key was copied last, and what that made of the target: so the events of one's own writes, and those
/// that tell of what has been copied already, cost nothing. Bounded, and lost with the process: what is forgotten is
/// copied once more.
/// </summary>
internal sealed class CopiedKeys
{
    private const int MaxKeys = 100_000;

    private ConcurrentDictionary<string, Pair> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, Pair> _old = new(StringComparer.Ordinal);
    private int _youngCount;

    /// <summary>ETags of the two; null: there is no such key.</summary>
    public sealed record Pair(string? SourceETag, string? TargetETag);

    public Pair? Find(string key) => _young.GetValueOrDefault(key) ?? _old.GetValueOrDefault(key);

    public void Remember(string key, Pair pair)
    {
        _young[key] = pair;
        if (Interlocked.Increment(ref _youngCount) < MaxKeys) return;
        Interlocked.Exchange(ref _youngCount, 0);
        _old = Interlocked.Exchange(ref _young, new ConcurrentDictionary<string, Pair>(StringComparer.Ordinal));
    }
}
