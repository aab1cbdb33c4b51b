using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class MappingSpec : StreamSpec
{
    [Fact]
    public async Task Select_maps_each_element() =>
        Assert.Equal([2, 4, 6], await Collect(Source.From([1, 2, 3]).Select(x => x * 2)));

    [Fact]
    public async Task Select_fails_the_stream_with_what_the_function_throws()
    {
        var boom = new Boom();

        var failure = await Failure(Source.From([1, 2, 3]).Select<int, int, NotUsed>(_ => throw boom));

        Assert.Same(boom, failure);
    }

    [Fact]
    public async Task Select_drops_the_element_when_supervision_resumes() =>
        Assert.Equal([1, 3], await Collect(Source.From([1, 2, 3])
            .Select(x => x == 2 ? throw new Boom() : x)
            .WithAttributes(Deciding(Deciders.ResumingDecider))));

    [Fact]
    public async Task Demand_and_elements_pass_one_by_one()
    {
        var (source, sink) = Probes(Flow.Create<int>().Select(x => x + 1));

        await source.ExpectNoPull();
        await sink.Request(1);
        await source.Send(1);
        await sink.ExpectNext(2);
        await source.ExpectNoPull();
        await sink.ExpectNothing();
    }

    [Fact]
    public async Task Completion_failure_and_cancellation_pass()
    {
        var (source, sink) = Probes(Flow.Create<int>().Select(x => x));
        await source.Complete();
        await sink.ExpectComplete();

        (source, sink) = Probes(Flow.Create<int>().Select(x => x));
        var boom = new Boom();
        await source.Fail(boom);
        Assert.Same(boom, await sink.ExpectFailure());

        (source, sink) = Probes(Flow.Create<int>().Select(x => x));
        await sink.Cancel();
        Assert.IsAssignableFrom<SubscriptionWithCancelException.NonFailureCancellation>(
            await source.ExpectCancellation());

        (source, sink) = Probes(Flow.Create<int>().Select(x => x));
        await sink.Cancel(boom);
        Assert.Same(boom, await source.ExpectCancellation());
    }

    [Fact]
    public async Task Where_and_WhereNot_keep_what_they_say()
    {
        Assert.Equal([2, 4], await Collect(Source.From([1, 2, 3, 4]).Where(x => x % 2 == 0)));
        Assert.Equal([1, 3], await Collect(Source.From([1, 2, 3, 4]).WhereNot(x => x % 2 == 0)));
    }

    [Fact]
    public async Task Where_resumes_without_the_element() =>
        Assert.Equal([1, 3], await Collect(Source.From([1, 2, 3])
            .Where(x => x == 2 ? throw new Boom() : true)
            .WithAttributes(Deciding(Deciders.ResumingDecider))));

    [Fact]
    public async Task Collect_maps_where_it_is_defined() =>
        Assert.Equal(["1", "3"], await Collect(Source.From([1, 2, 3]).Collect(x => x != 2, x => $"{x}")));

    [Fact]
    public async Task SelectMany_emits_all_parts_in_order() =>
        Assert.Equal([1, 3, 3, 3], await Collect(
            Source.From([1, 0, 3]).SelectMany(x => Enumerable.Repeat(x, x))));

    [Fact]
    public async Task SelectMany_asks_for_the_next_element_only_after_the_last_part()
    {
        var (source, sink) = Probes(Flow.Create<int>().SelectMany(x => Enumerable.Range(0, x)));

        await sink.Request(1);
        await source.Send(2);
        await sink.ExpectNext(0);
        await source.ExpectNoPull();
        await sink.Request(1);
        await sink.ExpectNext(1);
        await source.ExpectNoPull();
        await sink.Request(1);
        await source.ExpectPull();
    }

    [Fact]
    public async Task SelectMany_emits_the_rest_after_the_upstream_has_completed()
    {
        var (source, sink) = Probes(Flow.Create<int>().SelectMany(x => Enumerable.Range(0, x)));

        await sink.Request(1);
        await source.Send(3);
        await source.Complete();
        await sink.ExpectNext(0);
        await sink.Request(5);
        await sink.ExpectNext(1, 2);
        await sink.ExpectComplete();
    }

    [Fact]
    public async Task StatefulSelectMany_has_its_own_state_for_each_run_and_after_a_restart()
    {
        var source = Source.From([1, 2, -1, 3, 4])
            .StatefulSelectMany<int, int, NotUsed>(() =>
            {
                var sum = 0;
                return x => x < 0 ? throw new Boom() : [sum += x];
            });

        var restarting = source.WithAttributes(Deciding(Deciders.RestartingDecider));
        Assert.Equal([1, 3, 3, 7], await Collect(restarting));
        Assert.Equal([1, 3, 3, 7], await Collect(restarting));
        var resuming = source.WithAttributes(Deciding(Deciders.ResumingDecider));
        Assert.Equal([1, 3, 6, 10], await Collect(resuming));
    }

    [Fact]
    public async Task SelectError_replaces_the_failure()
    {
        var failure = await Failure(Source.Failed<int>(new Boom()).SelectError(e => new ArgumentException(e.Message)));

        Assert.IsType<ArgumentException>(failure);
        Assert.Equal("boom", failure.Message);
    }

    [Fact]
    public async Task A_settings_decider_counts_where_no_attribute_says_otherwise()
    {
        var settings = ActorMaterializerSettings.Create(Sys).WithSupervisionStrategy(Deciders.ResumingDecider);
        using var resuming = ActorMaterializer.Create(Sys, settings);
        var source = Source.From([1, 2, 3]).Select(x => x == 2 ? throw new Boom() : x);

        Assert.Equal([1, 3], await source.RunWith(Sink.Seq<int>(), resuming).WaitAsync(Patience));

        var stopping = source.WithAttributes(Deciding(Deciders.StoppingDecider));
        await Assert.ThrowsAsync<Boom>(() => stopping.RunWith(Sink.Seq<int>(), resuming).WaitAsync(Patience));
    }
}
