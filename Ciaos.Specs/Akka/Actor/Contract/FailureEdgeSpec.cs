using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Failures in awkward places: in hooks, in creation, of the guardian itself.</summary>
public sealed class FailureEdgeSpec : TestKit
{
    [Fact]
    public void A_failure_in_PreRestart_does_not_keep_the_actor_from_being_restarted()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsIn("PreRestart")));
        EventFilter.Exception<DivideByZeroException>().And.Exception<PreRestartException>()
            .Mute(() => actor.Tell("fail"));
        actor.Tell("hello");
        ExpectMsg("hello");
    }

    [Fact]
    public void A_failure_in_PostRestart_is_a_failure_to_start_and_stops_by_default()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsIn("PostRestart")));
        Watch(actor);
        EventFilter.Exception<PostRestartException>().ExpectOne(() => EventFilter.Exception<DivideByZeroException>()
            .Mute(() => actor.Tell("fail")));
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_failure_in_PreStart_stops_by_default()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(
            () => Watch(Sys.ActorOf(Props.Create(() => new FailsIn("PreStart")))));
        ExpectMsg<Terminated>();
    }

    [Fact]
    public void Children_that_fail_while_their_parent_stops_do_not_keep_it_from_stopping()
    {
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        var parent = Sys.ActorOf(Props.Create(() => new Parent(strategy)));
        parent.Tell(Props.Create(() => new FailsIn("PostStop")));
        ExpectMsg<IActorRef>();
        Watch(parent);
        EventFilter.Exception<DivideByZeroException>().ExpectOne(() => Sys.Stop(parent));
        ExpectTerminated(parent);
    }

    [Fact]
    public async Task What_was_sent_while_an_actor_could_not_start_is_handled_once_it_can()
    {
        var strategy = new OneForOneStrategy(_ => Directive.Restart);
        var parent = Sys.ActorOf(Props.Create(() => new Parent(strategy)));
        var tries = new int[1];
        await EventFilter.Exception<ActorInitializationException>().ExpectAsync(4, async () =>
        {
            var child = await parent.Ask<IActorRef>(Props.Create(() => new StartsAtLast(tries, 4)));
            child.Tell("patience");
        });
        ExpectMsg("patience");
    }

    [Fact]
    public async Task Resume_of_an_actor_that_could_not_start_tries_again()
    {
        var strategy = new OneForOneStrategy(_ => Directive.Resume);
        var parent = Sys.ActorOf(Props.Create(() => new Parent(strategy)));
        var tries = new int[1];
        await EventFilter.Error().And.Warning().MuteAsync(async () =>
        {
            var child = await parent.Ask<IActorRef>(Props.Create(() => new StartsAtLast(tries, 2)));
            child.Tell("hello");
        });
        ExpectMsg("hello");
        Assert.Equal(3, tries[0]);
    }

    [Fact]
    public async Task When_the_guardian_escalates_the_system_terminates()
    {
        using var system = ActorSystem.Create(
            "escalating",
            global::Akka.Configuration.ConfigurationFactory.ParseString(
                $"akka.actor.guardian-supervisor-strategy = \"{typeof(Escalating).AssemblyQualifiedName}\"")
                .WithFallback(DefaultConfig));
        var filter = CreateEventFilter(system);
        filter.Error().Mute(() => system.ActorOf(Props.Create(() => new FailsIn("nowhere"))).Tell("fail"));
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_guardians_strategy_can_be_set()
    {
        using var system = ActorSystem.Create(
            "stopping",
            global::Akka.Configuration.ConfigurationFactory.ParseString(
                "akka.actor.guardian-supervisor-strategy = \"Akka.Actor.StoppingSupervisorStrategy\"")
                .WithFallback(DefaultConfig));
        var actor = system.ActorOf(Props.Create(() => new FailsIn("nowhere")));
        Watch(actor);
        CreateEventFilter(system).Error().Mute(() => actor.Tell("fail"));
        ExpectTerminated(actor);
    }

    [Fact]
    public void An_extension_that_fails_to_load_says_so_each_time_with_the_same_exception()
    {
        Assert.Throws<DivideByZeroException>(() => Sys.WithExtension<Broken>(typeof(BrokenId)));
        Assert.Throws<DivideByZeroException>(() => Sys.WithExtension<Broken>(typeof(BrokenId)));
    }

    [Fact]
    public void Props_are_made_of_a_constructor_call_or_of_type_and_arguments()
    {
        Assert.Throws<ArgumentException>(() => Props.Create(() => Make()));
        var byArguments = Sys.ActorOf(Props.Create<FailsIn>("nowhere"));
        byArguments.Tell("hello");
        ExpectMsg("hello");
        var byType = Sys.ActorOf(Props.Create(typeof(FailsIn), "nowhere"));
        byType.Tell("hello");
        ExpectMsg("hello");
    }

    private static FailsIn Make() => throw new NotSupportedException("never called");

    private sealed class FailsIn(string where) : UntypedActor
    {
        protected override void PreStart() => FailIf("PreStart");

        protected override void PostStop() => FailIf("PostStop");

        protected override void PreRestart(Exception reason, object message) => FailIf("PreRestart");

        protected override void PostRestart(Exception reason) => FailIf("PostRestart");

        protected override void OnReceive(object message)
        {
            if (message is "fail") throw new DivideByZeroException();
            Sender.Tell(message);
        }

        private void FailIf(string here)
        {
            if (string.Equals(where, here, StringComparison.Ordinal)) throw new DivideByZeroException(here);
        }
    }

    private sealed class StartsAtLast : UntypedActor
    {
        public StartsAtLast(int[] tries, int failures)
        {
            if (tries[0]++ < failures) throw new InvalidOperationException("not yet");
        }

        protected override void OnReceive(object message) => Sender.Tell(message);
    }

    private sealed class Broken : IExtension
    {
        public Broken(ExtendedActorSystem system)
        {
            // A second try would fail for another reason: the name is taken.
            system.ActorOf(Props.Empty, "unique");
            throw new DivideByZeroException();
        }
    }

    private sealed class BrokenId : ExtensionIdProvider<Broken>
    {
        public override Broken CreateExtension(ExtendedActorSystem system) => new(system);
    }

    public sealed class Escalating : SupervisorStrategyConfigurator
    {
        public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Escalate);
    }
}
