using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ciaos.Http.S3.Bodies;

/// <summary>
/// A cyclic redundancy check of up to 64 bits that takes the lowest bit of a byte first, whose register is preset to
/// ones and whose result is inverted. Long inputs are folded with carry-less multiplication, 64 bytes at a time
/// (Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009); the rest,
/// and processors without it, take tables, 8 bytes at a time.
/// </summary>
internal sealed class ReflectedCrc
{
    /// <summary>CRC-32 of IEEE 802.3. Check value (of the digits 1 to 9): CBF43926.</summary>
    public static readonly ReflectedCrc Crc32 = new(32, 0xEDB88320);

    /// <summary>CRC-64 of the NVM Express specification. Check value: AE8B14860A799888.</summary>
    public static readonly ReflectedCrc Crc64Nvme = new(64, 0x9A6C9329AC4BC9B5);

    private const int BlockBytes = 64;

    private readonly ulong _ones;
    private readonly int _unusedBits;
    private readonly ulong _alignedPolynomial;
    private readonly ulong[] _tables = new ulong[8 * 256];
    private readonly Vector128<ulong> _over64Bytes;
    private readonly Vector128<ulong> _over48Bytes;
    private readonly Vector128<ulong> _over32Bytes;
    private readonly Vector128<ulong> _over16Bytes;

    private ReflectedCrc(int bits, ulong reflectedPolynomial)
    {
        _unusedBits = 64 - bits;
        _ones = ulong.MaxValue >> _unusedBits;
        _alignedPolynomial = reflectedPolynomial << _unusedBits;
        FillTables(reflectedPolynomial);
        _over64Bytes = FoldFactors(512);
        _over48Bytes = FoldFactors(384);
        _over32Bytes = FoldFactors(256);
        _over16Bytes = FoldFactors(128);
    }

    /// <summary>The checksum of all that <paramref name="crc"/> covers, followed by <paramref name="data"/>. The
    /// checksum of no bytes is 0.</summary>
    public ulong Append(ulong crc, ReadOnlySpan<byte> data)
    {
        var register = crc ^ _ones;
        if (Pclmulqdq.IsSupported && data.Length >= 2 * BlockBytes)
        {
            var folded = data.Length & ~(BlockBytes - 1);
            register = Fold(register, data[..folded]);
            data = data[folded..];
        }

        return ByTables(register, data) ^ _ones;
    }

    /// <summary>The same without the instruction that folds, for processors that have none.</summary>
    internal ulong AppendByTables(ulong crc, ReadOnlySpan<byte> data) => ByTables(crc ^ _ones, data) ^ _ones;

    /// <summary>The checksum of two runs of bytes, one behind the other, from their checksums alone.</summary>
    /// <param name="secondBytes">Length of the second run, 0 or more.</param>
    public ulong Combine(ulong first, ulong second, long secondBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(secondBytes);
        var shift = PowerOfX(8 * (UInt128)secondBytes);
        return (Multiply(first << _unusedBits, shift) >> _unusedBits) ^ second;
    }

    private ulong ByTables(ulong register, ReadOnlySpan<byte> data)
    {
        ref var tables = ref MemoryMarshal.GetArrayDataReference(_tables);
        while (data.Length >= sizeof(ulong))
        {
            var word = register ^ BinaryPrimitives.ReadUInt64LittleEndian(data);
            register = 0;
            for (var i = 0; i < 8; i++)
                register ^= Unsafe.Add(ref tables, ((7 - i) * 256) + (int)((word >> (8 * i)) & 0xFF));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data) register = (register >> 8) ^ _tables[(byte)(register ^ value)];
        return register;
    }

    private ulong Fold(ulong register, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        var (a, b, c, d) = (words[0] ^ Vector128.CreateScalar(register), words[1], words[2], words[3]);
        for (var i = 4; i + 3 < words.Length; i += 4)
        {
            a = Carry(a, _over64Bytes) ^ words[i];
            b = Carry(b, _over64Bytes) ^ words[i + 1];
            c = Carry(c, _over64Bytes) ^ words[i + 2];
            d = Carry(d, _over64Bytes) ^ words[i + 3];
        }

        var rest = Carry(a, _over48Bytes) ^ Carry(b, _over32Bytes) ^ Carry(c, _over16Bytes) ^ d;
        Span<byte> last = stackalloc byte[Vector128<byte>.Count];
        rest.AsByte().CopyTo(last);
        return ByTables(0, last);
    }

    // What has the same remainder as 16 bytes followed by as many zeros as the factors stand for.
    private static Vector128<ulong> Carry(Vector128<ulong> value, Vector128<ulong> factors) =>
        Pclmulqdq.CarrylessMultiply(value, factors, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, factors, 0x11);

    // The first 8 of 16 bytes are 64 bits further from the end than the others. A product of reflected numbers is one
    // bit short, hence the one less.
    private Vector128<ulong> FoldFactors(int bits) => Vector128.Create(
        PowerOfX((UInt128)(bits + 63)), PowerOfX((UInt128)(bits - 1)));

    private void FillTables(ulong reflectedPolynomial)
    {
        for (var value = 0; value < 256; value++)
        {
            var register = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
                register = (register >> 1) ^ ((register & 1) * reflectedPolynomial);
            _tables[value] = register;
        }

        for (var i = 256; i < _tables.Length; i++)
            _tables[i] = (_tables[i - 256] >> 8) ^ _tables[(byte)_tables[i - 256]];
    }

    // Polynomials modulo that of the check: the highest bit stands for x^0, whatever their number of bits.
    private ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (; a != 0; a <<= 1)
        {
            if ((long)a < 0) product ^= b;
            b = TimesX(b);
        }

        return product;
    }

    private ulong TimesX(ulong value)
    {
        var lowest = 1UL << _unusedBits;
        return (value & lowest) == 0 ? value >> 1 : ((value ^ lowest) >> 1) ^ _alignedPolynomial;
    }

    private ulong PowerOfX(UInt128 exponent)
    {
        const ulong one = 1UL << 63;
        var result = one;
        for (var square = TimesX(one); exponent != 0; exponent >>= 1, square = Multiply(square, square))
        {
            if ((exponent & 1) != 0) result = Multiply(result, square);
        }

        return result;
    }
}
