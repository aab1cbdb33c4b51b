using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// Which of the 4,096 slots a key falls into: CRC-32C of the bucket's id (8 bytes, little-endian) followed by the
/// key's UTF-8 bytes, modulo 4,096. Stored data depends on it: it never changes. Spec: docs/formats-index.md.
/// </summary>
public static class KeySlot
{
    public const int Count = 4096;

    public static int Of(BucketId bucket, ObjectKey key) => Of(HashOf(bucket, key));

    internal static int Of(uint hash) => (int)(hash % Count);

    /// <summary>Of which the slot is the remainder.</summary>
    internal static uint HashOf(BucketId bucket, ObjectKey key)
    {
        Span<byte> bytes = stackalloc byte[8 + ObjectKey.MaxBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bucket.Value);
        var length = 8 + Encoding.UTF8.GetBytes(key.Value, bytes[8..]);
        return Crc32C.Compute(bytes[..length]);
    }
}

/// <summary>How the slots are dealt out: each shard owns as many neighbouring slots as every other.</summary>
/// <param name="Shards">A power of two from 1 to 4,096, fixed when the index is created.</param>
public readonly record struct ShardLayout(int Shards)
{
    public static bool IsAllowed(int shards) => shards is >= 1 and <= KeySlot.Count && BitOperations.IsPow2(shards);

    public int ShardOf(int slot) => slot / (KeySlot.Count / Shards);

    public int ShardOf(BucketId bucket, ObjectKey key) => ShardOf(KeySlot.Of(bucket, key));
}
