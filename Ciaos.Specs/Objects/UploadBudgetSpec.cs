using System.IO.Pipelines;
using Ciaos.Actors.Objects;
using Xunit;

namespace Ciaos.Specs.Objects;

public sealed class UploadBudgetSpec
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    private readonly SteppedTime _time = new();

    [Fact]
    public async Task Who_asks_beyond_the_budget_waits_until_some_is_given_back()
    {
        var budget = Budget(200);
        await budget.ReserveAsync(100, default);
        await budget.ReserveAsync(100, default);
        Assert.False(budget.TryReserve(1));
        var third = budget.ReserveAsync(100, default).AsTask();
        Assert.False(third.IsCompleted);

        budget.Release(100);
        await third.WaitAsync(Long);
        Assert.Equal(0, budget.FreeBytes);
        Assert.Equal(0, _time.TimerCount);
    }

    [Fact]
    public async Task A_small_request_does_not_overtake_a_large_one_that_waits()
    {
        var budget = Budget(100);
        await budget.ReserveAsync(50, default);
        var large = budget.ReserveAsync(100, default).AsTask();
        var small = budget.ReserveAsync(1, default).AsTask();
        Assert.False(small.IsCompleted);
        Assert.False(budget.TryReserve(1));

        budget.Release(50);
        await large.WaitAsync(Long);
        Assert.False(small.IsCompleted);
        budget.Release(100);
        await small.WaitAsync(Long);
    }

    [Fact]
    public async Task Who_gives_up_waiting_makes_way_for_the_next()
    {
        var budget = Budget(100);
        await budget.ReserveAsync(50, default);
        using var gaveUp = new CancellationTokenSource();
        var large = budget.ReserveAsync(100, gaveUp.Token).AsTask();
        var small = budget.ReserveAsync(50, default).AsTask();

        await gaveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        await small.WaitAsync(Long);
    }

    [Fact]
    public async Task A_holder_is_told_to_give_back_when_others_wait_and_its_patience_is_over()
    {
        var budget = Budget(100);
        await budget.ReserveAsync(100, default);
        var (wait, pipe) = (budget.NewWait(), new Pipe());
        budget.Restart(wait);
        var reading = pipe.Reader.ReadAsync().AsTask();
        budget.BeginWait(wait, pipe.Reader);

        _time.Advance(10 * Patience);
        Assert.False(reading.IsCompleted, "nobody waits for its memory");
        budget.Restart(wait);
        var waiting = budget.ReserveAsync(1, default).AsTask();
        _time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.False(reading.IsCompleted, "its patience is not over");
        _time.Advance(Patience);
        Assert.True((await reading.WaitAsync(Long)).IsCanceled);

        budget.EndWait(wait);
        budget.Release(100);
        await waiting.WaitAsync(Long);
    }

    [Fact]
    public async Task A_holder_whose_read_is_over_is_left_alone()
    {
        var budget = Budget(100);
        await budget.ReserveAsync(100, default);
        var (wait, pipe) = (budget.NewWait(), new Pipe());
        budget.Restart(wait);
        budget.BeginWait(wait, pipe.Reader);
        budget.EndWait(wait);
        var waiting = budget.ReserveAsync(1, default).AsTask();
        _time.Advance(10 * Patience);

        Assert.False(pipe.Reader.ReadAsync().IsCompleted);
        Assert.False(waiting.IsCompleted);
    }

    private UploadBudget Budget(long bytes) => new(bytes, Patience, _time);
}
