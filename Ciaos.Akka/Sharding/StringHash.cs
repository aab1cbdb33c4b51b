using System.Numerics;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The hash by which Akka spreads entities, a variant of MurmurHash 3 over pairs of UTF-16 units. It decides where
/// entities are, so it never changes.
/// </summary>
internal static class StringHash
{
    private const uint Seed = 0xf7ca7fd2;

    public static int Of(string text)
    {
        unchecked
        {
            var hash = ((uint)text.Length * Seed) ^ 0x971e137b;
            var (a, b) = (0x95543787u, 0x2ad7eb25u);
            for (var i = 0; i < text.Length; i += 2)
            {
                var value = i + 1 < text.Length ? ((uint)text[i] << 16) + text[i + 1] : text[i];
                hash = ((hash ^ (BitOperations.RotateLeft(value * a, 11) * b)) * 3) + 0x52dce729;
                a = (a * 5) + 0x7b7d159c;
                b = (b * 5) + 0x6bce6396;
            }
            hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
            hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
            return (int)(hash ^ (hash >> 16));
        }
    }
}
