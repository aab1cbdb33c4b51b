using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Supervision;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class SelectAsyncSpec : StreamSpec
{
    private static TaskCompletionSource<int> NewTask() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Results_come_in_the_order_of_the_elements()
    {
        var tasks = Enumerable.Range(0, 3).Select(_ => NewTask()).ToArray();
        var collected = Collect(Source.From([0, 1, 2]).SelectAsync(3, i => tasks[i].Task));

        tasks[2].SetResult(2);
        tasks[1].SetResult(1);
        tasks[0].SetResult(0);

        Assert.Equal([0, 1, 2], await collected);
    }

    [Fact]
    public async Task Unordered_results_come_as_they_are_done()
    {
        var tasks = Enumerable.Range(0, 3).Select(_ => NewTask()).ToArray();
        var sink = Source.From([0, 1, 2]).SelectAsyncUnordered(3, i => tasks[i].Task)
            .RunWith(SinkProbe<int>.Create(), Materializer);
        await sink.Request(3);

        tasks[2].SetResult(2);
        await sink.ExpectNext(2);
        tasks[0].SetResult(0);
        await sink.ExpectNext(0);
        tasks[1].SetResult(1);
        await sink.ExpectNext(1);
        await sink.ExpectComplete();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_more_tasks_run_than_allowed(bool ordered)
    {
        var running = 0;
        var most = 0;
        async Task<int> Map(int x)
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return x;
        }

        var source = Source.From(Enumerable.Range(0, 500));
        var results = await Collect(ordered ? source.SelectAsync(4, Map) : source.SelectAsyncUnordered(4, Map));

        Assert.Equal(Enumerable.Range(0, 500), results.Order());
        Assert.InRange(most, 1, 4);
    }

    [Fact]
    public async Task A_slow_sink_stops_the_source()
    {
        var (source, sink) = Probes(Flow.Create<int>().SelectAsync(2, Task.FromResult));

        await source.ExpectNoPull();
        await sink.Request(1);
        await source.Send(1, 2, 3);
        await source.ExpectNoPull();
        await sink.ExpectNext(1);
        await sink.Request(1);
        await source.ExpectPull();
    }

    [Fact]
    public async Task A_failed_task_fails_the_stream_though_an_earlier_one_still_runs()
    {
        var never = NewTask();

        var failure = await Failure(Source.From([0, 1])
            .SelectAsync(2, i => i == 0 ? never.Task : Task.FromException<int>(new Boom())));

        Assert.IsType<Boom>(failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_task_is_dropped_when_supervision_resumes(bool ordered)
    {
        static Task<int> Map(int x) => x switch
        {
            2 => Task.FromException<int>(new Boom()),
            4 => throw new Boom(),
            _ => Task.FromResult(x),
        };

        var source = Source.From([1, 2, 3, 4, 5]);
        var mapped = ordered ? source.SelectAsync(2, Map) : source.SelectAsyncUnordered(2, Map);

        Assert.Equal([1, 3, 5], await Collect(mapped.WithAttributes(Deciding(Deciders.ResumingDecider))));
    }

    [Fact]
    public async Task A_null_result_is_a_failure() =>
        Assert.IsType<ArgumentNullException>(
            await Failure(Source.Single(1).SelectAsync(1, _ => Task.FromResult<string>(null!))));

    [Fact]
    public async Task Cancellation_passes_while_tasks_run()
    {
        var never = NewTask();
        var (source, sink) = Probes(Flow.Create<int>().SelectAsync(2, _ => never.Task));

        await sink.Request(1);
        await source.Send(1);
        await sink.Cancel();

        await source.ExpectCancellation();
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
