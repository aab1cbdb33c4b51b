using System.Globalization;
using Xunit.Sdk;

namespace Ciaos.Specs;

/// <summary>
/// Rounds of chance, each from a seed of its own, so that every failure can be repeated. CIAOS_FUZZ_ROUNDS multiplies
/// their number (some minutes by default all together; 1000 for a night), CIAOS_FUZZ_SEED is the first seed.
/// </summary>
internal static class Fuzz
{
    private static readonly int Factor = Number("CIAOS_FUZZ_ROUNDS", 1);
    private static readonly int FirstSeed = Number("CIAOS_FUZZ_SEED", 0);

    private static readonly uint[] Nasty =
        [0, 1, 2, 3, 4, 8, 0x7F, 0xFF, 0x100, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF];

    public static void Run(int rounds, Action<Random> round)
    {
        for (var i = 0; i < (long)rounds * Factor; i++)
        {
            var seed = FirstSeed + i;
            try
            {
                round(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new XunitException($"CIAOS_FUZZ_SEED={seed}: {failure}", failure);
            }
        }
    }

    /// <summary>The bytes with some changes: flipped bits, numbers that overflow, parts that are cut, zeroed, doubled,
    /// swapped, or come from elsewhere.</summary>
    public static byte[] Mutate(Random random, byte[] bytes, byte[] other)
    {
        var mutated = bytes.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--) Change(random, mutated, other);
        return [.. mutated];
    }

    private static void Change(Random random, List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var count = Math.Min(random.Next(1, 20), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0:
                bytes.RemoveRange(at, count);
                break;
            case 1:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            case 3:
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(40))]);
                break;
            case 4:
                var noise = new byte[random.Next(1, 9)];
                random.NextBytes(noise);
                bytes.InsertRange(at, noise);
                break;
            case 5:
                Overwrite(bytes, at, BitConverter.GetBytes(Nasty[random.Next(Nasty.Length)]));
                break;
            case 6:
                Overwrite(bytes, at, new byte[count]);
                break;
            default:
                if (count > 0) bytes[at] ^= (byte)(1 << random.Next(8));
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (var i = 0; i < with.Length && at + i < bytes.Count; i++) bytes[at + i] = with[i];
    }

    private static int Number(string variable, int otherwise)
    {
        var text = Environment.GetEnvironmentVariable(variable);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
    }
}
