namespace Ciaos.Simulation.Model;

/// <summary>The order of keys by their UTF-8 bytes, which is that of their code points.</summary>
internal sealed class KeyOrder : IComparer<string>
{
    public static readonly KeyOrder Instance = new();

    public int Compare(string? left, string? right)
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        return common < left!.Length && common < right!.Length
            ? Rank(left[common]).CompareTo(Rank(right[common]))
            : left.Length.CompareTo(right!.Length);
    }

    // Surrogates stand for code points behind all that fit into one char, but are not the highest chars.
    private static int Rank(char character) => char.IsSurrogate(character) ? character + 0x10000 : character;
}
