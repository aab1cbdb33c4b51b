using System.Diagnostics;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class TimingSpec : StreamSpec
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    // Clocks and timers differ by some milliseconds.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Throttle_shapes_to_its_rate_after_a_burst()
    {
        var watch = Stopwatch.StartNew();

        var elements = await Collect(
            Source.From(Enumerable.Range(0, 6)).Throttle(1, TimeSpan.FromMilliseconds(40), 2, ThrottleMode.Shaping));

        Assert.Equal(Enumerable.Range(0, 6), elements);
        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(160) - Slack, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Throttle_counts_cost()
    {
        var watch = Stopwatch.StartNew();

        await Collect(Source.From([1, 3]).Throttle(2, Short, 1, x => x, ThrottleMode.Shaping));

        // One unit is there at once; the three of the second element come one each 50 ms.
        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(150) - Slack, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Throttle_enforces_by_failing()
    {
        var source = Source.From(Enumerable.Range(0, 6));

        Assert.Equal(5, (await Collect(source.Take(5).Throttle(1, Long, 5, ThrottleMode.Enforcing))).Count);
        Assert.IsType<OverflowException>(await Failure(source.Throttle(1, Long, 5, ThrottleMode.Enforcing)));
    }

    [Fact]
    public async Task Throttle_holds_the_source_back_while_it_waits()
    {
        var (source, sink) = Probes(Flow.Create<int>().Throttle(1, Long, 1, ThrottleMode.Shaping));

        await sink.Request(3);
        await source.Send(1);
        await sink.ExpectNext(1);
        await source.Send(2);
        await sink.ExpectNothing();
        await source.ExpectNoPull();
        await sink.Cancel();
        await source.ExpectCancellation();
    }

    [Fact]
    public void Throttle_refuses_rates_that_make_no_sense()
    {
        var source = Source.Single(1);
        Assert.Throws<ArgumentException>(() => source.Throttle(0, Short, 1, ThrottleMode.Shaping));
        Assert.Throws<ArgumentException>(() => source.Throttle(1, TimeSpan.Zero, 1, ThrottleMode.Shaping));
    }

    [Fact]
    public async Task Delay_shifts_elements_without_adding_up()
    {
        var watch = Stopwatch.StartNew();

        var elements = await Collect(Source.From(Enumerable.Range(0, 10)).Delay(Short));

        Assert.Equal(Enumerable.Range(0, 10), elements);
        Assert.True(watch.Elapsed >= Short - Slack, $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData(DelayOverflowStrategy.DropHead, new[] { 4, 5 })]
    [InlineData(DelayOverflowStrategy.DropTail, new[] { 1, 5 })]
    [InlineData(DelayOverflowStrategy.DropNew, new[] { 1, 2 })]
    [InlineData(DelayOverflowStrategy.DropBuffer, new[] { 5 })]
    public async Task A_full_delay_drops_what_its_strategy_says(DelayOverflowStrategy strategy, int[] kept)
    {
        var delayed = Source.From(Enumerable.Range(1, 5)).Delay(Short, strategy)
            .WithAttributes(Attributes.CreateInputBuffer(2, 2));

        Assert.Equal(kept, await Collect(delayed));
    }

    [Fact]
    public async Task A_full_delay_emits_early_or_stops_the_source_or_fails()
    {
        var buffer = Attributes.CreateInputBuffer(2, 2);
        var (source, sink) = Probes(
            Flow.Create<int>().Delay(Long, DelayOverflowStrategy.EmitEarly).WithAttributes(buffer));
        await sink.Request(10);
        await source.Send(1, 2);
        await sink.ExpectNothing();
        await source.Send(3);
        await sink.ExpectNext(1);

        (source, sink) = Probes(
            Flow.Create<int>().Delay(Long, DelayOverflowStrategy.Backpressure).WithAttributes(buffer));
        await sink.Request(10);
        await source.Send(1, 2);
        await source.ExpectNoPull();

        Assert.IsType<BufferOverflowException>(await Failure(
            Source.From(Enumerable.Range(1, 5)).Delay(Long, DelayOverflowStrategy.Fail).WithAttributes(buffer)));
    }

    [Fact]
    public async Task InitialDelay_holds_demand_back()
    {
        var watch = Stopwatch.StartNew();
        var (source, sink) = Probes(Flow.Create<int>().InitialDelay(Short));

        await sink.Request(2);
        await source.Send(1);
        await sink.ExpectNext(1);

        Assert.True(watch.Elapsed >= Short - Slack, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task TakeWithin_completes_in_time()
    {
        var (source, sink) = Probes(Flow.Create<int>().TakeWithin(Short));

        await sink.Request(2);
        await source.Send(1);
        await sink.ExpectNext(1);
        await sink.ExpectComplete();
        await source.ExpectCancellation();
    }

    [Fact]
    public async Task SkipWithin_drops_the_beginning()
    {
        var ticks = Source.Tick(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), 1).MapMaterializedValue(_ => 0);
        var watch = Stopwatch.StartNew();

        await Collect(ticks.SkipWithin(Short).Take(1));

        Assert.True(watch.Elapsed >= Short - Slack, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Timeouts_fail_a_stream_that_is_silent()
    {
        Assert.IsType<TimeoutException>(await Failure(Source.Never<int>().IdleTimeout(Short)));
        Assert.IsType<TimeoutException>(await Failure(Source.Never<int>().InitialTimeout(Short)));
        Assert.IsType<TimeoutException>(await Failure(Source.Never<int>().CompletionTimeout(Short)));
    }

    [Fact]
    public async Task A_completion_timeout_strikes_a_stream_that_is_busy_and_an_idle_timeout_does_not()
    {
        var ticks = Source.Tick(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), 1);

        Assert.IsType<TimeoutException>(await Failure(ticks.CompletionTimeout(Short)));
        Assert.Equal(30, (await Collect(ticks.IdleTimeout(TimeSpan.FromSeconds(5)).Take(30))).Count);
    }

    [Fact]
    public async Task BackpressureTimeout_fails_when_nobody_asks()
    {
        var sink = Source.From([1, 2]).BackpressureTimeout(Short).RunWith(SinkProbe<int>.Create(), Materializer);

        Assert.Equal(1, await sink.Next());

        Assert.IsType<TimeoutException>(await sink.ExpectFailure());
    }

    [Fact]
    public async Task Timeouts_leave_a_stream_alone_that_ends_in_time() =>
        Assert.Equal([1, 2], await Collect(Source.From([1, 2])
            .IdleTimeout(Long).InitialTimeout(Long).CompletionTimeout(Long).BackpressureTimeout(Long)));
}
