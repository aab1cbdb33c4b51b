using Akka.Actor;
using Akka.Event;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>What is put aside comes back in order, before what came later, and survives a restart.</summary>
public sealed class StashSpec : TestKit
{
    [Fact]
    public void What_was_stashed_comes_first_in_its_order_when_it_is_unstashed()
    {
        var gate = Sys.ActorOf(Props.Create(() => new Gate(TestActor, null)));
        foreach (var i in Enumerable.Range(1, 5)) gate.Tell(i);
        gate.Tell("open");
        gate.Tell(6);
        Assert.Equal([1, 2, 3, 4, 5, 6], ReceiveN(6));
    }

    [Fact]
    public void One_message_can_be_unstashed_at_a_time()
    {
        var gate = Sys.ActorOf(Props.Create(() => new Gate(TestActor, null)));
        foreach (var i in Enumerable.Range(1, 3)) gate.Tell(i);
        gate.Tell("one");
        ExpectMsg(1);
        ExpectNoMsg(TimeSpan.FromMilliseconds(30));
        gate.Tell("open");
        Assert.Equal([2, 3], ReceiveN(2));
    }

    [Fact]
    public void Stashing_the_same_message_twice_is_an_error()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashesTwice(TestActor)));
        actor.Tell("x");
        ExpectMsg<IllegalActorStateException>();
    }

    [Fact]
    public void After_a_restart_what_was_stashed_is_handled_by_the_new_instance()
    {
        var gate = Sys.ActorOf(Props.Create(() => new Gate(TestActor, null)));
        gate.Tell(1);
        gate.Tell(2);
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => gate.Tell("fail"));
        gate.Tell("open");
        Assert.Equal([1, 2], ReceiveN(2));
    }

    [Fact]
    public void A_stash_that_PreRestart_cleared_stays_empty()
    {
        var gate = Sys.ActorOf(Props.Create(() => new Forgetful(TestActor)));
        gate.Tell(1);
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => gate.Tell("fail"));
        gate.Tell("open");
        gate.Tell(2);
        ExpectMsg(2);
    }

    [Fact]
    public void What_is_still_stashed_when_the_actor_stops_becomes_dead_letters()
    {
        var gate = Sys.ActorOf(Props.Create(() => new Gate(TestActor, null)));
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        gate.Tell(1);
        gate.Tell(2);
        Sys.Stop(gate);
        ExpectMsg<DeadLetter>(letter => Assert.Equal(1, letter.Message));
        ExpectMsg<DeadLetter>(letter => Assert.Equal(2, letter.Message));
    }

    [Fact]
    public void Even_Terminated_can_be_stashed()
    {
        Sys.ActorOf(Props.Create(() => new StashesTerminated(TestActor)));
        ExpectMsg("stashed");
        ExpectMsg("received");
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var gate = Sys.ActorOf(Props.Create(() => new Gate(TestActor, null)));
        var probe = CreateTestProbe();
        probe.Send(gate, 1);
        gate.Tell("open");
        ExpectMsgFrom(probe.Ref, 1);
    }

    [Fact]
    public async Task So_can_the_message_that_comes_instead_of_it()
    {
        var target = Sys.ActorOf(BlackHoleActor.Props);
        var gate = Sys.ActorOf(Props.Create(() => new Gate(TestActor, target)));
        Sys.Stop(target);
        await AwaitConditionAsync(async () => await gate.Ask<int>("count") == 1);
        gate.Tell("open");
        ExpectMsg("it is gone");
    }

    private class Gate : ReceiveActor, IWithUnboundedStash
    {
        public Gate(IActorRef log, IActorRef? watched = null)
        {
            if (watched is not null) Context.WatchWith(watched, "it is gone");
            Receive<string>(s => s == "count", _ => Sender.Tell(Stash.Count));
            Receive<string>(s => s == "open", _ =>
            {
                Become(() => ReceiveAny(message => log.Forward(message)));
                Stash.UnstashAll();
            });
            Receive<string>(s => s == "one", _ =>
            {
                BecomeStacked(() => ReceiveAny(message =>
                {
                    log.Forward(message);
                    UnbecomeStacked();
                }));
                Stash.Unstash();
            });
            Receive<string>(s => s == "fail", _ => throw new InvalidOperationException());
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class Forgetful(IActorRef log) : Gate(log)
    {
        protected override void PreRestart(Exception reason, object message)
        {
            Stash.ClearStash();
            base.PreRestart(reason, message);
        }
    }

    private sealed class StashesTwice : ReceiveActor, IWithUnboundedStash
    {
        public StashesTwice(IActorRef log)
        {
            ReceiveAny(_ =>
            {
                Stash.Stash();
                try
                {
                    Stash.Stash();
                }
                catch (IllegalActorStateException e)
                {
                    log.Tell(e);
                }
            });
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class StashesTerminated : ReceiveActor, IWithUnboundedStash
    {
        public StashesTerminated(IActorRef log)
        {
            var stashed = false;
            Context.Stop(Context.Watch(Context.ActorOf(BlackHoleActor.Props)));
            Receive<Terminated>(_ =>
            {
                if (stashed)
                {
                    log.Tell("received");
                    return;
                }

                stashed = true;
                Stash.Stash();
                Stash.UnstashAll();
                log.Tell("stashed");
            });
        }

        public IStash Stash { get; set; } = null!;
    }
}
