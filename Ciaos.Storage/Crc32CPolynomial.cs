namespace Ciaos.Storage;

/// <summary>
/// Arithmetic of polynomials over GF(2) modulo the CRC-32C polynomial. Bit 31 stands for x^0, bit 0 for x^31,
/// as in the CRC register, so that multiplying a register by x^n is the same as running n zero bits through it.
/// </summary>
internal static class Crc32CPolynomial
{
    private const uint Reflected = 0x82F63B78;
    private const uint One = 0x80000000;

    public static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        while (a != 0)
        {
            if ((a & One) != 0) product ^= b;
            a <<= 1;
            b = (b & 1) != 0 ? (b >> 1) ^ Reflected : b >> 1;
        }

        return product;
    }

    /// <summary>x to the power of <paramref name="exponent"/>, by squaring.</summary>
    public static uint PowerOfX(UInt128 exponent)
    {
        var result = One;
        for (var square = One >> 1; exponent != 0; exponent >>= 1, square = Multiply(square, square))
        {
            if ((exponent & 1) != 0) result = Multiply(result, square);
        }

        return result;
    }

    /// <summary>Four tables of 256 entries, one per byte of the register, lowest first: their sum carries a register
    /// over <paramref name="zeroBytes"/> zero bytes.</summary>
    public static uint[] ShiftTable(int zeroBytes)
    {
        var factor = PowerOfX(8 * (UInt128)zeroBytes);
        var table = new uint[4 * 256];
        for (var place = 0; place < 4; place++)
        {
            for (var value = 0u; value < 256; value++)
            {
                table[(place * 256) + (int)value] = Multiply(value << (8 * place), factor);
            }
        }

        return table;
    }
}
