using System.Text;
using Ciaos.Storage;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Storage;

public class Crc32CSpec
{
    public static TheoryData<string, uint> KnownVectors => new()
    {
        // RFC 3720, appendix B.4; the RFC prints the bytes in the order of transmission.
        { new string('0', 64), 0x8A9136AA },
        { new string('F', 64), 0x62A8AB43 },
        { Convert.ToHexString(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()), 0x46DD794E },
        { Convert.ToHexString(Enumerable.Range(0, 32).Select(i => (byte)(31 - i)).ToArray()), 0x113FDB5C },
        {
            "01C000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000",
            0xD9963A56
        },
        { Convert.ToHexString(Encoding.ASCII.GetBytes("123456789")), 0xE3069283 },
        { "", 0 },
    };

    [Theory]
    [MemberData(nameof(KnownVectors))]
    public void It_has_the_values_that_the_standard_gives(string hex, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Convert.FromHexString(hex)));

    [Fact]
    public void It_equals_the_bitwise_definition_for_every_length_around_the_lanes()
    {
        var data = Bytes(seed: 1, 10_000);
        int[] around = [1023, 1024, 3071, 3072, 3073, 3080, 6143, 6144, 6147, 9999];
        foreach (var length in Enumerable.Range(0, 70).Concat(around))
        {
            Assert.Equal(Bitwise(data.AsSpan(0, length)), Crc32C.Compute(data.AsSpan(0, length)));
            Assert.Equal(Bitwise(data.AsSpan(1, length)), Crc32C.Compute(data.AsSpan(1, length)));
        }
    }

    [Fact]
    public void Appending_and_combining_give_the_checksum_of_the_whole() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(), Gen.Choose(0, 8_000).ToArbitrary(), Gen.Choose(0, 8_000).ToArbitrary(),
            (seed, first, second) =>
            {
                var data = Bytes(seed, first + second);
                var whole = Crc32C.Compute(data);
                var head = Crc32C.Compute(data.AsSpan(0, first));
                return Crc32C.Append(head, data.AsSpan(first)) == whole
                    && Crc32C.Combine(head, Crc32C.Compute(data.AsSpan(first)), second) == whole;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Combining_costs_nothing_however_long_the_second_run_is()
    {
        var zeros = Crc32C.Compute(new byte[1 << 20]);
        var joined = zeros;
        for (var i = 0; i < 1023; i++) joined = Crc32C.Combine(joined, zeros, 1 << 20);
        var half = zeros;
        for (var bytes = 1L << 20; bytes < 1L << 30; bytes *= 2) half = Crc32C.Combine(half, half, bytes);
        Assert.Equal(half, joined);
    }

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static uint Bitwise(ReadOnlySpan<byte> data)
    {
        var register = 0xFFFFFFFF;
        foreach (var value in data)
        {
            register ^= value;
            for (var bit = 0; bit < 8; bit++) register = (register >> 1) ^ ((register & 1) * 0x82F63B78);
        }

        return ~register;
    }
}
