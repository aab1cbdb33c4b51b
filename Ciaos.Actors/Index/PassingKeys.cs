using System.Numerics;

namespace Ciaos.Actors.Index;

/// <summary>
/// Which keys came by not long ago, for any thread: a table of hashes in which the newer take the places of the older.
/// It may take a key for another one, and may lose one that two threads note at the same moment: only ask it what need
/// not be exact.
/// </summary>
/// <param name="places">At least so many; rounded up to a power of two.</param>
internal sealed class PassingKeys(int places)
{
    private readonly uint[] _hashes = new uint[Math.Max(2, BitOperations.RoundUpToPowerOf2((uint)places))];

    /// <summary>True: it has come by before. Else it has now.</summary>
    public bool Note(KeyName name)
    {
        var hash = KeySlot.HashOf(name);
        ref var place = ref _hashes[PlaceOf(hash)];
        if (place == hash) return true;
        place = hash;
        return false;
    }

    // Fibonacci hashing: the keys of a shard have some bits in common.
    private uint PlaceOf(uint hash) => (hash * 2_654_435_769) >> (32 - BitOperations.Log2((uint)_hashes.Length));
}
