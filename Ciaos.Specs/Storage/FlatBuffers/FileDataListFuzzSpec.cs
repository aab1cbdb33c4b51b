using Ciaos.Storage.FlatBuffers;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Storage.FlatBuffers;

/// <summary>Whatever the bytes are, reading ends with files that lie inside the body or with the parse error.</summary>
public sealed class FileDataListFuzzSpec
{
    private static readonly byte[][] Seeds =
    [
        FileLists.OfPython(),
        FileLists.Write([]),
        FileLists.Write([[], [1], [2, 3, 4, 5, 6]]),
        FileLists.Write([.. Enumerable.Range(0, 40).Select(i => new byte[i])]),
    ];

    private static readonly uint[] Nasty =
        [0, 1, 2, 3, 4, 8, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

    [Fact]
    public void Random_bytes_never_escape() =>
        Prop.ForAll<byte[]>(IsReadSafely).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Mutated_lists_never_escape() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var body = (byte[])Seeds[random.Next(Seeds.Length)].Clone();
        for (var change = random.Next(1, 4); change > 0; change--) Mutate(body, random);
        return IsReadSafely(body[..random.Next(body.Length / 2, body.Length + 1)]);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Every_truncation_of_a_list_is_refused_or_read_safely()
    {
        foreach (var seed in Seeds)
        {
            for (var length = 0; length <= seed.Length; length++) Assert.True(IsReadSafely(seed[..length]));
        }
    }

    [Fact]
    public void Every_flipped_bit_is_refused_or_read_safely()
    {
        var body = FileLists.OfPython();
        for (var bit = 0; bit < body.Length * 8; bit++)
        {
            body[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsReadSafely(body));
            body[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static void Mutate(byte[] body, Random random)
    {
        var at = random.Next(body.Length);
        if (random.Next(2) == 0)
        {
            body[at] = (byte)random.Next(256);
            return;
        }

        var word = BitConverter.GetBytes(Nasty[random.Next(Nasty.Length)]);
        word.AsSpan(0, Math.Min(word.Length, body.Length - at)).CopyTo(body.AsSpan(at));
    }

    /// <summary>Also holds both kinds of source to the same answer.</summary>
    private static bool IsReadSafely(byte[] body)
    {
        using var paged = new PagedByteSource(body.Length, (at, to) => body.AsSpan((int)at, to.Length).CopyTo(to));
        var (files, error) = Outcome(new MemoryByteSource(body));
        var (pagedFiles, pagedError) = Outcome(paged);
        Assert.Equal(error, pagedError);
        Assert.Equal(files, pagedFiles);
        Assert.True(files.Count <= body.Length / 4);
        return files.TrueForAll(file =>
            file is { OffsetBytes: >= 0, LengthBytes: >= 0 } && file.OffsetBytes + file.LengthBytes <= body.Length);
    }

    private static (List<FileExtent> Files, string? Error) Outcome(IByteSource source)
    {
        try
        {
            return (FileLists.Extents(source), null);
        }
        catch (FlatBuffersParseException error)
        {
            return ([], error.Message);
        }
    }
}
