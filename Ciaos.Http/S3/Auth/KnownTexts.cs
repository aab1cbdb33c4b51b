using System.Collections.Concurrent;

namespace Ciaos.Http.S3.Auth;

/// <summary>Texts that clients send with request after request, such as the names of the headers that they sign, and
/// what they were found to mean. What a text means must depend on nothing else. For any thread.</summary>
/// <param name="parse">Null: the text means nothing; that is not kept.</param>
internal sealed class KnownTexts<T>(Func<string, T?> parse)
    where T : class
{
    internal const int MaxTexts = 1_000;

    /// <summary>Longer ones are not kept: nobody may fill the memory with them.</summary>
    internal const int MaxLength = 512;

    private readonly ConcurrentDictionary<string, T> _known = new(StringComparer.Ordinal);

    public int Count => _known.Count;

    public T? Find(ReadOnlySpan<char> text)
    {
        if (_known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known)) return known;
        var whole = new string(text);
        var meant = parse(whole);
        if (meant is null || whole.Length > MaxLength) return meant;

        // What is still used comes back at once.
        if (_known.Count >= MaxTexts) _known.Clear();
        _known[whole] = meant;
        return meant;
    }
}
