using System.Buffers.Binary;
using System.Security.Cryptography;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Encryption;

/// <summary>
/// How the data of an encrypted needle lies. Spec: docs/encryption.md.
/// <code>
/// offset  bytes                field
///      0  n                    the plaintext, encrypted in blocks of 64 KiB (the last one may be shorter)
///      n  32                   Salt: random
/// n + 32  16 for each block    Tags of the blocks, in their order
/// </code>
/// Without plaintext there is nothing at all.
/// </summary>
internal static class NeedleEncryption
{
    /// <summary>The blocks that needles are checksummed in too, so that a range touches the same bytes for
    /// both.</summary>
    public const int BlockBytes = NeedleFormat.BlockBytes;

    public const int SaltBytes = 32;
    public const int TagBytes = 16;
    public const int NonceBytes = 12;

    /// <summary>Length of what every block is bound to.</summary>
    public const int ContextBytes = 8;

    /// <summary>The letters CSE1 and the length of the plaintext: a needle that was cut at a block does not
    /// open.</summary>
    private static ReadOnlySpan<byte> Magic => "CSE1"u8;

    public static int BlockCount(int plainBytes) => (int)(((long)plainBytes + BlockBytes - 1) / BlockBytes);

    /// <summary>How long the data of a needle is that holds so much plaintext.</summary>
    public static int SealedBytes(int plainBytes) =>
        plainBytes == 0 ? 0 : plainBytes + SaltBytes + (BlockCount(plainBytes) * TagBytes);

    /// <summary>The most plaintext that fits into so many bytes; 0 where none does.</summary>
    public static int RoomBytes(int sealedBytes)
    {
        var bytes = Math.Max(0, sealedBytes - SaltBytes);
        var (blocks, rest) = Math.DivRem(bytes, BlockBytes + TagBytes);
        return (blocks * BlockBytes) + Math.Max(0, rest - TagBytes);
    }

    /// <summary>How much plaintext a needle holds whose data is so long.</summary>
    /// <returns>False: no encrypted needle has this length.</returns>
    public static bool TryPlainBytes(int sealedBytes, out int plainBytes)
    {
        plainBytes = RoomBytes(sealedBytes);
        return SealedBytes(plainBytes) == sealedBytes;
    }

    /// <summary>Of a block, within its needle: never used twice under one key, because each needle has its
    /// own.</summary>
    public static void WriteNonce(Span<byte> nonce, int block)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(nonce, block);
    }

    public static void WriteContext(Span<byte> context, int plainBytes)
    {
        Magic.CopyTo(context);
        BinaryPrimitives.WriteInt32LittleEndian(context[Magic.Length..], plainBytes);
    }

    /// <summary>The cipher of the one needle that has this salt.</summary>
    public static AesGcm CipherOf(DataKey key, ReadOnlySpan<byte> salt)
    {
        Span<byte> needleKey = stackalloc byte[DataKey.SizeBytes];
        key.Derive(salt, needleKey);
        var cipher = new AesGcm(needleKey, TagBytes);
        CryptographicOperations.ZeroMemory(needleKey);
        return cipher;
    }
}
