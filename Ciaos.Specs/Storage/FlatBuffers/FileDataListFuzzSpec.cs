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

    private const int AllocatedAtMost = 64 * 1024;

    [Fact]
    public void Valid_lists_in_any_layout_are_read_exactly() => Fuzz.Run(3000, random =>
    {
        var files = Files(random);
        var body = ScrambledLists.Write(random, files);
        Assert.True(IsReadSafely(body));
        Assert.Equal(files.OfType<byte[]>(), FileLists.Read(body));
    });

    [Fact]
    public void Random_bytes_never_escape() =>
        Prop.ForAll<byte[]>(IsReadSafely).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Mutated_lists_never_escape() => Fuzz.Run(15_000, random =>
    {
        var body = random.Next(2) == 0
            ? Seeds[random.Next(Seeds.Length)]
            : ScrambledLists.Write(random, Files(random));
        Assert.True(IsReadSafely(Fuzz.Mutate(random, body, Seeds[random.Next(Seeds.Length)])));
    });

    [Fact]
    public void Whatever_a_list_claims_it_costs_no_memory() => Fuzz.Run(3000, random =>
    {
        var body = Fuzz.Mutate(random, Seeds[random.Next(Seeds.Length)], []);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var reader = FileDataListReader.Open(new MemoryByteSource(body));
            while (reader.TryReadNext(out _))
            {
            }
        }
        catch (FlatBuffersParseException)
        {
            // Refused.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocatedAtMost);
    });

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

    private static byte[]?[] Files(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(6) == 0 ? null : new byte[random.Next(20)]),
    ];

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
