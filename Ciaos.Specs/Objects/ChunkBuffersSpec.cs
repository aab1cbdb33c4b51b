using Ciaos.Actors.Objects;
using Xunit;

namespace Ciaos.Specs.Objects;

public sealed class ChunkBuffersSpec
{
    private const int ChunkBytes = 4 << 20;

    [Fact]
    public async Task Who_asks_beyond_the_budget_waits_until_some_is_given_back()
    {
        var buffers = new ChunkBuffers(ChunkBytes, budgetBytes: 2 * ChunkBytes);
        await buffers.ReserveAsync(ChunkBytes, default);
        await buffers.ReserveAsync(ChunkBytes, default);
        var third = buffers.ReserveAsync(ChunkBytes, default).AsTask();
        Assert.False(third.IsCompleted);

        buffers.Release(ChunkBytes);
        await third.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_small_request_does_not_overtake_a_large_one_that_waits()
    {
        var buffers = new ChunkBuffers(ChunkBytes, budgetBytes: ChunkBytes);
        await buffers.ReserveAsync(ChunkBytes / 2, default);
        var large = buffers.ReserveAsync(ChunkBytes, default).AsTask();
        var small = buffers.ReserveAsync(1, default).AsTask();
        Assert.False(small.IsCompleted);

        buffers.Release(ChunkBytes / 2);
        await large.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(small.IsCompleted);
        buffers.Release(ChunkBytes);
        await small.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Who_gives_up_waiting_makes_way_for_the_next()
    {
        var buffers = new ChunkBuffers(ChunkBytes, budgetBytes: ChunkBytes);
        await buffers.ReserveAsync(ChunkBytes / 2, default);
        using var patience = new CancellationTokenSource();
        var large = buffers.ReserveAsync(ChunkBytes, patience.Token).AsTask();
        var small = buffers.ReserveAsync(ChunkBytes / 2, default).AsTask();

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64 * 1024)]
    [InlineData(ChunkBytes - 1)]
    [InlineData(ChunkBytes)]
    public void A_buffer_is_large_enough_and_whole_chunks_are_used_again(int bytes)
    {
        var buffers = new ChunkBuffers(ChunkBytes, budgetBytes: ChunkBytes);
        var first = buffers.Rent(bytes);
        Assert.True(first.Length >= bytes);
        buffers.Return(first, bytes);
        if (bytes > 1 << 20) Assert.Same(first, buffers.Rent(bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffers.Rent(ChunkBytes + 1));
    }
}
