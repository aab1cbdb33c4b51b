using System.Buffers.Binary;
using System.Numerics;
using static Ciaos.Http.S3.Bodies.XxMath;

namespace Ciaos.Http.S3.Bodies;

/// <summary>XXH3 of inputs that are so short that each length has a way of its own.</summary>
internal static class XxHash3Short
{
    public const int MaxBytes = 240;

    private const int MaxMiddleBytes = 128;
    private const int KeyOfLast = 119;
    private const int KeyOfLastPair = 103;

    public static ulong Of64(ReadOnlySpan<byte> data)
    {
        var length = data.Length;
        switch (length)
        {
            case 0:
                return Avalanche64(Key(56) ^ Key(64));
            case < 4:
                return Avalanche64(Few(data) ^ Read32(Secret, 0) ^ Read32(Secret, 4));
            case <= 8:
                var both = Read32(data, length - 4) + ((ulong)Read32(data, 0) << 32);
                return AvalancheShort(both ^ Key(8) ^ Key(16), length);
            case <= 16:
                var low = Read64(data, 0) ^ Key(24) ^ Key(32);
                var high = Read64(data, length - 8) ^ Key(40) ^ Key(48);
                return Avalanche3((ulong)length + BinaryPrimitives.ReverseEndianness(low) + high + Fold(low, high));
        }

        var hash = (ulong)length * P1;
        if (length <= MaxMiddleBytes)
        {
            for (var i = (length - 1) / 32; i >= 0; i--)
                hash += Mix(data, 16 * i, 32 * i) + Mix(data, length - (16 * (i + 1)), (32 * i) + 16);
            return Avalanche3(hash);
        }

        for (var i = 0; i < 8; i++) hash += Mix(data, 16 * i, 16 * i);
        hash = Avalanche3(hash);
        for (var i = 8; i < length / 16; i++) hash += Mix(data, 16 * i, (16 * (i - 8)) + 3);
        return Avalanche3(hash + Mix(data, length - 16, KeyOfLast));
    }

    public static (ulong High, ulong Low) Of128(ReadOnlySpan<byte> data) => data.Length switch
    {
        0 => (Avalanche64(Key(80) ^ Key(88)), Avalanche64(Key(64) ^ Key(72))),
        < 4 => OfFew(data),
        <= 8 => OfEight(data),
        <= 16 => OfSixteen(data),
        _ => OfMore(data),
    };

    private static uint Few(ReadOnlySpan<byte> data) =>
        ((uint)data[0] << 16) | ((uint)data[data.Length >> 1] << 24) | data[^1] | ((uint)data.Length << 8);

    private static (ulong High, ulong Low) OfFew(ReadOnlySpan<byte> data)
    {
        var few = Few(data);
        var turned = BitOperations.RotateLeft(BinaryPrimitives.ReverseEndianness(few), 13);
        return (
            Avalanche64(turned ^ Read32(Secret, 8) ^ Read32(Secret, 12)),
            Avalanche64(few ^ Read32(Secret, 0) ^ Read32(Secret, 4)));
    }

    private static (ulong High, ulong Low) OfEight(ReadOnlySpan<byte> data)
    {
        var both = Read32(data, 0) + ((ulong)Read32(data, data.Length - 4) << 32);
        var high = Math.BigMul(both ^ Key(16) ^ Key(24), P1 + ((ulong)data.Length << 2), out var low);
        high += low << 1;
        low ^= high >> 3;
        low = (low ^ (low >> 35)) * MixB;
        return (Avalanche3(high), low ^ (low >> 28));
    }

    private static (ulong High, ulong Low) OfSixteen(ReadOnlySpan<byte> data)
    {
        var (first, last) = (Read64(data, 0), Read64(data, data.Length - 8));
        var high = Math.BigMul(first ^ last ^ Key(32) ^ Key(40), P1, out var low);
        low += (ulong)(data.Length - 1) << 54;
        last ^= Key(48) ^ Key(56);
        high += last + ((uint)last * (ulong)(P32B - 1));
        low ^= BinaryPrimitives.ReverseEndianness(high);
        var upper = Math.BigMul(low, P2, out var lower);
        return (Avalanche3(upper + (high * P2)), Avalanche3(lower));
    }

    private static (ulong High, ulong Low) OfMore(ReadOnlySpan<byte> data)
    {
        var length = data.Length;
        var (high, low) = (0UL, (ulong)length * P1);
        if (length <= MaxMiddleBytes)
        {
            for (var i = (length - 1) / 32; i >= 0; i--)
                MixPair(data, 16 * i, length - (16 * (i + 1)), 32 * i, ref high, ref low);
        }
        else
        {
            for (var end = 32; end < 160; end += 32) MixPair(data, end - 32, end - 16, end - 32, ref high, ref low);
            (high, low) = (Avalanche3(high), Avalanche3(low));
            for (var end = 160; end <= length; end += 32)
                MixPair(data, end - 32, end - 16, 3 + end - 160, ref high, ref low);
            MixPair(data, length - 16, length - 32, KeyOfLastPair, ref high, ref low);
        }

        return (
            0 - Avalanche3((low * P1) + (high * P4) + ((ulong)length * P2)), Avalanche3(low + high));
    }

    private static void MixPair(
        ReadOnlySpan<byte> data, int first, int second, int keyAt, ref ulong high, ref ulong low)
    {
        low = (low + Mix(data, first, keyAt)) ^ (Read64(data, second) + Read64(data, second + 8));
        high = (high + Mix(data, second, keyAt + 16)) ^ (Read64(data, first) + Read64(data, first + 8));
    }
}
