using Ciaos.Storage.FlatBuffers;
using Xunit;

namespace Ciaos.Specs.Storage.FlatBuffers;

public sealed class PagedByteSourceSpec
{
    private static readonly byte[] Body = MakeBody(5_000_000);

    [Fact]
    public void Reads_anywhere_give_the_bytes_that_are_there()
    {
        using var source = new PagedByteSource(Body.Length, Read);
        var random = new Random(1);

        for (var i = 0; i < 20_000; i++)
        {
            var buffer = new byte[random.Next(0, 9)];
            var at = random.Next(0, Body.Length - buffer.Length + 1);
            source.Read(at, buffer);
            Assert.Equal(Body.AsSpan(at, buffer.Length).ToArray(), buffer);
        }
    }

    [Fact]
    public void A_read_across_pages_is_whole()
    {
        using var source = new PagedByteSource(Body.Length, Read);
        var buffer = new byte[3 * PagedByteSource.PageBytes];

        source.Read(PagedByteSource.PageBytes - 5, buffer);

        Assert.Equal(Body.AsSpan(PagedByteSource.PageBytes - 5, buffer.Length).ToArray(), buffer);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(4_999_999, 2)]
    [InlineData(5_000_000, 1)]
    public void A_read_outside_is_refused(long at, int count)
    {
        using var source = new PagedByteSource(Body.Length, Read);

        Assert.Throws<ArgumentOutOfRangeException>(() => source.Read(at, new byte[count]));
    }

    [Fact]
    public void A_million_files_are_read_with_hardly_more_reads_below_than_the_body_has_pages()
    {
        const int fileCount = 1_000_000;
        var body = FileLists.Write([.. Enumerable.Range(0, fileCount).Select(i => new byte[i % 7])]);
        var reads = 0;
        using var source = new PagedByteSource(body.Length, (at, to) =>
        {
            reads++;
            body.AsSpan((int)at, to.Length).CopyTo(to);
        });

        var reader = FileDataListReader.Open(source);
        var files = 0;
        for (; reader.TryReadNext(out var file); files++) Assert.Equal(files % 7, file.LengthBytes);

        Assert.Equal(fileCount, files);
        Assert.InRange(reads, 1, (body.Length / PagedByteSource.PageBytes) + 3);
    }

    [Fact]
    public void A_read_that_fails_below_can_be_tried_again()
    {
        var fails = true;
        using var source = new PagedByteSource(Body.Length, (at, to) =>
        {
            if (fails) throw new IOException("not now");
            Read(at, to);
        });
        var buffer = new byte[4];

        Assert.Throws<IOException>(() => source.Read(100, buffer));
        fails = false;
        source.Read(100, buffer);

        Assert.Equal(Body.AsSpan(100, 4).ToArray(), buffer);
    }

    private static void Read(long at, Span<byte> to) => Body.AsSpan((int)at, to.Length).CopyTo(to);

    private static byte[] MakeBody(int length)
    {
        var body = new byte[length];
        new Random(7).NextBytes(body);
        return body;
    }
}
