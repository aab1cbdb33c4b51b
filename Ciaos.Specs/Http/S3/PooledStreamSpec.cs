using Ciaos.Http.S3;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.S3;

public sealed class PooledStreamSpec
{
    [Fact]
    public void It_holds_all_that_was_written() =>
        Prop.ForAll<NonNegativeInt[]>(lengths =>
        {
            using var stream = new PooledStream();
            var expected = new List<byte>();
            foreach (var length in lengths)
            {
                var piece = Enumerable.Range(expected.Count, length.Get * 100).Select(at => (byte)at).ToArray();
                stream.Write(piece);
                expected.AddRange(piece);
            }

            Assert.Equal(expected, stream.Written.ToArray());
            Assert.Equal(expected.Count, stream.Length);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Disposing_twice_gives_its_memory_back_once()
    {
        var stream = new PooledStream();
        stream.Write(new byte[10]);

        stream.Dispose();
        stream.Dispose();

        Assert.Equal(0, stream.Written.Length);
    }
}
