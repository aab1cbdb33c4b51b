using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>Talking to actors from outside.</summary>
public sealed class InboxSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    private readonly Inbox _inbox;

    public InboxSpec()
        : base("akka.actor.inbox.inbox-size = 3") => _inbox = Inbox.Create(Sys);

    [Fact]
    public async Task What_it_is_sent_is_received_in_order()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        _inbox.Send(echo, "one");
        _inbox.Send(echo, "two");

        Assert.Equal("one", _inbox.Receive());
        Assert.Equal("two", await _inbox.ReceiveAsync());
    }

    [Fact]
    public async Task A_request_can_come_before_the_message()
    {
        var receiving = _inbox.ReceiveAsync(RemainingOrDefault);
        _inbox.Receiver.Tell("late");
        Assert.Equal("late", await receiving);
    }

    [Fact]
    public void Messages_can_be_chosen()
    {
        _inbox.Receiver.Tell("no");
        _inbox.Receiver.Tell("yes");

        Assert.Equal("yes", _inbox.ReceiveWhere(message => message is "yes"));
        Assert.Equal("no", _inbox.Receive());
    }

    [Fact]
    public async Task Nothing_in_time_is_an_exception_or_a_failure()
    {
        Assert.Throws<TimeoutException>(() => _inbox.Receive(Short));
        var failure = Assert.IsType<Status.Failure>(await _inbox.ReceiveAsync(Short));
        Assert.IsType<TimeoutException>(failure.Cause);

        _inbox.Receiver.Tell("afterwards");
        Assert.Equal("afterwards", _inbox.Receive());
    }

    [Fact]
    public void What_does_not_fit_is_dropped()
    {
        for (var i = 0; i < 5; i++) _inbox.Receiver.Tell(i);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => (int)_inbox.Receive()));
        Assert.Throws<TimeoutException>(() => _inbox.Receive(Short));
    }

    [Fact]
    public void It_can_watch()
    {
        var actor = Sys.ActorOf(BlackHoleActor.Props);
        _inbox.Watch(actor);
        Sys.Stop(actor);
        Assert.Equal(actor, Assert.IsType<Terminated>(_inbox.Receive()).ActorRef);
    }

    protected override void AfterAll()
    {
        _inbox.Dispose();
        base.AfterAll();
    }
}
