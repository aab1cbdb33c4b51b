using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>The message that comes when no other does.</summary>
public sealed class ReceiveTimeoutSpec : TestKit
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly IActorRef _actor;

    public ReceiveTimeoutSpec()
        : base("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
    {
        _actor = Sys.ActorOf(Props.Create(() => new Sleeper(TestActor)));
        ExpectMsg("started");
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void It_comes_again_and_again_while_nothing_else_does()
    {
        Advance(Timeout);
        ExpectMsg("timeout");
        Advance(Timeout);
        ExpectMsg("timeout");
    }

    [Fact]
    public void A_message_puts_it_off()
    {
        Advance(Timeout * 0.9);
        Say("hello");
        Advance(Timeout * 0.9);
        Say("again");
        Advance(Timeout * 0.1);
        Say("not yet");
        Advance(Timeout);
        ExpectMsg("timeout");
    }

    [Fact]
    public void A_message_that_does_not_count_does_not_put_it_off()
    {
        Advance(Timeout * 0.9);
        _actor.Tell(new Unimportant());
        ExpectMsg("unimportant");
        Advance(Timeout * 0.1);
        ExpectMsg("timeout");
    }

    [Fact]
    public void It_can_be_switched_off_and_on()
    {
        Say("off");
        Advance(Timeout * 10);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Say("on");
        Advance(Timeout);
        ExpectMsg("timeout");
    }

    [Fact]
    public void An_actor_that_stopped_gets_none()
    {
        Watch(_actor);
        Sys.Stop(_actor);
        ExpectTerminated(_actor);
        Sys.EventStream.Subscribe(TestActor, typeof(global::Akka.Event.AllDeadLetters));
        Advance(Timeout * 2);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    private void Say(string message)
    {
        _actor.Tell(message);
        ExpectMsg(message);
    }

    private void Advance(TimeSpan time)
    {
        // What was sent so far is handled first: its timeout must have been set.
        _actor.Ask<ActorIdentity>(new Identify(null!), RemainingOrDefault).Wait();
        Clock.Advance(time);
    }

    private sealed record Unimportant : INotInfluenceReceiveTimeout;

    private sealed class Sleeper : ReceiveActor
    {
        public Sleeper(IActorRef listener)
        {
            SetReceiveTimeout(Timeout);
            Receive<ReceiveTimeout>(_ => listener.Tell("timeout"));
            Receive<Unimportant>(_ => listener.Tell("unimportant"));
            Receive<string>(message =>
            {
                if (message == "off") SetReceiveTimeout(null);
                if (message == "on") SetReceiveTimeout(Timeout);
                listener.Tell(message);
            });
            listener.Tell("started");
        }
    }
}
