using Ciaos.Http.S3.Bodies;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

public class ReflectedCrcSpec
{
    public static TheoryData<string, string, ulong> KnownVectors => new()
    {
        { "Crc32", "", 0 },
        { "Crc32", "123456789", 0xCBF43926 },
        { "Crc32", "The quick brown fox jumps over the lazy dog", 0x414FA339 },
        { "Crc64Nvme", "", 0 },
        { "Crc64Nvme", "123456789", 0xAE8B14860A799888 },
        // NVM Express, NVM Command Set Specification 1.0: examples for the 64 bit guard, of 4 KiB each.
        { "Crc64Nvme", new string('\0', 4096), 0x6482D367EB22B64E },
        { "Crc64Nvme", new string('\xFF', 4096), 0xC0DDBA7302ECA3AC },
    };

    [Theory]
    [MemberData(nameof(KnownVectors))]
    public void It_has_the_published_values(string name, string data, ulong expected) =>
        Assert.Equal(expected, Find(name).Append(0, System.Text.Encoding.Latin1.GetBytes(data)));

    [Theory]
    [InlineData("Crc32", 0xEDB88320, 32)]
    [InlineData("Crc64Nvme", 0x9A6C9329AC4BC9B5, 64)]
    public void It_equals_the_bitwise_definition_for_every_length_around_the_blocks(
        string name, ulong polynomial, int bits)
    {
        var crc = Find(name);
        var data = Bytes(1, 5_000);
        foreach (var length in Enumerable.Range(0, 400).Concat([1023, 1024, 1025, 4095, 4999]))
        {
            var expected = Bitwise(data.AsSpan(1, length), polynomial, bits);
            Assert.Equal(expected, crc.Append(0, data.AsSpan(1, length)));
            Assert.Equal(expected, crc.AppendByTables(0, data.AsSpan(1, length)));
        }
    }

    [Theory]
    [InlineData("Crc32")]
    [InlineData("Crc64Nvme")]
    public void Appending_and_combining_give_the_checksum_of_the_whole(string name) =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(), Gen.Choose(0, 3_000).ToArbitrary(), Gen.Choose(0, 3_000).ToArbitrary(),
            (seed, first, second) =>
            {
                var crc = Find(name);
                var data = Bytes(seed, first + second);
                var whole = crc.Append(0, data);
                var head = crc.Append(0, data.AsSpan(0, first));
                return crc.Append(head, data.AsSpan(first)) == whole
                    && crc.Combine(head, crc.Append(0, data.AsSpan(first)), second) == whole;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Checksums_of_parts_combine_whatever_the_algorithm()
    {
        var data = Bytes(7, 10_000);
        foreach (var algorithm in ChecksumAlgorithms.All.Where(algorithm => algorithm.CanCombine()))
            Assert.Equal(
                Whole(algorithm, data),
                RunningChecksum.Combine(
                    algorithm, Whole(algorithm, data[..3_333]), Whole(algorithm, data[3_333..]), 6_667));
    }

    private static byte[] Whole(ChecksumAlgorithm algorithm, byte[] data)
    {
        using var checksum = RunningChecksum.Begin(algorithm);
        checksum.Append(data);
        return checksum.Finish();
    }

    private static ReflectedCrc Find(string name) => name == "Crc32" ? ReflectedCrc.Crc32 : ReflectedCrc.Crc64Nvme;

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static ulong Bitwise(ReadOnlySpan<byte> data, ulong polynomial, int bits)
    {
        var ones = ulong.MaxValue >> (64 - bits);
        var register = ones;
        foreach (var value in data)
        {
            register ^= value;
            for (var bit = 0; bit < 8; bit++) register = (register >> 1) ^ ((register & 1) * polynomial);
        }

        return register ^ ones;
    }
}
