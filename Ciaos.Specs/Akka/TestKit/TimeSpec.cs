using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Sdk;

namespace Ciaos.Specs.Akka.Testing;

/// <summary>Within blocks, waiting for conditions, stretched times.</summary>
public sealed class TimeSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    public TimeSpec()
        : base("akka.test.timefactor = 2.0, akka.test.single-expect-default = 500ms")
    {
    }

    [Fact]
    public void Times_are_stretched_by_the_factor()
    {
        Assert.Equal(TimeSpan.FromSeconds(6), Dilated(TimeSpan.FromSeconds(3)));
        Assert.Equal(TimeSpan.Zero, Dilated(TimeSpan.Zero));
        Assert.Equal(Timeout.InfiniteTimeSpan, Dilated(Timeout.InfiniteTimeSpan));
        Assert.Equal(TimeSpan.FromSeconds(1), RemainingOrDefault);
        Assert.Equal(TimeSpan.FromSeconds(8), RemainingOrDilated(TimeSpan.FromSeconds(4)));
        Assert.Throws<ArgumentException>(() => RemainingOrDilated(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void What_remains_is_known_in_a_within_block_only()
    {
        Assert.Throws<InvalidOperationException>(() => Remaining);
        Within(TimeSpan.FromSeconds(10), () => Assert.InRange(Remaining.TotalSeconds, 15, 20));
        Assert.Throws<InvalidOperationException>(() => Remaining);
    }

    [Fact]
    public void A_wait_in_a_within_block_is_as_long_as_the_block_may_be()
    {
        var e = Assert.ThrowsAny<XunitException>(() => Within(Short, () => ExpectMsg<string>()));
        Assert.Contains("Timeout 00:00:00.0", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_takes_too_long_fails()
    {
        Assert.ThrowsAny<XunitException>(() => Within(Short, () => ReceiveOne(Short * 4)));
    }

    [Fact]
    public void A_block_that_is_too_fast_fails()
    {
        Assert.ThrowsAny<XunitException>(() => Within(Short, Long, () => { }));
    }

    [Fact]
    public void A_block_that_ends_in_silence_may_take_all_of_its_time()
    {
        Within(Short, () => ExpectNoMsg());
    }

    [Fact]
    public void An_inner_block_ends_with_the_outer_one()
    {
        Within(Long, () => Within(Long * 10, () => Assert.True(Remaining <= Long * 2)));
    }

    [Fact]
    public async Task Blocks_return_what_they_compute_and_let_exceptions_through()
    {
        Assert.Equal(1, Within(Long, () => 1));
        Assert.Equal(2, await WithinAsync(Long, () => Task.FromResult(2)));
        Assert.Throws<DivideByZeroException>(() => Within(Long, new Action(() => throw new DivideByZeroException())));
        await Assert.ThrowsAsync<DivideByZeroException>(
            () => WithinAsync(Long, () => Task.FromException(new DivideByZeroException())));
    }

    [Fact]
    public void In_a_block_the_test_actor_is_the_sender()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        Within(Long, () =>
        {
            echo.Tell(1);
            ExpectMsg(1);
            echo.Tell(2);
            ExpectMsg(2);
        });
    }

    [Fact]
    public void An_assertion_is_tried_until_it_holds()
    {
        var tries = 0;
        AwaitAssert(() => Assert.Equal(3, ++tries), Long, TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, tries);
    }

    [Fact]
    public void An_assertion_that_never_holds_fails_with_its_own_exception()
    {
        Assert.Throws<DivideByZeroException>(
            () => AwaitAssert(() => throw new DivideByZeroException(), Short, TimeSpan.FromMilliseconds(5)));
    }

    [Fact]
    public async Task A_condition_is_asked_until_it_is_true()
    {
        var asked = 0;
        AwaitCondition(() => ++asked == 3, Long, TimeSpan.FromMilliseconds(1));
        await AwaitConditionAsync(() => Task.FromResult(++asked == 6), Long, TimeSpan.FromMilliseconds(1));
        Assert.Equal(6, asked);
    }

    [Fact]
    public void A_condition_that_stays_false_fails_with_the_message()
    {
        var e = Assert.ThrowsAny<XunitException>(() => AwaitCondition(() => false, Short, "the hint"));
        Assert.Contains("the hint", e.Message, StringComparison.Ordinal);
        Assert.False(AwaitConditionNoThrow(() => false, Short));
        Assert.True(AwaitConditionNoThrow(() => true, Short));
    }

    [Fact]
    public void A_latch_opens_when_it_was_counted_down()
    {
        var latch = CreateTestLatch(2);
        latch.CountDown();
        Assert.False(latch.IsOpen);
        Assert.Throws<TimeoutException>(() => latch.Ready(Short));
        latch.CountDown();
        latch.CountDown();
        Assert.True(latch.IsOpen);
        latch.Ready();
        latch.Reset();
        Assert.False(latch.IsOpen);
    }

    [Fact]
    public async Task A_barrier_lets_go_when_all_are_there()
    {
        var barrier = CreateTestBarrier(2);
        Assert.Throws<TimeoutException>(() => barrier.Await(Short));
        var other = Task.Run(barrier.Await);
        barrier.Await();
        await other;
    }
}
