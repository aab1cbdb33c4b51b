using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class SourcesSpec : StreamSpec
{
    [Fact]
    public async Task Empty_single_and_failed_sources_end_at_once()
    {
        Assert.Empty(await Collect(Source.Empty<int>()));
        Assert.Equal([1], await Collect(Source.Single(1)));
        var boom = new Boom();
        Assert.Same(boom, await Failure(Source.Failed<int>(boom)));
    }

    [Fact]
    public async Task From_enumerates_anew_for_each_run()
    {
        var source = Source.From(Enumerable.Range(1, 3));

        Assert.Equal([1, 2, 3], await Collect(source));
        Assert.Equal([1, 2, 3], await Collect(source));
    }

    [Fact]
    public async Task From_disposes_its_enumerator_when_it_is_cancelled()
    {
        var disposed = new TaskCompletionSource();
        IEnumerable<int> Numbers()
        {
            try
            {
                while (true) yield return 1;
            }
            finally
            {
                disposed.SetResult();
            }
        }

        Assert.Equal([1, 1], await Collect(Source.From(Numbers()).Take(2)));
        await disposed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task From_fails_with_what_the_enumeration_throws()
    {
        static IEnumerable<int> Numbers()
        {
            yield return 1;
            throw new Boom();
        }

        Assert.IsType<Boom>(await Failure(Source.From(Numbers())));
    }

    [Fact]
    public async Task Repeat_and_cycle_go_on_and_on()
    {
        Assert.Equal([7, 7, 7], await Collect(Source.Repeat(7).Take(3)));
        var cycle = Source.Cycle(() => new List<int> { 1, 2 }.GetEnumerator());
        Assert.Equal([1, 2, 1, 2, 1], await Collect(cycle.Take(5)));
        Assert.IsType<ArgumentException>(await Failure(Source.Cycle(() => new List<int>().GetEnumerator())));
    }

    [Fact]
    public async Task Tick_ticks_until_it_is_cancelled()
    {
        var (cancelable, ticks) = Source.Tick(TimeSpan.Zero, TimeSpan.FromMilliseconds(5), "tick")
            .ToMaterialized(SinkProbe<string>.Create(), Keep.Both).Run(Materializer);

        Assert.Equal("tick", await ticks.Next());
        Assert.Equal("tick", await ticks.Next());
        Assert.False(cancelable.IsCancellationRequested);
        cancelable.Cancel();

        await ticks.ExpectComplete();
        Assert.True(cancelable.IsCancellationRequested);
    }

    [Fact]
    public async Task Unfold_makes_elements_until_there_is_none()
    {
        var source = Source.Unfold(1, x => x > 100 ? Option<(int, int)>.None : (x * 3, x));

        Assert.Equal([1, 3, 9, 27, 81], await Collect(source));
        Assert.Equal([1, 2, 4], await Collect(Source.UnfoldInfinite(1, x => (x * 2, x)).Take(3)));
    }

    [Fact]
    public async Task UnfoldAsync_makes_elements_until_there_is_none()
    {
        var source = Source.UnfoldAsync(1, async x =>
        {
            await Task.Yield();
            return x > 3 ? Option<(int, int)>.None : (x + 1, x);
        });

        Assert.Equal([1, 2, 3], await Collect(source));
        Assert.IsType<Boom>(await Failure(
            Source.UnfoldAsync(1, _ => Task.FromException<Option<(int, int)>>(new Boom()))));
    }

    [Fact]
    public async Task UnfoldAsync_is_asked_on_demand_only()
    {
        var asked = 0;
        var sink = Source.UnfoldAsync(1, x =>
        {
            asked++;
            return Task.FromResult<Option<(int, int)>>((x + 1, x));
        }).RunWith(SinkProbe<int>.Create(), Materializer);

        await sink.ExpectNothing();
        Assert.Equal(0, asked);
        Assert.Equal(1, await sink.Next());
        await sink.ExpectNothing();
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_task_gives_its_result_or_its_failure()
    {
        var promise = new TaskCompletionSource<int>();
        var collected = Collect(Source.FromTask(promise.Task));
        promise.SetResult(5);

        Assert.Equal([5], await collected);
        Assert.IsType<Boom>(await Failure(Source.FromTask(Task.FromException<int>(new Boom()))));
    }

    [Fact]
    public async Task A_task_source_is_the_source_that_the_task_gives()
    {
        var promise = new TaskCompletionSource<Source<int, string>>();
        var (value, collected) = Source.FromTaskSource(promise.Task)
            .ToMaterialized(Sink.Seq<int>(), Keep.Both).Run(Materializer);

        promise.SetResult(Source.From([1, 2]).MapMaterializedValue(_ => "made"));

        Assert.Equal([1, 2], await collected.WaitAsync(Patience));
        Assert.Equal("made", await value.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_lazy_source_is_made_on_demand()
    {
        var made = 0;
        var (value, sink) = Source.Lazily(() =>
        {
            made++;
            return Source.From([1, 2]).MapMaterializedValue(_ => "made");
        }).ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        await sink.ExpectNothing();
        Assert.Equal(0, made);
        await sink.Request(5);
        await sink.ExpectNext(1, 2);
        await sink.ExpectComplete();
        Assert.Equal("made", await value.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_lazy_source_that_is_never_asked_is_never_made()
    {
        var (value, sink) = Source.Lazily<int, NotUsed>(() => throw new Boom())
            .ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

        await sink.Cancel();

        Assert.IsNotType<Boom>(await Record.ExceptionAsync(() => value.WaitAsync(Patience)));
    }

    [Fact]
    public async Task Maybe_gives_one_element_or_none_or_a_failure()
    {
        var graph = Source.Maybe<string>().ToMaterialized(Sink.Seq<string>(), Keep.Both);

        var (promise, collected) = graph.Run(Materializer);
        promise.SetResult("it");
        Assert.Equal(["it"], await collected.WaitAsync(Patience));

        (promise, collected) = graph.Run(Materializer);
        promise.SetResult(null!);
        Assert.Empty(await collected.WaitAsync(Patience));

        (promise, collected) = graph.Run(Materializer);
        promise.SetException(new Boom());
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => collected.WaitAsync(Patience));
        Assert.IsType<Boom>(failure.GetBaseException());
    }

    [Fact]
    public async Task A_resource_is_opened_read_and_closed()
    {
        var log = new List<string>();
        var source = Source.UnfoldResource(
            () =>
            {
                log.Add("open");
                return new Queue<int>([1, 2]);
            },
            queue => queue.TryDequeue(out var x) ? x : Option<int>.None,
            _ => log.Add("close"));

        Assert.Equal([1, 2], await Collect(source));
        Assert.Equal(["open", "close"], log);
    }

    [Fact]
    public async Task A_resource_is_closed_when_reading_throws_and_when_the_stream_is_cancelled()
    {
        var closed = 0;
        var throwing = Source.UnfoldResource<int, int>(() => 0, _ => throw new Boom(), _ => closed++);
        Assert.IsType<Boom>(await Failure(throwing));
        Assert.Equal(1, closed);

        var endless = Source.UnfoldResource<int, int>(() => 0, _ => 1, _ => closed++);
        Assert.Equal([1, 1], await Collect(endless.Take(2)));
        Assert.Equal(2, closed);
    }

    [Fact]
    public async Task An_asynchronous_resource_is_opened_read_and_closed()
    {
        var closed = new TaskCompletionSource();
        var source = Source.UnfoldResourceAsync(
            async () =>
            {
                await Task.Yield();
                return new Queue<int>([1, 2]);
            },
            async queue =>
            {
                await Task.Yield();
                return queue.TryDequeue(out var x) ? x : Option<int>.None;
            },
            _ =>
            {
                closed.SetResult();
                return Task.FromResult(Done.Instance);
            });

        Assert.Equal([1, 2], await Collect(source));
        await closed.Task.WaitAsync(Patience);
    }
}
