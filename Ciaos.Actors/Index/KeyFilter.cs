using System.Numerics;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// Tells of most keys that are not in the catalog that they are not, without reading it: a split block Bloom filter, as
/// in Apache Parquet, over the keys' hashes (<see cref="KeySlot"/>). It never errs about a key that is there. With 10
/// bits a key it takes about one unknown key in a hundred for a known one, with 5 bits one in five; those are read.
/// <para>
/// The shard adds each key that it makes, from before the key is in the catalog on. Those that were there before are
/// filled in by another thread, which reads them all, and until that is done nothing is ruled out. Keys that are gone
/// stay in it: when it is <see cref="IsWorn"/>, it is begun anew, and the old one serves until the new one is filled.
/// </para>
/// </summary>
/// <param name="bytes">Of memory, at least <see cref="BlockBytes"/>; twice that while it is begun anew.</param>
internal sealed class KeyFilter(int bytes)
{
    /// <summary>One key's bits all lie in one block: that is one access to memory.</summary>
    public const int BlockBytes = BlockWords * sizeof(uint);

    private const int BlockWords = 8;
    private const int BitsForKey = 10;

    // Odd numbers; each gives another bit of the same hash. From the specification of Parquet's filter.
    private static readonly uint[] Salts =
    [
        0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31,
    ];

    private readonly int _blocks = bytes / BlockBytes;

    // What is asked; null as long as none was ever filled.
    private uint[]? _words;

    // What is being filled; null when none is.
    private uint[]? _next;

    // Keys that were new to it: those that the shard has made, and those that the filling has found.
    private long _added;
    private long _filled;
    private long _wornAt;

    /// <summary>It was never begun, or so many keys have come since it was filled that it had better be begun anew. For
    /// the shard.</summary>
    public bool IsWorn => Volatile.Read(ref _next) is null && _added >= Volatile.Read(ref _wornAt);

    private long Capacity => (long)_blocks * BlockBytes * 8 / BitsForKey;

    /// <summary>A new one is to be filled. For the shard, while none is.</summary>
    /// <param name="underWay">Keys that may not be in the catalog yet, though they were added.</param>
    public void Begin(IEnumerable<KeyName> underWay)
    {
        _filled = 0;
        Volatile.Write(ref _next, new uint[_blocks * BlockWords]);
        foreach (var name in underWay) Add(KeySlot.HashOf(name));
    }

    /// <summary>There will be such a key in the catalog. For the shard.</summary>
    /// <param name="hash">Of <see cref="KeySlot"/>.</param>
    public void Add(uint hash)
    {
        // In this order: a filling that ends in between has written what is asked before.
        var isNew = Volatile.Read(ref _next) is { } next && Set(next, hash);
        if (Volatile.Read(ref _words) is { } words) isNew |= Set(words, hash);
        if (isNew) _added++;
    }

    /// <summary>Such a key is in the catalog. For the one thread that fills.</summary>
    public void Fill(uint hash)
    {
        if (Set(_next!, hash)) _filled++;
    }

    /// <summary>All keys that were in the catalog at some time since <see cref="Begin"/> are filled in. For the thread
    /// that fills.</summary>
    public void Complete()
    {
        Volatile.Write(ref _wornAt, Volatile.Read(ref _added) + Math.Max(Capacity, _filled));
        Volatile.Write(ref _words, _next);
        Volatile.Write(ref _next, null);
    }

    /// <summary>False: the catalog has no such key, and had none since whoever asks began to. For any thread.</summary>
    public bool MayHold(uint hash)
    {
        if (Volatile.Read(ref _words) is not { } words) return true;
        var block = BlockOf(hash);
        for (var word = 0; word < BlockWords; word++)
            if ((Volatile.Read(ref words[block + word]) & BitOf(hash, word)) == 0) return false;
        return true;
    }

    private bool Set(uint[] words, uint hash)
    {
        var block = BlockOf(hash);
        var isNew = false;
        for (var word = 0; word < BlockWords; word++)
        {
            var bit = BitOf(hash, word);
            if ((Volatile.Read(ref words[block + word]) & bit) != 0) continue;
            Interlocked.Or(ref words[block + word], bit);
            isNew = true;
        }

        return isNew;
    }

    // Fibonacci hashing: the keys of a shard have some bits in common.
    private static ulong Spread(uint hash) => hash * 0x9E37_79B9_7F4A_7C15;

    private int BlockOf(uint hash) => (int)(((Spread(hash) >> 32) * (ulong)_blocks) >> 32) * BlockWords;

    private static uint BitOf(uint hash, int word) =>
        1u << (int)(((uint)Spread(hash) * Salts[word]) >> (32 - BitOperations.Log2(32)));
}
