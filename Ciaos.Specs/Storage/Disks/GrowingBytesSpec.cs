using Ciaos.Storage.Disks.Simulated;
using Xunit;

namespace Ciaos.Specs.Storage.Disks;

public class GrowingBytesSpec
{
    private const int MaxLength = 100_000;

    [Fact]
    public void It_holds_what_an_array_would_hold_and_copies_go_their_own_ways()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var pairs = new[] { (Bytes: new GrowingBytes(), Model: Array.Empty<byte>()), (new GrowingBytes(), []) };
            for (var step = 0; step < 60; step++)
            {
                var which = random.Next(2);
                pairs[which].Model = Change(pairs[which].Bytes, pairs[which].Model, pairs[1 - which], random);
                foreach (var (bytes, model) in pairs) AssertSame(model, bytes, random);
            }
        }
    }

    [Fact]
    public void A_hole_costs_nothing_and_reads_as_zeros()
    {
        var bytes = new GrowingBytes();
        bytes.Write(1L << 32, "end"u8);
        Assert.Equal((1L << 32) + 3, bytes.Length);
        var read = new byte[10];
        Assert.Equal(5, bytes.Read((1L << 32) - 2, read));
        Assert.Equal("\0\0end"u8, read.AsSpan(0, 5));
    }

    private static byte[] Change(
        GrowingBytes bytes, byte[] model, (GrowingBytes Bytes, byte[] Model) other, Random random)
    {
        var place = random.Next(MaxLength);
        switch (random.Next(8))
        {
            case 0:
                bytes.CopyFrom(other.Bytes);
                return [.. other.Model];
            case 1:
                bytes.SetLength(place);
                Array.Resize(ref model, place);
                return model;
            case 2:
                bytes.FlipBit(place, 3);
                if (place < model.Length) model[place] ^= 8;
                return model;
            default:
                var written = new byte[random.Next(random.Next(2) == 0 ? 100 : 40_000)];
                random.NextBytes(written);
                bytes.Write(place, written);
                Array.Resize(ref model, Math.Max(model.Length, place + written.Length));
                written.CopyTo(model, place);
                return model;
        }
    }

    private static void AssertSame(byte[] model, GrowingBytes bytes, Random random)
    {
        Assert.Equal(model.Length, bytes.Length);
        var from = random.Next(model.Length + 10);
        var read = new byte[random.Next(50_000)];
        Array.Fill(read, (byte)0xEE);
        var count = bytes.Read(from, read);
        Assert.Equal(Math.Clamp(model.Length - from, 0, read.Length), count);
        Assert.True(model.AsSpan(Math.Min(from, model.Length), count).SequenceEqual(read.AsSpan(0, count)));
    }
}
