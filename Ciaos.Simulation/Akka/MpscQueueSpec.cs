using Akka.Actor;
using Akka.Dispatch.MessageQueues;
using Xunit;

namespace Ciaos.Simulation.Akka;

/// <summary>The queue of mailboxes.</summary>
public sealed class MpscQueueSpec
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(10_000)]
    public void What_goes_in_comes_out_in_order_however_much_it_is(int count)
    {
        var queue = new MpscQueue();
        for (var i = 0; i < count; i++) queue.Enqueue(Numbered(i));
        Assert.Equal(count, queue.Count);
        Assert.Equal(count == 0, queue.IsEmpty);

        for (var i = 0; i < count; i++)
        {
            Assert.True(queue.TryDequeue(out var envelope));
            Assert.Equal(i, envelope.Message);
        }

        Assert.False(queue.TryDequeue(out _));
        Assert.True(queue.IsEmpty);
        Assert.Equal(0, queue.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_behaves_like_the_queue_of_the_library(int seed)
    {
        var random = new Random(seed);
        var queue = new MpscQueue();
        var model = new Queue<object>();
        for (var i = 0; i < 20_000; i++)
        {
            // Phases that fill and phases that drain, so that rings are left behind and used again.
            if (random.Next(100) < (i / 2_000 % 2 == 0 ? 60 : 40))
            {
                queue.Enqueue(Numbered(i));
                model.Enqueue(i);
            }
            else
            {
                Assert.Equal(model.TryDequeue(out var expected), queue.TryDequeue(out var envelope));
                Assert.Equal(expected, envelope.Message);
            }

            Assert.Equal(model.Count, queue.Count);
        }
    }

    [Fact]
    public async Task Many_producers_lose_nothing_and_each_keeps_its_order()
    {
        const int producers = 4;
        const int each = 50_000;
        var queue = new MpscQueue();
        var sending = Enumerable.Range(0, producers).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) queue.Enqueue(new Envelope((producer, i), ActorRefs.NoSender));
        })).ToArray();

        var next = new int[producers];
        for (var received = 0; received < producers * each;)
        {
            if (!queue.TryDequeue(out var envelope)) continue;
            var (producer, number) = ((int, int))envelope.Message;
            Assert.Equal(next[producer]++, number);
            received++;
        }

        await Task.WhenAll(sending);
        Assert.True(queue.IsEmpty);
    }

    private static Envelope Numbered(int number) => new(number, ActorRefs.NoSender);
}
