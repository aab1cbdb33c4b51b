using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Which hooks an actor is called through, in which order, on which instance.</summary>
public sealed class LifecycleSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private IActorRef ParentOf(Func<Exception, Directive> decider, int retries = 3) =>
        Sys.ActorOf(Props.Create(() => new Parent(
            new OneForOneStrategy(retries, TimeSpan.FromMinutes(10), decider))));

    private async Task<IActorRef> Child(IActorRef parent, Props props) => await parent.Ask<IActorRef>(props);

    private void Kill(IActorRef actor) =>
        EventFilter.Exception<ActorKilledException>().ExpectOne(() => actor.Tell(global::Akka.Actor.Kill.Instance));

    [Fact]
    public async Task A_restart_by_default_is_PostStop_on_the_old_and_PreStart_on_the_new_instance()
    {
        var generation = new Generation();
        var child = await Child(
            ParentOf(_ => Directive.Restart), Props.Create(() => new WithDefaults(TestActor, generation)));
        ExpectMsg("PreStart 1");
        Kill(child);
        ExpectMsg("PostStop 1");
        ExpectMsg("PreStart 2");
        child.Tell("status");
        ExpectMsg("OK 2");
    }

    [Fact]
    public async Task A_restart_that_overrides_the_hooks_calls_them_alone()
    {
        var generation = new Generation();
        var child = await Child(
            ParentOf(_ => Directive.Restart), Props.Create(() => new WithHooks(TestActor, generation)));
        ExpectMsg("PreStart 1");
        for (var i = 1; i <= 3; i++)
        {
            Kill(child);
            ExpectMsg($"PreRestart {i}");
            ExpectMsg($"PostRestart {i + 1}");
            child.Tell("status");
            ExpectMsg($"OK {i + 1}");
        }

        Kill(child);
        ExpectMsg("PostStop 4");
        ExpectNoMsg(Short);
    }

    [Fact]
    public async Task An_actor_that_is_stopped_is_not_restarted()
    {
        var generation = new Generation();
        var child = await Child(
            ParentOf(_ => Directive.Restart), Props.Create(() => new WithHooks(TestActor, generation)));
        ExpectMsg("PreStart 1");
        Sys.Stop(child);
        ExpectMsg("PostStop 1");
        ExpectNoMsg(Short);
    }

    [Fact]
    public void PreRestart_knows_the_cause_the_message_and_its_sender()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Witness(TestActor)));
        EventFilter.Exception<InvalidOperationException>("broken by hello").ExpectOne(() => actor.Tell("hello"));
        Assert.Equal("broken by hello", ExpectMsg<InvalidOperationException>().Message);
        ExpectMsg("hello");
        ExpectMsg(TestActor);
    }

    [Fact]
    public void A_failure_in_PostStop_is_logged_and_the_actor_stops_all_the_same()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsInPostStop()));
        Watch(actor);
        EventFilter.Exception<InvalidOperationException>("too late").ExpectOne(() => actor.Tell(PoisonPill.Instance));
        ExpectTerminated(actor);
    }

    [Fact]
    public void A_restart_forgets_the_behaviour_that_the_actor_had_become()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Becoming()));
        actor.Tell("hello");
        ExpectMsg(42);
        actor.Tell("become");
        actor.Tell("hello");
        ExpectMsg(43);
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => actor.Tell("fail"));
        actor.Tell("hello");
        ExpectMsg(42);
    }

    [Fact]
    public async Task A_restart_by_default_stops_the_children_first()
    {
        var child = await Child(ParentOf(_ => Directive.Restart), Props.Create(() => new WithChild(TestActor)));
        ExpectMsg("child started");
        Kill(child);
        ExpectMsg("child stopped");
        ExpectMsg("child started");
    }

    [Fact]
    public async Task A_child_that_stopped_is_no_child_any_more_and_its_name_is_free()
    {
        var parent = ParentOf(_ => Directive.Restart);
        var props = Props.Create(() => new FailsInPostStop());
        var first = await parent.Ask<IActorRef>(new Parent.Named(props, "name"));
        Watch(first);
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => parent.Tell(new Parent.StopChild(first)));
        ExpectTerminated(first);
        await AwaitConditionAsync(async () => await parent.Ask<int>(new Parent.CountChildren()) == 0);
        var second = await parent.Ask<IActorRef>(new Parent.Named(props, "name"));
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void What_was_sent_before_a_failure_is_handled_after_the_restart_but_the_message_that_failed_is_not()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Becoming()));
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() =>
        {
            actor.Tell("become");
            actor.Tell("fail");
            actor.Tell("hello");
        });
        ExpectMsg(42);
        ExpectNoMsg(Short);
    }

    [Fact]
    public void An_actor_cannot_be_made_with_new()
    {
        global::Akka.Actor.Internal.InternalCurrentActorCellKeeper.Current = null!;
        Assert.Throws<ActorInitializationException>(() => new Becoming());
    }

    [Fact]
    public void An_actor_whose_constructor_fails_is_stopped_by_default()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
            Watch(Sys.ActorOf(Props.Create(() => new FailsToStart()))));
        ExpectMsg<Terminated>();
    }

    private sealed class Generation
    {
        private int _count;

        public int Next() => Interlocked.Increment(ref _count);
    }

    private class WithDefaults(IActorRef log, Generation generation) : UntypedActor
    {
        private readonly int _generation = generation.Next();

        protected void Report(string what) => log.Tell($"{what} {_generation}");

        protected override void PreStart() => Report("PreStart");

        protected override void PostStop() => Report("PostStop");

        protected override void OnReceive(object message) => Report("OK");
    }

    private sealed class WithHooks(IActorRef log, Generation generation) : WithDefaults(log, generation)
    {
        protected override void PreRestart(Exception reason, object message) => Report("PreRestart");

        protected override void PostRestart(Exception reason) => Report("PostRestart");
    }

    private sealed class Witness(IActorRef log) : UntypedActor
    {
        protected override void OnReceive(object message) =>
            throw new InvalidOperationException($"broken by {message}");

        protected override void PreRestart(Exception reason, object message)
        {
            log.Tell(reason);
            log.Tell(message);
            log.Tell(Sender);
        }
    }

    private sealed class FailsInPostStop : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }

        protected override void PostStop() => throw new InvalidOperationException("too late");
    }

    private sealed class FailsToStart : UntypedActor
    {
        public FailsToStart()
        {
            throw new InvalidOperationException("no");
        }

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Becoming : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "become") Become(Other);
            else Sender.Tell(42);
        }

        private void Other(object message)
        {
            if (message is "fail") throw new InvalidOperationException();
            Sender.Tell(43);
        }
    }

    private sealed class WithChild(IActorRef log) : UntypedActor
    {
        protected override void PreStart() => Context.ActorOf(Props.Create(() => new Reporting(log)), "child");

        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Reporting(IActorRef log) : UntypedActor
    {
        protected override void PreStart() => log.Tell("child started");

        protected override void PostStop() => log.Tell("child stopped");

        protected override void OnReceive(object message)
        {
        }
    }
}
