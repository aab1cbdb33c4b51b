using Ciaos.Actors.Objects;
using Xunit;

namespace Ciaos.Specs.Objects;

public sealed class ChunkBuffersSpec
{
    private const int ChunkBytes = 4 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(ChunkBytes - 1)]
    [InlineData(ChunkBytes)]
    public void A_buffer_is_large_enough_and_whole_chunks_are_used_again(int bytes)
    {
        var buffers = new ChunkBuffers(ChunkBytes);
        var first = buffers.Rent(bytes);
        Assert.True(first.Length >= bytes);
        buffers.Return(first, bytes);
        if (bytes > 1 << 20) Assert.Same(first, buffers.Rent(bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffers.Rent(ChunkBytes + 1));
    }
}
