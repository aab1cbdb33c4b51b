using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ciaos.Storage;

/// <summary>
/// CRC-32C (Castagnoli): the checksum of every byte that CIAOS stores, as in RFC 3720, section 12.1 and appendix B.4:
/// reflected polynomial 0x82F63B78, register preset to ones, result inverted. The processor computes it, 8 bytes
/// at a time. One instruction waits for the one before it (3 cycles) though a new one could start in every cycle,
/// so long inputs are cut into three lanes that run side by side and are joined afterwards.
/// </summary>
public static class Crc32C
{
    private const int LaneBytes = 1024;

    // Carries a register over LaneBytes of zeros: the same as appending them, in four look-ups.
    private static readonly uint[] LaneShift = Crc32CPolynomial.ShiftTable(LaneBytes);

    /// <summary>The checksum of <paramref name="data"/>; 0 for no bytes at all.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of all that <paramref name="crc"/> covers, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var register = ~crc;
        while (data.Length >= 3 * LaneBytes)
        {
            register = ThreeLanes(register, MemoryMarshal.Cast<byte, ulong>(data[..(3 * LaneBytes)]));
            data = data[(3 * LaneBytes)..];
        }

        return ~OneLane(register, data);
    }

    /// <summary>The checksum of two runs of bytes, one behind the other, from their checksums alone.</summary>
    /// <param name="secondBytes">Length of the second run, 0 or more.</param>
    public static uint Combine(uint first, uint second, long secondBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondBytes);
        return Crc32CPolynomial.Multiply(first, Crc32CPolynomial.PowerOfX(8 * (UInt128)secondBytes)) ^ second;
    }

    private static uint OneLane(uint register, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            register = BitOperations.Crc32C(register, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data) register = BitOperations.Crc32C(register, value);
        return register;
    }

    private static uint ThreeLanes(uint register, ReadOnlySpan<ulong> words)
    {
        const int laneWords = LaneBytes / sizeof(ulong);
        var first = words[..laneWords];
        var second = words.Slice(laneWords, laneWords);
        var third = words.Slice(2 * laneWords, laneWords);
        uint a = register, b = 0, c = 0;
        for (var i = 0; i < first.Length; i++)
        {
            a = BitOperations.Crc32C(a, LittleEndian(first[i]));
            b = BitOperations.Crc32C(b, LittleEndian(second[i]));
            c = BitOperations.Crc32C(c, LittleEndian(third[i]));
        }

        return Shift(Shift(a) ^ b) ^ c;
    }

    private static ulong LittleEndian(ulong word) =>
        BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);

    private static uint Shift(uint register) =>
        LaneShift[register & 0xFF]
        ^ LaneShift[256 + ((register >> 8) & 0xFF)]
        ^ LaneShift[512 + ((register >> 16) & 0xFF)]
        ^ LaneShift[768 + (register >> 24)];
}
