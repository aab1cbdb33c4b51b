namespace Ciaos.Simulation.Model;

/// <summary>Hashes of 64 bits that are the same in every process, so that runs can be repeated. Two things of a run
/// are taken for the same where their hashes are.</summary>
internal static class Hashing
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>Spreads every bit over all others (the finaliser of SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static ulong Combine(ulong left, ulong right) => Mix(left * 31 + right + Golden);

    public static ulong Of(string? text)
    {
        if (text is null) return Golden;
        var hash = (ulong)text.Length;
        foreach (var character in text) hash = hash * 1099511628211 + character;
        return Mix(hash);
    }
}
