using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Who hears of whose end, and how often.</summary>
public sealed class DeathWatchSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly IActorRef _target;

    public DeathWatchSpec()
    {
        _target = Sys.ActorOf(BlackHoleActor.Props, "target");
    }

    [Fact]
    public void Each_watcher_hears_of_it_once()
    {
        var watchers = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToArray();
        foreach (var watcher in watchers)
        {
            watcher.Watch(_target);
            watcher.Watch(_target);
        }

        _target.Tell(PoisonPill.Instance);
        foreach (var watcher in watchers)
        {
            watcher.ExpectTerminated(_target);
            watcher.ExpectNoMsg(Short);
        }
    }

    [Fact]
    public void Who_watches_too_late_hears_of_it_all_the_same()
    {
        Watch(_target);
        _target.Tell(PoisonPill.Instance);
        ExpectTerminated(_target);
        var late = CreateTestProbe();
        late.Watch(_target);
        late.ExpectTerminated(_target);
    }

    [Fact]
    public void An_actor_that_never_was_is_reported_as_not_having_existed()
    {
        var nobody = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef($"akka://{Sys.Name}/user/never");
        Watch(nobody);
        Assert.False(ExpectMsg<Terminated>().ExistenceConfirmed);
    }

    [Fact]
    public void A_restart_is_no_end()
    {
        var restarting = Sys.ActorOf(Props.Create(() => new Echo(null)));
        Watch(restarting);
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => restarting.Tell("fail"));
        restarting.Tell("still there");
        ExpectMsg("still there");
        Sys.Stop(restarting);
        ExpectTerminated(restarting);
        ExpectNoMsg(Short);
    }

    [Fact]
    public void Who_does_not_handle_it_dies_of_it()
    {
        var bound = Sys.ActorOf(Props.Create(() => new Echo(_target)));
        Watch(bound);
        EventFilter.Exception<DeathPactException>().ExpectOne(() => Sys.Stop(_target));
        ExpectTerminated(bound);
    }

    [Fact]
    public void It_can_come_as_a_message_of_ones_own_choice()
    {
        Sys.ActorOf(Props.Create(() => new WatchesWith(_target, TestActor)));
        Sys.Stop(_target);
        ExpectMsg("it is gone");
        ExpectNoMsg(Short);
    }

    [Fact]
    public void Watching_again_with_another_message_is_refused()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
            Sys.ActorOf(Props.Create(() => new WatchesTwice(_target))));
    }

    [Fact]
    public void After_unwatching_it_is_not_heard_even_if_it_is_in_the_mailbox_already()
    {
        var watcher = Sys.ActorOf(Props.Create(() => new Gated()));
        var probe = CreateTestProbe();
        using var entered = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        watcher.Tell(new Gated.Watch(probe.Ref));
        watcher.Tell(new Gated.Wait(entered, go));
        entered.Wait(TimeSpan.FromSeconds(10));
        Watch(probe.Ref);
        Sys.Stop(probe.Ref);
        ExpectTerminated(probe.Ref);
        watcher.Tell(new Gated.Unwatch(probe.Ref));
        go.Set();

        // A Terminated that nobody handles would now kill it; it would answer as a new instance.
        watcher.Tell("generation");
        ExpectMsg(1);
    }

    [Fact]
    public void A_child_of_the_same_name_can_be_made_once_its_predecessors_end_was_heard()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Replacing(TestActor)));
        for (var i = 0; i < 20; i++)
        {
            parent.Tell("replace");
            ExpectMsg("replaced");
        }
    }

    [Fact]
    public void The_end_of_a_parent_is_heard_after_the_ends_of_its_children()
    {
        var strategy = SupervisorStrategy.DefaultStrategy;
        var parent = Sys.ActorOf(Props.Create(() => new Parent(strategy)));
        parent.Tell(BlackHoleActor.Props);
        var child = ExpectMsg<IActorRef>();
        Watch(parent);
        Watch(child);
        Sys.Stop(parent);
        ExpectTerminated(child);
        ExpectTerminated(parent);
    }

    private sealed class Echo : UntypedActor
    {
        public Echo(IActorRef? watched = null)
        {
            if (watched is not null) Context.Watch(watched);
        }

        protected override void OnReceive(object message)
        {
            if (message is Terminated) Unhandled(message);
            else if (message is "fail") throw new InvalidOperationException();
            else Sender.Tell(message);
        }
    }

    private sealed class WatchesWith : ReceiveActor
    {
        public WatchesWith(IActorRef target, IActorRef log)
        {
            Context.WatchWith(target, "it is gone");
            ReceiveAny(log.Tell);
        }
    }

    private sealed class WatchesTwice : ReceiveActor
    {
        public WatchesTwice(IActorRef target)
        {
            Context.WatchWith(target, "one");
            Context.WatchWith(target, "two");
        }
    }

    private sealed class Gated : ReceiveActor
    {
        private static int _generations;

        public Gated()
        {
            var generation = Interlocked.Increment(ref _generations);
            Receive<Watch>(watch => Context.Watch(watch.Actor));
            Receive<Unwatch>(unwatch => Context.Unwatch(unwatch.Actor));
            Receive<Wait>(wait =>
            {
                wait.Entered.Set();
                wait.Go.Wait(TimeSpan.FromSeconds(10));
            });
            Receive<string>(_ => Sender.Tell(generation));
        }

        public sealed record Watch(IActorRef Actor);

        public sealed record Unwatch(IActorRef Actor);

        public sealed record Wait(ManualResetEventSlim Entered, ManualResetEventSlim Go);
    }

    private sealed class Replacing : ReceiveActor
    {
        public Replacing(IActorRef log)
        {
            Receive<string>(_ => Context.Stop(Context.Watch(Context.ActorOf(BlackHoleActor.Props, "child"))));
            Receive<Terminated>(_ => log.Tell("replaced"));
        }
    }
}
