using Akka.Pattern;
using Akka.Streams;
using Akka.Streams.Dsl;
using Xunit;

namespace Ciaos.Specs.Akka.Streams;

public sealed class QueueSourceSpec : StreamSpec
{
    private (ISourceQueueWithComplete<int> Queue, SinkProbe<int> Sink) Run(int size, OverflowStrategy strategy) =>
        Source.Queue<int>(size, strategy).ToMaterialized(SinkProbe<int>.Create(), Keep.Both).Run(Materializer);

    private static async Task Enqueued(Task<IQueueOfferResult> offer) =>
        Assert.IsType<QueueOfferResult.Enqueued>(await offer.WaitAsync(Patience));

    private static async Task Dropped(Task<IQueueOfferResult> offer) =>
        Assert.IsType<QueueOfferResult.Dropped>(await offer.WaitAsync(Patience));

    [Fact]
    public async Task Offers_are_emitted_in_order()
    {
        var (queue, sink) = Run(10, OverflowStrategy.Fail);

        await Enqueued(queue.OfferAsync(1));
        await Enqueued(queue.OfferAsync(2));
        await sink.Request(3);
        await sink.ExpectNext(1, 2);
        await Enqueued(queue.OfferAsync(3));
        await sink.ExpectNext(3);
    }

    [Fact]
    public async Task An_offer_to_a_full_queue_waits_under_backpressure_and_a_second_one_fails()
    {
        var (queue, sink) = Run(1, OverflowStrategy.Backpressure);
        await Enqueued(queue.OfferAsync(1));

        var waiting = queue.OfferAsync(2);
        await Assert.ThrowsAsync<IllegalStateException>(() => queue.OfferAsync(3).WaitAsync(Patience));
        Assert.False(waiting.IsCompleted);

        Assert.Equal(1, await sink.Next());
        await Enqueued(waiting);
        Assert.Equal(2, await sink.Next());
    }

    [Fact]
    public async Task Without_a_buffer_an_offer_waits_for_demand()
    {
        var (queue, sink) = Run(0, OverflowStrategy.Backpressure);

        var waiting = queue.OfferAsync(1);
        await sink.ExpectNothing();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, await sink.Next());
        await Enqueued(waiting);
    }

    [Fact]
    public async Task A_full_queue_drops_what_its_strategy_says()
    {
        var (queue, sink) = Run(2, OverflowStrategy.DropNew);
        await Enqueued(queue.OfferAsync(1));
        await Enqueued(queue.OfferAsync(2));
        await Dropped(queue.OfferAsync(3));
        await sink.Request(2);
        await sink.ExpectNext(1, 2);

        (queue, sink) = Run(2, OverflowStrategy.DropHead);
        for (var i = 1; i <= 3; i++) await Enqueued(queue.OfferAsync(i));
        await sink.Request(2);
        await sink.ExpectNext(2, 3);

        (queue, sink) = Run(2, OverflowStrategy.DropTail);
        for (var i = 1; i <= 3; i++) await Enqueued(queue.OfferAsync(i));
        await sink.Request(2);
        await sink.ExpectNext(1, 3);

        (queue, sink) = Run(2, OverflowStrategy.DropBuffer);
        for (var i = 1; i <= 3; i++) await Enqueued(queue.OfferAsync(i));
        await sink.Request(1);
        await sink.ExpectNext(3);
    }

    [Fact]
    public async Task A_full_queue_fails_the_stream_where_told_to()
    {
        var (queue, sink) = Run(1, OverflowStrategy.Fail);
        await Enqueued(queue.OfferAsync(1));

        var failure = Assert.IsType<QueueOfferResult.Failure>(await queue.OfferAsync(2).WaitAsync(Patience));

        Assert.IsType<BufferOverflowException>(failure.Cause);
        Assert.IsType<BufferOverflowException>(await sink.ExpectFailure());
        await Assert.ThrowsAsync<BufferOverflowException>(() => queue.WatchCompletionAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Completion_comes_after_what_the_queue_holds()
    {
        var (queue, sink) = Run(2, OverflowStrategy.Backpressure);
        await Enqueued(queue.OfferAsync(1));
        await Enqueued(queue.OfferAsync(2));
        var waiting = queue.OfferAsync(3);

        queue.Complete();
        Assert.False(queue.WatchCompletionAsync().IsCompleted);
        await sink.Request(4);

        await sink.ExpectNext(1, 2, 3);
        await sink.ExpectComplete();
        await Enqueued(waiting);
        await queue.WatchCompletionAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task Failure_comes_at_once()
    {
        var (queue, sink) = Run(2, OverflowStrategy.Backpressure);
        await Enqueued(queue.OfferAsync(1));

        queue.Fail(new Boom());

        Assert.IsType<Boom>(await sink.ExpectFailure());
        await Assert.ThrowsAsync<Boom>(() => queue.WatchCompletionAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Cancellation_answers_the_offer_that_waits_and_refuses_later_ones()
    {
        var (queue, sink) = Run(0, OverflowStrategy.Backpressure);
        var waiting = queue.OfferAsync(1);

        await sink.Cancel();

        Assert.IsType<QueueOfferResult.QueueClosed>(await waiting.WaitAsync(Patience));
        await queue.WatchCompletionAsync().WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<Exception>(() => queue.OfferAsync(2).WaitAsync(Patience));
    }

    [Fact]
    public async Task Many_producers_lose_nothing()
    {
        var (queue, collected) = Source.Queue<int>(1000, OverflowStrategy.Fail)
            .ToMaterialized(Sink.Seq<int>(), Keep.Both).Run(Materializer);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++) await Enqueued(queue.OfferAsync((p * 100) + i));
        })));
        queue.Complete();

        Assert.Equal(Enumerable.Range(0, 400), (await collected.WaitAsync(Patience)).Order());
    }

    [Fact]
    public void A_negative_size_is_refused() =>
        Assert.Throws<ArgumentException>(() => Source.Queue<int>(-1, OverflowStrategy.Fail));
}
