using System.Security.Cryptography;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Specs.Objects;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Encryption;

public sealed class NeedleEncryptionSpec
{
    private const int BlockBytes = 64 * 1024;

    private readonly MemoryVolumes _volumes = new();
    private readonly DataKey _key = new(Sequence(0, DataKey.SizeBytes));

    [Fact]
    public void A_needle_has_the_bytes_of_the_format_page()
    {
        var expected = FormatPage.Example("encrypted needle");
        Assert.Equal(expected, Seal("meow"u8, salt => Sequence(0xa0, salt.Length).CopyTo(salt)));
        Assert.Equal("meow"u8.ToArray(), Read(expected, 0, 4));
    }

    // The digest was computed by another implementation, like the examples on the page.
    [Fact]
    public void A_needle_of_two_blocks_has_the_bytes_that_it_has_always_had()
    {
        var plain = Enumerable.Range(0, BlockBytes + 3).Select(i => (byte)(i % 251)).ToArray();
        var needle = Seal(plain, salt => Sequence(0xa0, salt.Length).CopyTo(salt));
        Assert.Equal(
            "AE4173FF342E8743B64DEFB523F6B8B63BBB38052DD8ECFAB9F0891BA6B8E058",
            Convert.ToHexString(SHA256.HashData(needle)));
    }

