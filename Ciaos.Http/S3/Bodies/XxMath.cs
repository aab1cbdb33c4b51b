using System.Buffers.Binary;
using System.Numerics;

namespace Ciaos.Http.S3.Bodies;

/// <summary>Numbers and steps that the hashes of the XXH family are made of (xxHash's specification).</summary>
internal static class XxMath
{
    public const uint P32A = 0x9E3779B1;
    public const uint P32B = 0x85EBCA77;
    public const uint P32C = 0xC2B2AE3D;
    public const ulong P1 = 0x9E3779B185EBCA87;
    public const ulong P2 = 0xC2B2AE3D27D4EB4F;
    public const ulong P3 = 0x165667B19E3779F9;
    public const ulong P4 = 0x85EBCA77C2B2AE63;
    public const ulong P5 = 0x27D4EB2F165667C5;
    public const ulong MixA = 0x165667919E3779F9;
    public const ulong MixB = 0x9FB21C651E98DF25;

    /// <summary>The 192 bytes that XXH3 mixes its input with where it has no key.</summary>
    public static readonly byte[] Secret = Convert.FromHexString(
        "B8FE6C3923A44BBE7C01812CF721AD1CDED46DE9839097DB7240A4A4B7B3671FCB79E64ECCC0E578825AD07DCCFF7221"
        + "B8084674F743248EE03590E6813A264C3C2852BB91C300CB88D0658B1B532EA371644897A20DF94E3819EF46A9DEACD8"
        + "A8FA763FE39C343FF9DCBBC7C70B4F1D8A51E04BCDB45931C89F7EC9D9787364EAC5AC8334D3EBC3C581A0FFFA1363EB"
        + "170DDD51B7F0DA49D316552629D4689E2B16BE587D47A1FC8FF8B8D17AD031CE45CB3A8F95160428AFD7FBCABB4B407E");

    public static ulong Read64(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);

    public static uint Read32(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);

    /// <summary>Eight bytes of the secret.</summary>
    public static ulong Key(int at) => Read64(Secret, at);

    /// <summary>The two halves of the product, one over the other.</summary>
    public static ulong Fold(ulong a, ulong b) => Math.BigMul(a, b, out var low) ^ low;

    public static ulong Avalanche64(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * P2;
        hash = (hash ^ (hash >> 29)) * P3;
        return hash ^ (hash >> 32);
    }

    public static ulong Avalanche3(ulong hash)
    {
        hash = (hash ^ (hash >> 37)) * MixA;
        return hash ^ (hash >> 32);
    }

    /// <summary>The last step of 4 to 8 bytes.</summary>
    public static ulong AvalancheShort(ulong hash, int lengthBytes)
    {
        hash ^= BitOperations.RotateLeft(hash, 49) ^ BitOperations.RotateLeft(hash, 24);
        hash *= MixB;
        hash = (hash ^ ((hash >> 35) + (ulong)lengthBytes)) * MixB;
        return hash ^ (hash >> 28);
    }

    /// <summary>Sixteen bytes of the input with as many of the secret.</summary>
    public static ulong Mix(ReadOnlySpan<byte> data, int at, int keyAt) =>
        Fold(Read64(data, at) ^ Key(keyAt), Read64(data, at + 8) ^ Key(keyAt + 8));
}
