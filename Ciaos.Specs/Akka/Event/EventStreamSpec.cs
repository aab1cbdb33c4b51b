using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Event;

public sealed class EventStreamSpec : TestKit
{
    public EventStreamSpec()
        : base(ConfigurationFactory.ParseString("akka.actor.debug.event-stream = off"))
    {
    }

    [Fact]
    public void Subscribers_get_what_is_published_in_the_order_of_publishing()
    {
        Assert.True(Sys.EventStream.Subscribe(TestActor, typeof(Said)));
        for (var i = 0; i < 10; i++) Sys.EventStream.Publish(new Said($"{i}"));
        for (var i = 0; i < 10; i++) ExpectMsg(new Said($"{i}"));
    }

    [Fact]
    public void The_typed_methods_do_the_same_as_those_with_a_type()
    {
        Assert.True(Sys.EventStream.Subscribe<Said>(TestActor));
        Assert.False(Sys.EventStream.Subscribe(TestActor, typeof(Said)));
        Assert.True(Sys.EventStream.Unsubscribe<Said>(TestActor));
        Sys.EventStream.Publish(new Said("unheard"));
        ExpectNoMsg();
    }

    [Fact]
    public void Nobody_cannot_be_subscribed()
    {
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Subscribe(null!, typeof(Said)));
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Unsubscribe(null!, typeof(Said)));
        Assert.Throws<ArgumentNullException>(() => Sys.EventStream.Unsubscribe(null!));
    }

    [OwnEngineFact]
    public void An_actor_that_stops_is_unsubscribed_by_itself()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(Said));
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Watch(probe.Ref);
        Sys.Stop(probe.Ref);
        ExpectTerminated(probe.Ref);

        // Until the stream has noticed, what is published to the dead actor becomes a dead letter.
        AwaitAssert(() =>
        {
            Sys.EventStream.Publish(new Said("anybody?"));
            ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        });
        Assert.False(Sys.EventStream.Unsubscribe(probe.Ref));
    }

    [Fact]
    public void Log_events_below_the_level_reach_no_logger_but_do_reach_who_subscribed_to_them()
    {
        Sys.EventStream.SetLogLevel(LogLevel.ErrorLevel);
        Assert.Equal(LogLevel.ErrorLevel, Sys.EventStream.LogLevel);
        Sys.EventStream.Subscribe(TestActor, typeof(Info));
        Sys.EventStream.Publish(new Info("source", GetType(), "text"));
        Assert.Equal("text", ExpectMsg<Info>().Message);
    }

    [Fact]
    public void Changes_of_subscriptions_are_reported_when_that_is_asked_for()
    {
        var stream = new EventStream(debug: true);
        stream.Subscribe(TestActor, typeof(Debug));
        ExpectMsg<Debug>(e => Assert.Equal($"subscribing {TestActor} to channel {typeof(Debug)}", e.Message));
        stream.Subscribe(TestActor, typeof(Said));
        ExpectMsg<Debug>(e => Assert.Equal($"subscribing {TestActor} to channel {typeof(Said)}", e.Message));
        stream.Unsubscribe(TestActor, typeof(Said));
        ExpectMsg<Debug>(e => Assert.Equal($"unsubscribing {TestActor} from channel {typeof(Said)}", e.Message));
    }

    private sealed record Said(string Text);
}
