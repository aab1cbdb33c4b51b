using System.Threading.Channels;
using Akka;
using Akka.Pattern;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class SinksSpec : StreamSpec
{
    private Task<T> Run<TIn, T>(Source<TIn, NotUsed> source, Sink<TIn, Task<T>> sink) =>
        source.RunWith(sink, Materializer).WaitAsync(Patience);

    [Fact]
    public async Task First_and_last_take_what_they_say()
    {
        var source = Source.From([1, 2, 3]);
        Assert.Equal(1, await Run(source, Sink.First<int>()));
        Assert.Equal(1, await Run(source, Sink.FirstOrDefault<int>()));
        Assert.Equal(3, await Run(source, Sink.Last<int>()));
        Assert.Equal(3, await Run(source, Sink.LastOrDefault<int>()));
    }

    [Fact]
    public async Task Without_an_element_first_and_last_fail_or_give_the_default()
    {
        var empty = Source.Empty<int>();
        await Assert.ThrowsAsync<NoSuchElementException>(() => Run(empty, Sink.First<int>()));
        await Assert.ThrowsAsync<NoSuchElementException>(() => Run(empty, Sink.Last<int>()));
        Assert.Equal(0, await Run(empty, Sink.FirstOrDefault<int>()));
        Assert.Equal(0, await Run(empty, Sink.LastOrDefault<int>()));
    }

    [Fact]
    public async Task First_cancels_the_rest()
    {
        var (source, first) = SourceProbe<int>.Create().ToMaterialized(Sink.First<int>(), Keep.Both).Run(Materializer);

        await source.Send(1);

        Assert.Equal(1, await first.WaitAsync(Patience));
        await source.ExpectCancellation();
    }

    [Fact]
    public async Task Every_result_fails_with_the_stream()
    {
        var failed = Source.Failed<int>(new Boom());
        await Assert.ThrowsAsync<Boom>(() => Run(failed, Sink.First<int>()));
        await Assert.ThrowsAsync<Boom>(() => Run(failed, Sink.LastOrDefault<int>()));
        await Assert.ThrowsAsync<Boom>(() => Run(failed, Sink.Seq<int>()));
        await Assert.ThrowsAsync<Boom>(() => Run(failed, Sink.Ignore<int>()));
        await Assert.ThrowsAsync<Boom>(() => Run(failed, Sink.ForEach<int>(_ => { })));
        await Assert.ThrowsAsync<Boom>(() => Run(failed, Sink.Aggregate<int, int>(0, (a, b) => a + b)));
    }

    [Fact]
    public async Task ForEach_acts_on_each_element_and_fails_as_the_action_does()
    {
        var seen = new List<int>();
        await Run(Source.From([1, 2, 3]), Sink.ForEach<int>(seen.Add));
        Assert.Equal([1, 2, 3], seen);

        await Source.From([4]).RunForeach(seen.Add, Materializer).WaitAsync(Patience);
        Assert.Equal([1, 2, 3, 4], seen);

        await Assert.ThrowsAsync<Boom>(() => Run(Source.Single(1), Sink.ForEach<int>(_ => throw new Boom())));
    }

    [Fact]
    public async Task ForEachAsync_runs_so_many_at_a_time()
    {
        var gate = new TaskCompletionSource();
        var started = 0;
        var sink = Sink.ForEachAsync<int>(2, async _ =>
        {
            Interlocked.Increment(ref started);
            await gate.Task;
        });
        var (source, done) = SourceProbe<int>.Create().ToMaterialized(sink, Keep.Both).Run(Materializer);

        await source.Send(1, 2);
        await source.ExpectNoPull();
        Assert.Equal(2, started);
        gate.SetResult();
        await source.Send(3);
        await source.Complete();

        await done.WaitAsync(Patience);
        Assert.Equal(3, started);
    }

    [Fact]
    public async Task Cancelled_cancels_at_once()
    {
        var source = SourceProbe<int>.Create().To(Sink.Cancelled<int>()).Run(Materializer);

        await source.ExpectCancellation();
    }

    [Fact]
    public async Task OnComplete_says_how_it_ended()
    {
        var ended = new TaskCompletionSource<Exception?>();
        Source.From([1, 2]).RunWith(Sink.OnComplete<int>(() => ended.SetResult(null), ended.SetResult), Materializer);
        Assert.Null(await ended.Task.WaitAsync(Patience));

        ended = new TaskCompletionSource<Exception?>();
        Source.Failed<int>(new Boom())
            .RunWith(Sink.OnComplete<int>(() => ended.SetResult(null), ended.SetResult), Materializer);
        Assert.IsType<Boom>(await ended.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task ContraMap_maps_before_the_sink() =>
        Assert.Equal(["1", "2"], await Run(
            Source.From([1, 2]), Sink.Seq<string>().ContraMap<int>(x => $"{x}")));

    [Fact]
    public async Task A_queue_gives_elements_on_request_and_then_none()
    {
        var queue = Source.From([1, 2]).RunWith(Sink.Queue<int>(), Materializer);

        Assert.Equal(1, (await queue.PullAsync().WaitAsync(Patience)).Value);
        Assert.Equal(2, (await queue.PullAsync().WaitAsync(Patience)).Value);
        Assert.Equal(Option<int>.None, await queue.PullAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_queue_prefetches_no_more_than_its_buffer()
    {
        var (source, queue) = SourceProbe<int>.Create()
            .ToMaterialized(Sink.Queue<int>().WithAttributes(Attributes.CreateInputBuffer(2, 2)), Keep.Both)
            .Run(Materializer);

        await source.Send(1, 2);
        await source.ExpectNoPull();
        Assert.Equal(1, (await queue.PullAsync().WaitAsync(Patience)).Value);
        await source.ExpectPull();
    }

    [Fact]
    public async Task A_queue_takes_one_request_at_a_time_and_fails_with_the_stream()
    {
        var (source, queue) = SourceProbe<int>.Create().ToMaterialized(Sink.Queue<int>(), Keep.Both).Run(Materializer);

        var waiting = queue.PullAsync();
        await Assert.ThrowsAsync<IllegalStateException>(() => queue.PullAsync().WaitAsync(Patience));
        await source.Fail(new Boom());

        await Assert.ThrowsAsync<Boom>(() => waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task Channels_carry_elements_in_and_out()
    {
        var (writer, reader) = Source.Channel<int>(2)
            .ToMaterialized(Sink.ChannelReader<int>(2, singleReader: true), Keep.Both).Run(Materializer);

        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await writer.WriteAsync(i);
            writer.Complete();
        });
        var read = new List<int>();
        await foreach (var x in reader.ReadAllAsync()) read.Add(x);

        await writing.WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 100), read);
    }

    [Fact]
    public async Task A_full_channel_stops_the_source()
    {
        var channel = Channel.CreateBounded<int>(1);
        var source = SourceProbe<int>.Create().To(Sink.FromWriter(channel.Writer, isOwner: true)).Run(Materializer);

        await source.Send(1, 2);
        await source.ExpectNoPull();
        Assert.Equal(1, await channel.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        await source.ExpectPull();
        await source.Fail(new Boom());
        Assert.Equal(2, await channel.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        await Assert.ThrowsAsync<Boom>(() => channel.Reader.Completion.WaitAsync(Patience));
    }
}
