using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class LimitingSpec : StreamSpec
{
    [Fact]
    public async Task Take_completes_and_cancels_after_its_elements()
    {
        var (source, sink) = Probes(Flow.Create<int>().Take(2));

        await sink.Request(5);
        await source.Send(1, 2);

        await sink.ExpectNext(1, 2);
        await sink.ExpectComplete();
        await source.ExpectCancellation();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Take_of_nothing_completes_at_once_without_demand(long count)
    {
        var (source, sink) = Probes(Flow.Create<int>().Take(count));

        await sink.ExpectComplete();
        await source.ExpectCancellation();
    }

    [Fact]
    public async Task TakeWhile_ends_before_or_with_the_first_misfit()
    {
        var source = Source.From([1, 2, 3, 1]);
        Assert.Equal([1, 2], await Collect(source.TakeWhile(x => x < 3)));
        Assert.Equal([1, 2, 3], await Collect(source.TakeWhile(x => x < 3, inclusive: true)));
    }

    [Fact]
    public async Task Skip_and_SkipWhile_drop_the_beginning()
    {
        Assert.Equal([3], await Collect(Source.From([1, 2, 3]).Skip(2)));
        Assert.Empty(await Collect(Source.From([1, 2]).Skip(5)));
        Assert.Equal([3, 1], await Collect(Source.From([1, 2, 3, 1]).SkipWhile(x => x < 3)));
    }

    [Fact]
    public async Task Limit_fails_at_the_first_element_too_many()
    {
        Assert.Equal([1, 2], await Collect(Source.From([1, 2]).Limit(2)));
        Assert.IsType<StreamLimitReachedException>(await Failure(Source.From([1, 2, 3]).Limit(2)));
        Assert.IsType<StreamLimitReachedException>(
            await Failure(Source.From(["a", "bbb"]).LimitWeighted(3, text => text.Length)));
    }

    [Fact]
    public async Task Intersperse_marks_beginning_middle_and_end()
    {
        Assert.Equal(["[", "a", ",", "b", "]"], await Collect(Source.From(["a", "b"]).Intersperse("[", ",", "]")));
        Assert.Equal(["[", "]"], await Collect(Source.Empty<string>().Intersperse("[", ",", "]")));
        Assert.Equal(["a", ",", "b"], await Collect(Source.From(["a", "b"]).Intersperse(",")));
        Assert.Empty(await Collect(Source.Empty<string>().Intersperse(",")));
    }

    [Fact]
    public async Task Intersperse_completes_only_after_its_last_marker_was_asked_for()
    {
        var (source, sink) = Probes(Flow.Create<string>().Intersperse("[", ",", "]"));

        await sink.Request(1);
        await source.Send("a");
        await sink.ExpectNext("[");
        await source.Complete();
        await sink.ExpectNothing();
        await sink.Request(1);
        await sink.ExpectNext("a");
        await sink.Request(1);
        await sink.ExpectNext("]");
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task TakeWhile_goes_on_without_the_element_when_supervision_resumes() =>
        Assert.Equal([1, 3], await Collect(Source.From([1, 2, 3, 9])
            .TakeWhile(x => x == 2 ? throw new Boom() : x < 9)
            .WithAttributes(Deciding(Deciders.ResumingDecider))));
}
