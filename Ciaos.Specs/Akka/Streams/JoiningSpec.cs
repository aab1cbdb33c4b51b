using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class JoiningSpec : StreamSpec
{
    [Fact]
    public async Task Concat_and_prepend_put_sources_in_a_row()
    {
        var ab = Source.From(["a", "b"]);
        var cd = Source.From(["c", "d"]);

        Assert.Equal(["a", "b", "c", "d"], await Collect(ab.Concat(cd)));
        Assert.Equal(["c", "d", "a", "b"], await Collect(ab.Prepend(cd)));
        Assert.Equal(["a", "b"], await Collect(Source.Empty<string>().Concat(ab)));
        Assert.Equal(["a", "b"], await Collect(ab.Concat(Source.Empty<string>())));
        Assert.Equal(["a", "b", "a", "b", "a", "b"], await Collect(ab.Concat(ab).Concat(ab)));
    }

    [Fact]
    public async Task Concat_keeps_both_materialized_values_where_asked()
    {
        var first = Source.Single(1).MapMaterializedValue(_ => "first");
        var second = Source.Single(2).MapMaterializedValue(_ => "second");

        var (values, collected) = first.ConcatMaterialized(second, Keep.Both)
            .ToMaterialized(Sink.Seq<int>(), Keep.Both).Run(Materializer);

        Assert.Equal(("first", "second"), values);
        Assert.Equal([1, 2], await collected.WaitAsync(Patience));
    }

    [Fact]
    public async Task Concat_fails_and_cancels_with_its_parts()
    {
        Assert.IsType<Boom>(await Failure(Source.Single(1).Concat(Source.Failed<int>(new Boom()))));

        var (first, second, sink) = Two((a, b) => a.ConcatMaterialized(b, Keep.Both));
        await sink.Cancel();
        await first.ExpectCancellation();
        await second.ExpectCancellation();
    }

    [Fact]
    public async Task Prepend_widens_the_element_type()
    {
        Source<object, NotUsed> mixed = Source.Single("b").Prepend<string, object, NotUsed>(Source.Single<object>(1));

        Assert.Equal([1, "b"], await Collect(mixed));
    }

    [Fact]
    public async Task Merge_emits_elements_as_they_come()
    {
        var (first, second, sink) = Two((a, b) => a.MergeMaterialized(b, Keep.Both));

        await sink.Request(10);
        await second.Send(1);
        await sink.ExpectNext(1);
        await first.Send(2);
        await sink.ExpectNext(2);
        await first.Complete();
        await second.Send(3);
        await sink.ExpectNext(3);
        await second.Complete();
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task Merge_loses_nothing_and_ends_eagerly_only_where_told()
    {
        var evens = Source.From(Enumerable.Range(0, 100).Select(x => x * 2));
        var odds = Source.From(Enumerable.Range(0, 100).Select(x => (x * 2) + 1));

        Assert.Equal(Enumerable.Range(0, 200), (await Collect(evens.Merge(odds))).Order());
        Assert.Equal([1], await Collect(Source.Never<int>().Merge(Source.Single(1), eagerComplete: true)));
    }

    [Fact]
    public async Task Zip_pairs_until_the_shorter_ends()
    {
        Assert.Equal([(1, "a"), (2, "b")], await Collect(Source.From([1, 2, 3]).Zip(Source.From(["a", "b"]))));
        Assert.Equal([11, 22], await Collect(Source.From([1, 2]).ZipWith(Source.From([10, 20]), (a, b) => a + b)));
        Assert.Equal([("a", 0L), ("b", 1L)], await Collect(Source.From(["a", "b"]).ZipWithIndex()));
    }

    [Fact]
    public async Task AlsoTo_goes_at_the_pace_of_the_slower()
    {
        var ((source, side), main) = SourceProbe<int>.Create()
            .AlsoToMaterialized(SinkProbe<int>.Create(), Keep.Both)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        await main.Request(2);
        await source.ExpectNoPull();
        await side.Request(1);
        await source.Send(1);
        await side.ExpectNext(1);
        await main.ExpectNext(1);
        await source.ExpectNoPull();
        await source.Complete();
        await side.ExpectComplete();
        await main.ExpectComplete();
    }

    [Fact]
    public async Task WireTap_never_slows_the_stream_down()
    {
        var ((source, side), main) = SourceProbe<int>.Create()
            .WireTapMaterialized(SinkProbe<int>.Create(), Keep.Both)
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        await main.Request(10);
        await source.Send(1, 2, 3);
        await main.ExpectNext(1, 2, 3);
        await side.ExpectNothing();
        await side.Cancel();
        await source.Send(4);
        await main.ExpectNext(4);
    }

    [Fact]
    public async Task WireTap_shows_each_element_to_a_function()
    {
        var seen = new List<int>();

        Assert.Equal([1, 2], await Collect(Source.From([1, 2]).WireTap(seen.Add)));
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task Recover_replaces_a_failure_by_an_element()
    {
        var failing = Source.From([1, 2, 0]).Select(x => x == 0 ? throw new Boom() : x);

        Assert.Equal([1, 2, 9], await Collect(failing.Recover(e => e is Boom ? 9 : Option<int>.None)));
        Assert.IsType<Boom>(await Failure(failing.Recover(_ => Option<int>.None)));
    }

    [Fact]
    public async Task RecoverWithRetries_goes_on_with_another_source_so_many_times()
    {
        var failing = Source.From([1, 0]).Select(x => x == 0 ? throw new Boom() : x);

        Assert.Equal([1, 7, 8], await Collect(failing.RecoverWithRetries(_ => Source.From([7, 8]), 1)));
        Assert.Equal(10, (await Collect(failing.RecoverWithRetries(_ => failing, -1).Take(10))).Count);
        var attempts = 0;
        Assert.IsType<Boom>(await Failure(failing.RecoverWithRetries(
            _ =>
            {
                attempts++;
                return failing;
            },
            2)));
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task WatchTermination_tells_how_the_stream_ended()
    {
        var ended = Source.Single(1).WatchTermination(Keep.Right).To(Sink.Ignore<int>()).Run(Materializer);
        Assert.Same(Done.Instance, await ended.WaitAsync(Patience));

        ended = Source.Failed<int>(new Boom()).WatchTermination(Keep.Right).To(Sink.Ignore<int>()).Run(Materializer);
        await Assert.ThrowsAsync<Boom>(() => ended.WaitAsync(Patience));

        ended = Source.Never<int>().WatchTermination(Keep.Right).To(Sink.Cancelled<int>()).Run(Materializer);
        Assert.Same(Done.Instance, await ended.WaitAsync(Patience));
    }

    private (SourceProbe<int> First, SourceProbe<int> Second, SinkProbe<int> Sink) Two(
        Func<Source<int, SourceProbe<int>>, Source<int, SourceProbe<int>>,
            Source<int, (SourceProbe<int>, SourceProbe<int>)>> join)
    {
        var ((first, second), sink) = join(SourceProbe<int>.Create(), SourceProbe<int>.Create())
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);
        return (first, second, sink);
    }
}
