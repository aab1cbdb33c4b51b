using System.Diagnostics;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class GroupingSpec : StreamSpec
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Grouped_emits_full_groups_and_the_rest()
    {
        var groups = await Collect(Source.From(Enumerable.Range(1, 5)).Grouped(2));

        Assert.Equal([[1, 2], [3, 4], [5]], groups);
        Assert.Empty(await Collect(Source.Empty<int>().Grouped(2)));
    }

    [Fact]
    public async Task Grouped_asks_for_no_more_than_a_group_per_demand()
    {
        var (source, sink) = Probes(Flow.Create<int>().Grouped(2));

        await source.ExpectNoPull();
        await sink.Request(1);
        await source.Send(1, 2);
        Assert.Equal([1, 2], await sink.ExpectNext());
        await source.ExpectNoPull();
    }

    [Fact]
    public void Group_sizes_must_be_positive()
    {
        Assert.Throws<ArgumentException>(() => Source.Single(1).Grouped(0));
        Assert.Throws<ArgumentException>(() => Source.Single(1).Sliding(0));
        Assert.Throws<ArgumentException>(() => Source.Single(1).GroupedWithin(0, Long));
        Assert.Throws<ArgumentException>(() => Source.Single(1).GroupedWithin(1, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(4, 1)]
    public async Task Sliding_emits_each_window_of_the_sequence(int size, int step)
    {
        for (var length = 0; length < 12; length++)
        {
            var elements = Enumerable.Range(1, length).ToList();

            var windows = await Collect(Source.From(elements).Sliding(size, step));

            Assert.Equal(Windows(elements, size, step), windows);
        }
    }

    [Fact]
    public async Task GroupedWithin_emits_a_full_group_at_once()
    {
        var (source, sink) = Probes(Flow.Create<int>().GroupedWithin(2, Long));

        await sink.Request(2);
        await source.Send(1, 2);
        Assert.Equal([1, 2], await sink.ExpectNext());
        await source.Send(3);
        await source.Complete();
        Assert.Equal([3], await sink.ExpectNext());
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task GroupedWithin_emits_what_there_is_when_the_interval_ends_and_nothing_when_there_is_nothing()
    {
        var (source, sink) = Probes(Flow.Create<int>().GroupedWithin(100, Short));

        await sink.Request(2);
        await source.Send(1, 2);
        Assert.Equal([1, 2], (await sink.ExpectNext()).Concat([]));
        await source.Send(3);
        Assert.Equal([3], await sink.ExpectNext());
    }

    [Fact]
    public async Task GroupedWithin_stops_asking_when_a_group_waits_for_demand()
    {
        var (source, sink) = Probes(Flow.Create<int>().GroupedWithin(2, Long));

        await source.Send(1, 2);
        await source.ExpectNoPull();
        Assert.Equal([1, 2], await sink.Next());
        await source.ExpectPull();
    }

    [Fact]
    public async Task GroupedWeightedWithin_begins_a_group_with_what_would_be_too_heavy()
    {
        var groups = await Collect(
            Source.From([1L, 2L, 3L, 6L, 1L, 7L]).GroupedWeightedWithin(5, int.MaxValue, Long, x => x));

        Assert.Equal([[1L, 2L], [3L], [6L], [1L], [7L]], groups);
    }

    private static IEnumerable<List<int>> Windows(List<int> elements, int size, int step)
    {
        var start = 0;
        do
        {
            var window = elements.Skip(start).Take(size).ToList();
            if (window.Count > 0) yield return window;
            start += step;
        }
        while (start + size - step < elements.Count);
    }
}
