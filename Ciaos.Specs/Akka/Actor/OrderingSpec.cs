using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>Messages between one sender and one receiver never overtake each other, whatever else goes on.</summary>
public sealed class OrderingSpec : TestKit
{
    private const int Senders = 6;
    private const int MessagesEach = 5_000;

    [Fact]
    public async Task Many_threads_sending_at_once_each_keep_their_order()
    {
        var checker = Sys.ActorOf(Props.Create(() => new Checker()));
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < MessagesEach; number++) checker.Tell(new Numbered(sender, number));
        }));
        await Task.WhenAll(senders);

        await AssertAllInOrder(checker);
    }

    [Fact]
    public async Task Many_actors_sending_at_once_each_keep_their_order()
    {
        var checker = Sys.ActorOf(Props.Create(() => new Checker()));
        for (var i = 0; i < Senders; i++)
        {
            var sender = i;
            Sys.ActorOf(Props.Create(() => new Talker(sender, checker))).Tell("begin");
        }

        await AssertAllInOrder(checker);
    }

    [Fact]
    public async Task Restarts_on_the_way_lose_nothing_but_the_messages_that_failed()
    {
        var seen = new List<int>();
        var checker = Sys.ActorOf(Props.Create(() => new Failing(seen)));
        for (var i = 0; i < 1_000; i++)
        {
            if (i % 100 == 50) checker.Tell("fail");
            checker.Tell(new Numbered(0, i));
        }

        Assert.Equal(Enumerable.Range(0, 1_000), await checker.Ask<int[]>("all", RemainingOrDefault));
    }

    private async Task AssertAllInOrder(IActorRef checker)
    {
        await AwaitConditionAsync(
            async () => await checker.Ask<int>("count", RemainingOrDefault) == Senders * MessagesEach);
        Assert.Equal("", await checker.Ask<string>("first mistake", RemainingOrDefault));
    }

    private sealed record Numbered(int Sender, int Number);

    private sealed class Checker : ReceiveActor
    {
        private readonly int[] _next = new int[Senders];
        private int _count;
        private string _mistake = "";

        public Checker()
        {
            Receive<Numbered>(message =>
            {
                _count++;
                if (_mistake.Length == 0 && _next[message.Sender] != message.Number) _mistake = message.ToString();
                _next[message.Sender] = message.Number + 1;
            });
            Receive<string>(question => question == "count", _ => Sender.Tell(_count));
            Receive<string>(_ => Sender.Tell(_mistake));
        }
    }

    private sealed class Talker : ReceiveActor
    {
        private int _number;

        public Talker(int sender, IActorRef checker) => ReceiveAny(_ =>
        {
            for (var i = 0; i < 100; i++) checker.Tell(new Numbered(sender, _number++));
            if (_number < MessagesEach) Self.Tell("on");
        });
    }

    // What it has seen lives longer than its instances.
    private sealed class Failing : ReceiveActor
    {
        public Failing(List<int> seen)
        {
            Receive<Numbered>(message => seen.Add(message.Number));
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException("as told"));
            Receive<string>(_ => Sender.Tell(seen.ToArray()));
        }
    }
}