    [Fact]
    public void Any_range_of_any_needle_is_read_as_it_was_written() => Prop.ForAll(
        Arb.From(Gen.Zip(
            Gen.OneOf(
                Gen.Choose(1, 300), Gen.Choose(1, 5 * BlockBytes),
                Gen.Elements(1, 2, 3, 4).SelectMany(
                    blocks => Gen.Choose(-1, 1).Select(by => (blocks * BlockBytes) + by))),
            Gen.Choose(0, int.MaxValue - 1))),
        (input) =>
        {
            var (length, seed) = input;
            var random = new System.Random(seed);
            var plain = new byte[length];
            random.NextBytes(plain);
            var needle = Seal(plain, random.NextBytes);
            Assert.Equal(NeedleEncryption.SealedBytes(length), needle.Length);
            Assert.True(NeedleEncryption.TryPlainBytes(needle.Length, out var plainBytes));
            Assert.Equal(length, plainBytes);
            using var reader = new SealedNeedles(_volumes, _key);
            var location = _volumes.Store(needle);
            for (var round = 0; round < 10; round++)
            {
                var offset = random.Next(length);
                var range = new byte[random.Next(length - offset) + 1];
                reader.Read(location, offset, range);
                Assert.Equal(plain[offset..(offset + range.Length)], range);
            }

            Assert.Equal(plain, Read(needle, 0, length));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_length_of_plaintext_has_a_length_of_data_of_its_own()
    {
        var plain = 0;
        for (var length = 0; length < 3 * BlockBytes; length++)
        {
            if (!NeedleEncryption.TryPlainBytes(length, out var found)) continue;
            Assert.Equal(plain++, found);
            Assert.Equal(length, NeedleEncryption.SealedBytes(found));
        }

        Assert.Equal(3 * BlockBytes - 32 - 3 * 16, plain);
    }

    [Fact]
    public void As_much_has_room_as_fits() => Prop.ForAll(
        Arb.From(Gen.OneOf(Gen.Choose(0, 300), Gen.Choose(0, 4 * BlockBytes))),
        bytes =>
        {
            var room = NeedleEncryption.RoomBytes(bytes);
            Assert.True(room == 0 || NeedleEncryption.SealedBytes(room) <= bytes);
            Assert.True(NeedleEncryption.SealedBytes(room + 1) > bytes);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_bit_flipped_anywhere_is_noticed(int length)
    {
        var needle = Seal(new byte[length], RandomNumberGenerator.Fill);
        for (var bit = 0; bit < needle.Length * 8; bit++)
        {
            var changed = needle.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<VolumeCorruptException>(() => Read(changed, 0, length));
        }
    }

    [Fact]
    public void A_flipped_bit_spoils_its_block_alone_and_nothing_of_the_block_is_given_out()
    {
        var plain = RandomNumberGenerator.GetBytes(4 * BlockBytes);
        var needle = Seal(plain, RandomNumberGenerator.Fill);
        needle[2 * BlockBytes + 77] ^= 1;
        using var reader = new SealedNeedles(_volumes, _key);
        var location = _volumes.Store(needle);
        var block = new byte[BlockBytes];
        foreach (var good in new[] { 0, 1, 3 })
        {
            reader.Read(location, good * BlockBytes, block);
            Assert.Equal(plain[(good * BlockBytes)..((good + 1) * BlockBytes)], block);
        }

        var error = Assert.Throws<VolumeCorruptException>(() => reader.Read(location, 2 * BlockBytes, block));
        Assert.Contains("block 2", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(plain[(2 * BlockBytes)..(3 * BlockBytes)], block);
        var part = new byte[10];
        Assert.Throws<VolumeCorruptException>(() => reader.Read(location, 2 * BlockBytes + 1000, part));
        Assert.Equal(new byte[10], part);
    }

    [Fact]
    public void Blocks_do_not_open_in_another_place()
    {
        var needle = Seal(new byte[2 * BlockBytes], RandomNumberGenerator.Fill);
        var swapped = needle.ToArray();
        needle.AsSpan(0, BlockBytes).CopyTo(swapped.AsSpan(BlockBytes));
        needle.AsSpan(BlockBytes, BlockBytes).CopyTo(swapped);
        var tags = 2 * BlockBytes + NeedleEncryption.SaltBytes;
        needle.AsSpan(tags, 16).CopyTo(swapped.AsSpan(tags + 16));
        needle.AsSpan(tags + 16, 16).CopyTo(swapped.AsSpan(tags));
        Assert.Throws<VolumeCorruptException>(() => Read(swapped, 0, 1));
        Assert.Throws<VolumeCorruptException>(() => Read(swapped, BlockBytes, 1));

        byte[] cut = [.. needle.AsSpan(0, BlockBytes), .. needle.AsSpan(2 * BlockBytes, 32 + 16)];
        Assert.Throws<VolumeCorruptException>(() => Read(cut, 0, 1));
        Assert.Throws<VolumeCorruptException>(() => Read(needle[..^1], 0, 1));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        var needle = Seal("meow"u8, RandomNumberGenerator.Fill);
        using var reader = new SealedNeedles(_volumes, DataKey.Create(RandomNumberGenerator.Fill));
        Assert.Throws<VolumeCorruptException>(() => reader.Read(_volumes.Store(needle), 0, new byte[4]));
    }

    [Fact]
    public void The_same_bytes_are_never_encrypted_the_same_way()
    {
        var seen = new HashSet<string>();
        for (var round = 0; round < 100; round++)
            Assert.True(seen.Add(Convert.ToHexString(Seal(new byte[16], RandomNumberGenerator.Fill).AsSpan(0, 16))));
    }

    [Fact]
    public void Needles_are_read_in_any_order_and_damage_of_one_does_not_spoil_the_next()
    {
        using var reader = new SealedNeedles(_volumes, _key);
        var lengths = new[] { 1, 5 * BlockBytes, 300, 3 * BlockBytes + 9 };
        var plains = lengths.Select(RandomNumberGenerator.GetBytes).ToArray();
        var places = plains.Select(plain => _volumes.Store(Seal(plain, RandomNumberGenerator.Fill))).ToArray();
        var damaged = Seal(new byte[10], RandomNumberGenerator.Fill);
        damaged[0] ^= 1;
        var damagedPlace = _volumes.Store(damaged);
        foreach (var i in new[] { 3, 0, 1, 2, 1, 3, 0, 2 })
        {
            var bytes = new byte[lengths[i]];
            reader.Read(places[i], 0, bytes);
            Assert.Equal(plains[i], bytes);
            Assert.Throws<VolumeCorruptException>(() => reader.Read(damagedPlace, 0, new byte[10]));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(places[0], 1, new byte[1]));
    }

    private byte[] Seal(ReadOnlySpan<byte> plain, FillRandom random)
    {
        var buffer = new byte[NeedleEncryption.SealedBytes(plain.Length) + 5];
        plain.CopyTo(buffer);
        var length = new NeedleSealer(_key, random).Seal(buffer, plain.Length);
        Assert.Equal(new byte[5], buffer[length..]);
        return buffer[..length];
    }

    private byte[] Read(byte[] needle, int offset, int length)
    {
        using var reader = new SealedNeedles(_volumes, _key);
        var bytes = new byte[length];
        reader.Read(_volumes.Store(needle), offset, bytes);
        return bytes;
    }

    private static byte[] Sequence(int from, int count) =>
        Enumerable.Range(from, count).Select(i => (byte)i).ToArray();
}
