using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class AsyncEnumerableSpec : StreamSpec
{
    private int _produced;
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async IAsyncEnumerable<int> Numbers(int count, [EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            for (var i = 0; i < count; i++)
            {
                if (i % 3 == 0) await Task.Yield();
                Interlocked.Increment(ref _produced);
                yield return i;
            }

            if (count < 0) await Task.Delay(Timeout.Infinite, token);
        }
        finally
        {
            _disposed.TrySetResult();
        }
    }

    [Fact]
    public async Task A_source_emits_the_sequence()
    {
        Assert.Equal(Enumerable.Range(0, 100), await Collect(Source.From(() => Numbers(100))));
        await _disposed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_source_asks_the_sequence_on_demand_only()
    {
        var sink = Source.From(() => Numbers(100)).RunWith(SinkProbe<int>.Create(), Materializer);

        await sink.ExpectNothing();
        Assert.Equal(0, _produced);
        Assert.Equal(0, await sink.Next());
        Assert.Equal(1, await sink.Next());
        await sink.ExpectNothing();
        Assert.Equal(2, _produced);
    }

    [Fact]
    public async Task A_source_disposes_the_sequence_when_it_is_cancelled()
    {
        var sink = Source.From(() => Numbers(100)).RunWith(SinkProbe<int>.Create(), Materializer);
        Assert.Equal(0, await sink.Next());

        await sink.Cancel();

        await _disposed.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_source_fails_as_the_sequence_does()
    {
        static async IAsyncEnumerable<int> Failing()
        {
            yield return 1;
            await Task.Yield();
            throw new Boom();
        }

        Assert.IsType<Boom>(await Failure(Source.From(() => Failing())));
    }

    [Fact]
    public async Task A_source_can_be_enumerated_again_and_again()
    {
        var sequence = Source.From(Enumerable.Range(0, 50)).RunAsAsyncEnumerable(Materializer);

        for (var run = 0; run < 2; run++)
        {
            var read = new List<int>();
            await foreach (var x in sequence) read.Add(x);
            Assert.Equal(Enumerable.Range(0, 50), read);
        }
    }

    [Fact]
    public async Task An_enumeration_fails_as_the_source_does()
    {
        var sequence = Source.Failed<int>(new Boom()).RunAsAsyncEnumerable(Materializer);

        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var _ in sequence)
            {
            }
        });
    }

    [Fact]
    public async Task Leaving_an_enumeration_cancels_the_source()
    {
        var ended = new TaskCompletionSource();
        var source = Source.Repeat(1).WatchTermination((_, task) =>
        {
            task.ContinueWith(_ => ended.SetResult(), TaskScheduler.Default);
            return 0;
        });

        await foreach (var _ in source.RunAsAsyncEnumerableBuffer(Materializer, 1, 1)) break;

        await ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Cancelling_the_token_ends_an_enumeration_that_waits()
    {
        using var cancellation = new CancellationTokenSource();
        var enumerator = Source.Never<int>().RunAsAsyncEnumerable(Materializer).GetAsyncEnumerator(cancellation.Token);

        var waiting = enumerator.MoveNextAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await enumerator.DisposeAsync();
    }

    [Fact]
    public async Task An_enumeration_prefetches_no_more_than_its_buffer()
    {
        var source = SourceProbe<int>.Create();
        var probe = new TaskCompletionSource<SourceProbe<int>>();
        var sequence = source.MapMaterializedValue(made =>
        {
            probe.SetResult(made);
            return 0;
        }).RunAsAsyncEnumerableBuffer(Materializer, 2, 2);
        await using var enumerator = sequence.GetAsyncEnumerator();
        var producer = await probe.Task.WaitAsync(Patience);

        await producer.Send(1, 2);
        await producer.ExpectNoPull();
        Assert.True(await enumerator.MoveNextAsync());
        Assert.Equal(1, enumerator.Current);
        await producer.ExpectPull();
    }
}
