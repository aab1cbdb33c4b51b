using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Testing;

public sealed class ProbeSpec : TestKit
{
    [Fact]
    public void A_probe_has_its_own_messages_and_is_the_sender_of_what_it_sends()
    {
        var probe = CreateTestProbe();
        probe.Send(TestActor, "question");
        ExpectMsgFrom(probe.Ref, "question");
        LastSender.Tell("answer");
        Assert.False(HasMessages);
        probe.ExpectMsgFrom(TestActor, "answer");
    }

    [Fact]
    public void A_probe_replies_to_and_forwards_the_last_message()
    {
        var probe = CreateTestProbe("a-probe");
        Assert.Equal("a-probe", probe.Ref.Path.Name);
        probe.Ref.Tell("question");
        probe.ExpectMsg("question");
        Assert.Equal(TestActor, probe.Sender);
        probe.Reply("answer");
        ExpectMsgFrom(probe.Ref, "answer");

        var third = CreateTestProbe();
        probe.Forward(third.Ref);
        third.ExpectMsgFrom(TestActor, "question");
        probe.Forward(third.Ref, "another");
        third.ExpectMsgFrom(TestActor, "another");
    }

    [Fact]
    public void A_probe_is_an_actor_reference()
    {
        var probe = CreateTestProbe();
        IActorRef reference = probe;
        Assert.Equal(probe.Ref, reference);
        Assert.Equal(probe.Ref.Path, reference.Path);
        var forwarder = Sys.ActorOf(ForwardActor.Props(probe));
        forwarder.Tell("hello");
        probe.ExpectMsgFrom(TestActor, "hello");
    }

    [Fact]
    public void A_probe_that_is_stopped_is_terminated_for_those_who_watch_it()
    {
        var probe = CreateTestProbe();
        Watch(probe);
        Sys.Stop(probe);
        ExpectTerminated(probe.Ref);
    }

    [Fact]
    public void A_probe_watches_actors()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(BlackHoleActor.Props);
        probe.Watch(actor);
        actor.Tell(PoisonPill.Instance);
        probe.ExpectTerminated(actor);
    }

    [Fact]
    public void A_pilot_answers_in_place_of_the_test_until_it_goes()
    {
        var probe = CreateTestProbe();
        var flown = 0;
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"re: {message}", probe.Ref);
            return ++flown < 2 ? AutoPilot.KeepRunning : AutoPilot.NoAutoPilot;
        }));
        foreach (var i in Enumerable.Range(1, 3)) probe.Ref.Tell(i);
        ExpectMsg("re: 1");
        ExpectMsg("re: 2");
        ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        Assert.Equal([1, 2, 3], probe.ReceiveN(3));
    }

    [Fact]
    public void A_child_of_a_probe_is_supervised_as_the_test_says()
    {
        var probe = CreateTestProbe();
        var stopped = probe.ChildActorOf(Props.Create<Fragile>(), "stopped");
        var resumed = probe.ChildActorOf<Fragile>(
            "resumed", new OneForOneStrategy(_ => Directive.Resume));
        Assert.Equal(probe.Ref.Path, resumed.Path.Parent);
        Watch(stopped);
        EventFilter.Exception<DivideByZeroException>().Mute(() => stopped.Tell("fail"));
        ExpectTerminated(stopped);
        resumed.Tell("fail");
        resumed.Tell("echo");
        ExpectMsg("echo");
    }

    [Fact]
    public void The_test_actors_do_what_their_names_say()
    {
        var echo = Sys.ActorOf(EchoActor.Props(this));
        var probe = CreateTestProbe();
        probe.Send(echo, "both");
        probe.ExpectMsg("both");
        ExpectMsgFrom(probe.Ref, "both");
        echo.Tell("once");
        ExpectMsg("once");
        ExpectNoMsg(TimeSpan.FromMilliseconds(20));
        var silent = Sys.ActorOf(EchoActor.Props(this, echoBackToSenderAsWell: false));
        probe.Send(silent, "here only");
        ExpectMsg("here only");
        probe.ExpectNoMsg(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void A_test_actor_reference_runs_the_actor_here_and_shows_it()
    {
        var counter = ActorOfAsTestActorRef<Counter>("counter");
        counter.Tell(1);
        Assert.Equal(1, counter.UnderlyingActor.Sum);
        counter.Receive(2);
        Assert.Equal(3, counter.UnderlyingActor.Sum);
        Assert.Equal("counter", counter.Path.Name);
        Assert.Throws<DivideByZeroException>(() => counter.Receive("not a number"));
        Assert.Equal(3, counter.UnderlyingActor.Sum);
    }

    [Fact]
    public void What_a_test_actor_reference_is_told_has_happened_when_Tell_returns()
    {
        var echo = ActorOfAsTestActorRef<SimpleEchoActor>();
        Assert.StartsWith("$$", echo.Path.Name, StringComparison.Ordinal);
        var asking = echo.Ref.Ask<string>("hello");
        Assert.True(asking.IsCompletedSuccessfully);
        Watch(echo);
        echo.Tell(PoisonPill.Instance);
        Assert.Equal(echo.Ref, Assert.IsType<Terminated>(ReceiveOne(TimeSpan.Zero)).ActorRef);
        Assert.Throws<IllegalActorStateException>(() => echo.UnderlyingActor);
    }

    [Fact]
    public async Task A_test_actor_reference_waits_for_asynchronous_behaviour()
    {
        var counter = ActorOfAsTestActorRef<Counter>(Props.Create<Counter>());
        await counter.ReceiveAsync(5L);
        Assert.Equal(5, counter.UnderlyingActor.Sum);
    }

    private sealed class Fragile : ReceiveActor
    {
        public Fragile()
        {
            Receive<string>(s => s == "fail", _ => throw new DivideByZeroException());
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class Counter : ReceiveActor
    {
        public Counter()
        {
            Receive<int>(i => Sum += i);
            ReceiveAsync<long>(async i =>
            {
                await Task.Yield();
                Sum += (int)i;
            });
            Receive<string>(_ => throw new DivideByZeroException());
        }

        public int Sum { get; private set; }
    }
}
