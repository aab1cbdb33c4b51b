using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>The recipes of actors.</summary>
public sealed class PropsSpec : TestKit
{
    [Fact]
    public async Task All_ways_to_write_one_make_the_same_actor()
    {
        var text = "text";
        foreach (var props in new[]
        {
            Props.Create(() => new Teller(text, 3)),
            Props.Create<Teller>(text, 3),
            Props.Create(typeof(Teller), text, 3),
            new Props(typeof(Teller), [text, 3]),
            Props.CreateBy(new Producer(text, 3)),
        })
        {
            Assert.Equal(typeof(Teller), props.Type);
            Assert.Equal("text3", await Sys.ActorOf(props).Ask<string>("tell", RemainingOrDefault));
        }

        Assert.Equal("none0", await Sys.ActorOf(Props.Create<Teller>()).Ask<string>("tell", RemainingOrDefault));
        Assert.Equal("none0", await Sys.ActorOf<Teller>().Ask<string>("tell", RemainingOrDefault));
    }

    [Fact]
    public async Task Arguments_are_evaluated_once_and_each_incarnation_gets_them()
    {
        var evaluated = 0;
        Func<string> evaluate = () => $"{++evaluated}";
        var actor = Sys.ActorOf(Props.Create(() => new Teller(evaluate(), 0)));
        actor.Tell(new InvalidOperationException("restart"));

        Assert.Equal("10", await actor.Ask<string>("tell", RemainingOrDefault));
        Assert.Equal(1, evaluated);
    }

    [Fact]
    public void A_function_that_is_no_constructor_call_is_refused() =>
        Assert.Throws<ArgumentException>(() => Props.Create(() => Make()));

    [Fact]
    public void Changing_one_makes_another()
    {
        var props = Props.Create<Teller>();
        var changed = props.WithDispatcher("d").WithMailbox("m")
            .WithSupervisorStrategy(SupervisorStrategy.StoppingStrategy);

        Assert.Null(props.Dispatcher);
        Assert.Null(props.Mailbox);
        Assert.Null(props.SupervisorStrategy);
        Assert.Equal("d", changed.Dispatcher);
        Assert.Equal("m", changed.Mailbox);
        Assert.Same(SupervisorStrategy.StoppingStrategy, changed.SupervisorStrategy);
        Assert.Equal("other", changed.WithDeploy(new Deploy().WithDispatcher("other")).Dispatcher);
        Assert.Equal("m", changed.WithDeploy(new Deploy().WithDispatcher("other")).Mailbox);
    }

    [Fact]
    public void A_constructor_that_does_not_exist_is_a_failure_to_start()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(global::Akka.Event.Error));
        var actor = Watch(Sys.ActorOf(Props.Create<Teller>("too", "many", "arguments")));
        var (terminated, failed) = (false, false);
        foreach (var message in ReceiveN(2))
        {
            terminated |= message is Terminated ended && ended.ActorRef.Equals(actor);
            failed |= message is global::Akka.Event.Error { Cause: ActorInitializationException };
        }

        Assert.True(terminated && failed);
    }

    private static Teller Make() => throw new NotSupportedException();

    private sealed class Producer(string text, int number) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Teller);

        public ActorBase Produce() => new Teller(text, number);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Teller : ReceiveActor
    {
        public Teller()
            : this("none", 0)
        {
        }

        public Teller(string text, int number)
        {
            Receive<string>(_ => Sender.Tell($"{text}{number}"));
            Receive<Exception>(exception => throw exception);
        }
    }
}
