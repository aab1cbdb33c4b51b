using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>Things that are to happen later.</summary>
public sealed class SchedulerSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void Nothing_happens_early()
    {
        var start = Stopwatch.GetTimestamp();
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "now", ActorRefs.NoSender);
        ExpectMsg("now");
        Assert.True(Stopwatch.GetElapsedTime(start) >= Short);
    }

    [Fact]
    public void The_sender_is_the_one_that_was_given()
    {
        var probe = CreateTestProbe();
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "from", probe.Ref);
        ExpectMsg("from");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public void Different_delays_come_in_their_order()
    {
        for (var i = 5; i > 0; i--) Sys.Scheduler.ScheduleTellOnce(Short * i, TestActor, i, ActorRefs.NoSender);
        for (var i = 1; i <= 5; i++) ExpectMsg(i);
    }

    [Fact]
    public async Task A_delay_longer_than_a_turn_of_the_wheel_is_waited_for_too()
    {
        var system = ActorSystem.Create(
            "small-wheel",
            "akka.stdout-loglevel = OFF, akka.loglevel = OFF, "
            + "akka.scheduler { ticks-per-wheel = 4, tick-duration = 5ms }");
        var start = Stopwatch.GetTimestamp();
        system.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(100), TestActor, "late", ActorRefs.NoSender);
        ExpectMsg("late");
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(100));
        await system.Terminate().WaitAsync(RemainingOrDefault);
    }

    [Fact]
    public void What_was_cancelled_does_not_happen()
    {
        var cancelable = Sys.Scheduler.ScheduleTellOnceCancelable(Short, TestActor, "never", ActorRefs.NoSender);
        var repeated = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero, Short, TestActor, "often", ActorRefs.NoSender);
        cancelable.Cancel();
        ExpectMsg("often");
        ExpectMsg("often");
        repeated.Cancel();
        Assert.True(repeated.IsCancellationRequested);
        ReceiveWhile(TimeSpan.FromMilliseconds(60), message => message as string == "often" ? message : null);
        ExpectNoMsg(Short * 3);
    }

    [Fact]
    public void An_action_that_throws_is_not_repeated_and_harms_nobody_else()
    {
        var calls = 0;
        Sys.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), () =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("as told");
        });
        Sys.Scheduler.ScheduleTellOnce(Short * 3, TestActor, "still alive", ActorRefs.NoSender);
        ExpectMsg("still alive");
        Assert.Equal(1, Volatile.Read(ref calls));
    }

    [Fact]
    public void Impossible_times_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromTicks(-1), TestActor, "x", TestActor));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.Zero, TestActor, "x", TestActor));
    }

    [Fact]
    public async Task A_cancelable_cancels_after_its_delay_and_with_those_it_is_linked_to()
    {
        using var first = new Cancelable(Sys.Scheduler, Short);
        var linked = Cancelable.CreateLinkedCancelable(Sys.Scheduler, first, new Cancelable(Sys.Scheduler));
        var cancelled = new TaskCompletionSource();
        linked.Token.Register(() => cancelled.SetResult());
        Assert.False(first.IsCancellationRequested);

        await cancelled.Task.WaitAsync(RemainingOrDefault);

        Assert.True(first.IsCancellationRequested);
        Assert.True(linked.IsCancellationRequested);
        Assert.True(Cancelable.CreateCanceled().IsCancellationRequested);
    }

    [Fact]
    public void The_monotonic_clock_goes_forward()
    {
        var before = Sys.Scheduler.MonotonicClock;
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "now", ActorRefs.NoSender);
        ExpectMsg("now");
        Assert.True(Sys.Scheduler.MonotonicClock - before >= Short);
        Assert.InRange(Sys.Scheduler.Now, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }
}
