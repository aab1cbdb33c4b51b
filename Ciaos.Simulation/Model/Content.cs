using System.Globalization;
using System.Runtime.InteropServices;

namespace Ciaos.Simulation.Model;

/// <summary>
/// The bytes of a file, told by two numbers: traces are short, and what a byte must be can be computed anywhere. The
/// shorter of two contents with one seed is the beginning of the longer one.
/// </summary>
internal readonly record struct Content(int Seed, int LengthBytes)
{
    private const int PieceWords = 256;

    public byte[] ToBytes()
    {
        var bytes = GC.AllocateUninitializedArray<byte>(LengthBytes);
        Span<ulong> piece = stackalloc ulong[PieceWords];
        for (var at = 0; at < bytes.Length; at += PieceWords * sizeof(ulong))
        {
            Fill(piece, at / sizeof(ulong));
            var length = Math.Min(PieceWords * sizeof(ulong), bytes.Length - at);
            MemoryMarshal.AsBytes(piece)[..length].CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }

    /// <summary>Where <paramref name="actual"/> first differs from the bytes that begin at
    /// <paramref name="offsetBytes"/>, or -1 where it does not. It must not reach beyond the content's end.</summary>
    public int FirstDifference(int offsetBytes, ReadOnlySpan<byte> actual)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes + actual.Length, LengthBytes);
        Span<ulong> piece = stackalloc ulong[PieceWords];
        var compared = 0;
        while (compared < actual.Length)
        {
            var (word, skip) = Math.DivRem(offsetBytes + compared, sizeof(ulong));
            Fill(piece, word);
            var expected = MemoryMarshal.AsBytes(piece)[skip..];
            var rest = actual[compared..];
            var length = Math.Min(expected.Length, rest.Length);
            var same = expected[..length].CommonPrefixLength(rest);
            if (same < length) return compared + same;
            compared += length;
        }

        return -1;
    }

    /// <summary>As in a trace: <c>17:4096</c> has seed 17 and 4,096 bytes.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seed}:{LengthBytes}");

    public static Content Parse(string text) =>
        text.Split(':') is [var seed, var length]
            ? new Content(
                int.Parse(seed, NumberStyles.None, CultureInfo.InvariantCulture),
                int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new FormatException($"\"{text}\" is no content: seed:length is");

    private void Fill(Span<ulong> words, int firstWord)
    {
        var start = ((ulong)(uint)Seed + 1) << 32;
        for (var i = 0; i < words.Length; i++) words[i] = Hashing.Mix(start + (ulong)(firstWord + i));
    }
}
