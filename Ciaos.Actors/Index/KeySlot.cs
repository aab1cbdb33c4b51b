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

    /// <summary>What <see cref="Encode(BucketId, ObjectKey, Span{byte})"/> writes at most.</summary>
    internal const int MaxNameBytes = sizeof(long) + ObjectKey.MaxBytes;

    /// <summary>Of which the slot is the remainder.</summary>
    internal static uint HashOf(BucketId bucket, ObjectKey key)
    {
        Span<byte> bytes = stackalloc byte[MaxNameBytes];
        return HashOf(bytes[..Encode(bucket, key, bytes)]);
    }

    internal static uint HashOf(KeyName name) => HashOf(name.Bucket, name.Key);

    /// <param name="name">As <see cref="Encode(BucketId, ObjectKey, Span{byte})"/> has it.</param>
    internal static uint HashOf(ReadOnlySpan<byte> name) => Crc32C.Compute(name);

    /// <summary>Writes what the hash is of.</summary>
    /// <returns>How many bytes that are.</returns>
    internal static int Encode(BucketId bucket, ObjectKey key, Span<byte> name)
    {
        BinaryPrimitives.WriteInt64LittleEndian(name, bucket.Value);
        return sizeof(long) + Encoding.UTF8.GetBytes(key.Value, name[sizeof(long)..]);
    }

    /// <inheritdoc cref="Encode(BucketId, ObjectKey, Span{byte})"/>
    internal static int Encode(BucketId bucket, ReadOnlySpan<byte> key, Span<byte> name)
    {
        BinaryPrimitives.WriteInt64LittleEndian(name, bucket.Value);
        key.CopyTo(name[sizeof(long)..]);
        return sizeof(long) + key.Length;
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
