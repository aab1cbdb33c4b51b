using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class RatesSpec : StreamSpec
{
    private static async Task<List<int>> Rest(SinkProbe<int> sink, int count)
    {
        var rest = new List<int>();
        for (var i = 0; i < count; i++) rest.Add(await sink.Next());
        return rest;
    }

    [Theory]
    [InlineData(OverflowStrategy.DropHead, new[] { 3, 4, 5 })]
    [InlineData(OverflowStrategy.DropTail, new[] { 1, 2, 5 })]
    [InlineData(OverflowStrategy.DropNew, new[] { 1, 2, 3 })]
    [InlineData(OverflowStrategy.DropBuffer, new[] { 4, 5 })]
    public async Task A_full_buffer_drops_what_its_strategy_says(OverflowStrategy strategy, int[] kept)
    {
        var (source, sink) = Probes(Flow.Create<int>().Buffer(3, strategy));

        await source.Send(1, 2, 3, 4, 5);

        Assert.Equal(kept, await Rest(sink, kept.Length));
        await source.Complete();
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task A_full_buffer_stops_the_source_under_backpressure()
    {
        var (source, sink) = Probes(Flow.Create<int>().Buffer(2, OverflowStrategy.Backpressure));

        await source.Send(1, 2);
        await source.ExpectNoPull();
        Assert.Equal(1, await sink.Next());
        await source.Send(3);
        await source.ExpectNoPull();
        await source.Complete();
        await sink.Request(2);
        await sink.ExpectNext(2, 3);
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task A_full_buffer_fails_where_told_to()
    {
        var (source, sink) = Probes(Flow.Create<int>().Buffer(1, OverflowStrategy.Fail));

        await source.Send(1, 2);

        Assert.IsType<BufferOverflowException>(await sink.ExpectFailure());
        await source.ExpectCancellation();
    }

    [Fact]
    public void A_buffer_has_room() =>
        Assert.Throws<ArgumentException>(() => Source.Single(1).Buffer(0, OverflowStrategy.Fail));

    [Fact]
    public async Task Batch_merges_up_to_its_limit_and_then_stops_the_source()
    {
        var (source, sink) = Probes(Flow.Create<int>().Batch(2, x => x, (sum, x) => sum + x));

        await source.Send(1, 2, 10);
        await source.ExpectNoPull();
        Assert.Equal(3, await sink.Next());
        await source.Send(20);
        Assert.Equal(30, await sink.Next());
    }

    [Fact]
    public async Task Batch_passes_elements_on_when_the_downstream_is_fast()
    {
        var (source, sink) = Probes(Flow.Create<int>().Batch(2, x => x, (sum, x) => sum + x));

        await sink.Request(3);
        await source.Send(1);
        await sink.ExpectNext(1);
        await source.Send(2);
        await sink.ExpectNext(2);
        await source.Complete();
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task BatchWeighted_counts_cost()
    {
        var (source, sink) = Probes(
            Flow.Create<int>().BatchWeighted(10, x => x, x => $"{x}", (text, x) => $"{text}+{x}"));

        await source.Send(4, 5, 3);
        await source.ExpectNoPull();
        Assert.Equal("4+5", await sink.Next());
        await source.Complete();
        Assert.Equal("3", await sink.Next());
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task Conflate_never_stops_the_source()
    {
        var (source, sink) = Probes(Flow.Create<int>().Conflate((sum, x) => sum + x));

        await source.Send([.. Enumerable.Range(1, 100)]);
        Assert.Equal(5050, await sink.Next());
        await source.Send(7);
        await source.Complete();
        Assert.Equal(7, await sink.Next());
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task ConflateWithSeed_restarts_without_what_it_had()
    {
        var (source, sink) = Probes(Flow.Create<int>()
            .ConflateWithSeed(x => new List<int> { x }, (list, x) => x < 0 ? throw new Boom() : [.. list, x])
            .WithAttributes(Deciding(Deciders.RestartingDecider)));

        await source.Send(1, 2, -1, 3, 4);

        Assert.Equal([3, 4], await sink.Next());
    }

    [Fact]
    public async Task Expand_repeats_on_demand_and_takes_the_next_when_it_comes()
    {
        var (source, sink) = Probes(Flow.Create<int>().Expand(x => Enumerable.Repeat(x, 1000).GetEnumerator()));

        await source.Send(1);
        await sink.Request(3);
        await sink.ExpectNext(1, 1, 1);
        await source.Send(2);
        await sink.Request(2);
        await sink.ExpectNext(2, 2);
    }

    [Fact]
    public async Task Expand_emits_each_element_at_least_once()
    {
        var (source, sink) = Probes(Flow.Create<int>().Expand(x => Enumerable.Repeat(x, 1000).GetEnumerator()));

        await source.Send(1);
        await source.ExpectNoPull();
        await source.Complete();
        await sink.Request(3);
        await sink.ExpectNext(1);
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task Detach_asks_for_one_element_ahead()
    {
        var (source, sink) = Probes(Flow.Create<int>().Detach());

        await source.Send(1);
        await source.ExpectNoPull();
        await source.Complete();
        Assert.Equal(1, await sink.Next());
        await sink.ExpectComplete();
    }
}
