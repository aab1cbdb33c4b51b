using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>How handlers are chosen, and how they are exchanged.</summary>
public sealed class BehaviourSpec : TestKit
{
    [Fact]
    public void The_first_handler_that_fits_gets_the_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Choosy(TestActor)));
        foreach (var message in new object[] { 1, 20, "text", 1.5, 'c' }) actor.Tell(message);
        Assert.Equal(["small 1", "int 20", "text text", "boxed 1.5", "any c"], ReceiveN(5));
    }

    [Fact]
    public void A_handler_that_says_no_passes_the_message_on()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Refusing(TestActor)));
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        actor.Tell(1);
        ExpectMsg("odd 1");
        actor.Tell(2);
        ExpectMsg<UnhandledMessage>(unhandled => Assert.Equal(2, unhandled.Message));
    }

    [Fact]
    public void Behaviours_are_exchanged_or_stacked()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stacked(TestActor)));
        actor.Tell("?");
        ExpectMsg("bottom");
        actor.Tell("push");
        actor.Tell("?");
        ExpectMsg("middle");
        actor.Tell("replace");
        actor.Tell("?");
        ExpectMsg("top");
        actor.Tell("pop");
        actor.Tell("?");
        ExpectMsg("bottom");
        actor.Tell("pop");
        actor.Tell("?");
        ExpectMsg("bottom");
    }

    [Fact]
    public void A_handler_after_one_that_takes_everything_is_a_mistake()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(
            () => Sys.ActorOf(Props.Create(() => new TooManyHandlers())));
    }

    [Fact]
    public void Messages_between_two_actors_keep_their_order()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Choosy(TestActor)));
        for (var i = 0; i < 1000; i++) actor.Tell(i + 100);
        for (var i = 0; i < 1000; i++) ExpectMsg($"int {i + 100}");
    }

    [Fact]
    public void A_null_message_is_refused_where_it_is_sent()
    {
        Assert.Throws<InvalidMessageException>(() => TestActor.Tell(null!));
    }

    [Fact]
    public void PoisonPill_stops_after_what_was_sent_before_it()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Choosy(TestActor)));
        Watch(actor);
        actor.Tell(1);
        actor.Tell(PoisonPill.Instance);
        actor.Tell(2);
        ExpectMsg("small 1");
        ExpectTerminated(actor);
    }

    [Fact]
    public async Task A_graceful_stop_completes_when_the_actor_has_stopped()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Choosy(TestActor)));
        Watch(actor);
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(3)));
        ExpectTerminated(actor);
        Assert.True(await actor.GracefulStop(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void A_receive_timeout_comes_when_nothing_else_does_and_again_after_each_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Impatient(TestActor)));
        ExpectMsg("timeout");
        actor.Tell("hello");
        ExpectMsg("hello");
        ExpectMsg("timeout");
        actor.Tell("patience");
        ReceiveWhile<string>(message => message == "timeout", TimeSpan.FromMilliseconds(100));
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    private sealed class Choosy : ReceiveActor
    {
        public Choosy(IActorRef log)
        {
            Receive<int>(i => i < 10, i => log.Tell($"small {i}"));
            Receive<int>(i => log.Tell($"int {i}"));
            Receive(typeof(double), d => log.Tell(FormattableString.Invariant($"boxed {d}")));
            Receive<string>(s => log.Tell($"text {s}"));
            ReceiveAny(o => log.Tell($"any {o}"));
        }
    }

    private sealed class Refusing : ReceiveActor
    {
        public Refusing(IActorRef log)
        {
            Receive<int>(i =>
            {
                if (i % 2 == 0) return false;
                log.Tell($"odd {i}");
                return true;
            });
        }
    }

    private sealed class Stacked : ReceiveActor
    {
        private readonly IActorRef _log;

        public Stacked(IActorRef log)
        {
            _log = log;
            Behaviour("bottom")();
        }

        private Action Behaviour(string name) => () =>
        {
            Receive<string>(s => s == "?", _ => _log.Tell(name));
            Receive<string>(s => s == "push", _ => BecomeStacked(Behaviour("middle")));
            Receive<string>(s => s == "replace", _ => Become(Behaviour("top")));
            Receive<string>(s => s == "pop", _ => UnbecomeStacked());
        };
    }

    private sealed class TooManyHandlers : ReceiveActor
    {
        public TooManyHandlers()
        {
            ReceiveAny(_ => { });
            Receive<int>(_ => { });
        }
    }

    private sealed class Impatient : ReceiveActor
    {
        public Impatient(IActorRef log)
        {
            SetReceiveTimeout(TimeSpan.FromMilliseconds(20));
            Receive<ReceiveTimeout>(_ => log.Tell("timeout"));
            Receive<string>(s => s == "patience", _ => SetReceiveTimeout(null));
            ReceiveAny(log.Tell);
        }
    }
}
