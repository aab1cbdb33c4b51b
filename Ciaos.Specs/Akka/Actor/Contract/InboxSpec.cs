using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>An inbox sends, receives and watches for code that is no actor.</summary>
public sealed class InboxSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    private readonly Inbox _inbox;

    public InboxSpec()
        : base("akka.actor.inbox.inbox-size = 3")
    {
        _inbox = Inbox.Create(Sys);
    }

    [Fact]
    public void Answers_come_to_the_inbox()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        _inbox.Send(echo, "hello");
        Assert.Equal("hello", _inbox.Receive(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void It_hears_of_the_end_of_what_it_watches()
    {
        var actor = Sys.ActorOf(BlackHoleActor.Props);
        _inbox.Watch(actor);
        actor.Tell(PoisonPill.Instance);
        Assert.Equal(actor, Assert.IsType<Terminated>(_inbox.Receive(TimeSpan.FromSeconds(3))).ActorRef);
    }

    [Fact]
    public void Messages_are_picked_by_a_predicate_and_the_others_stay()
    {
        _inbox.Receiver.Tell("hello");
        _inbox.Receiver.Tell("world");
        Assert.Equal("world", _inbox.ReceiveWhere(m => m is "world"));
        Assert.Equal("hello", _inbox.Receive());
    }

    [Fact]
    public async Task Several_may_wait_and_each_gets_what_it_waits_for()
    {
        var world = Task.Run(() => _inbox.ReceiveWhere(m => m is "world"));
        var hello = Task.Run(() => _inbox.ReceiveWhere(m => m is "hello"));
        _inbox.Receiver.Tell("hello");
        _inbox.Receiver.Tell("world");
        Assert.Equal("hello", await hello);
        Assert.Equal("world", await world);
    }

    [Fact]
    public async Task When_nothing_comes_in_time_it_throws()
    {
        Assert.Throws<TimeoutException>(() => _inbox.Receive(Short));
        Assert.Throws<TimeoutException>(() => _inbox.ReceiveWhere(_ => true, Short));
        var waiting = _inbox.ReceiveAsync(TimeSpan.FromSeconds(3));
        _inbox.Receiver.Tell("late");
        Assert.Equal("late", await waiting);
    }

    [Fact]
    public void What_does_not_fit_is_dropped_with_one_warning()
    {
        for (var i = 0; i < 3; i++) _inbox.Receiver.Tell(i);
        EventFilter.Warning(start: "Dropping message").ExpectOne(() =>
        {
            _inbox.Receiver.Tell(3);
            _inbox.Receiver.Tell(4);
        });
        for (var i = 0; i < 3; i++) Assert.Equal(i, _inbox.Receive());
        Assert.Throws<TimeoutException>(() => _inbox.Receive(Short));
    }
}
