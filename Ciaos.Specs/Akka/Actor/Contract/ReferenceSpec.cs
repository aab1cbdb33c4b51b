using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Names, paths, references and how to find them.</summary>
public sealed class ReferenceSpec : TestKit
{
    [Fact]
    public void A_name_can_be_given_once_and_must_be_one()
    {
        Sys.ActorOf(BlackHoleActor.Props, "name");
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, "name"));
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, ""));
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, "a/b"));
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, "$a"));
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(BlackHoleActor.Props, "a b"));
    }

    [Theory]
    [InlineData("under_score")]
    [InlineData("-leading")]
    [InlineData("sla/sh")]
    [InlineData("dol$lar")]
    [InlineData("")]
    public void A_system_is_named_with_letters_digits_and_hyphens(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => ActorSystem.Create(name));
    }

    [Fact]
    public void Without_a_name_each_actor_gets_its_own()
    {
        var names = Enumerable.Range(0, 100).Select(_ => Sys.ActorOf(BlackHoleActor.Props).Path.Name).ToHashSet();
        Assert.Equal(100, names.Count);
        Assert.All(names, name => Assert.StartsWith("$", name, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_actors_of_one_path_are_not_equal()
    {
        var first = Sys.ActorOf(BlackHoleActor.Props, "name");
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        var second = Create("name");
        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
        Assert.NotEqual(0, first.CompareTo(second));
        EventFilter.DeadLetter<string>().ExpectOne(() => first.Tell("to the dead one"));
    }

    [Fact]
    public async Task Selections_find_by_absolute_relative_and_wild_paths()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props(), "echo");
        Assert.Equal(echo, await Sys.ActorSelection("/user/echo").ResolveOne(TimeSpan.FromSeconds(3)));
        Assert.Equal(echo, await Sys.ActorSelection(echo.Path).ResolveOne(TimeSpan.FromSeconds(3)));
        foreach (var path in new[] { "/user/echo", "user/e*o", "/user/ech?", "/user/echo/../echo", "/user/*" })
        {
            Sys.ActorSelection(path).Tell(path, TestActor);
            ExpectMsgFrom(echo, path);
        }

        Sys.ActorSelection("/user/x*").Tell("nobody", TestActor);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task A_selection_of_nobody_is_not_resolved()
    {
        await Assert.ThrowsAsync<ActorNotFoundException>(
            () => Sys.ActorSelection("/user/nobody").ResolveOne(TimeSpan.FromSeconds(3)));
        Sys.ActorSelection("/user/nobody").Tell(new Identify(7), TestActor);
        var identity = ExpectMsg<ActorIdentity>();
        Assert.Equal(7, identity.MessageId);
        Assert.True(identity.Subject.IsNobody());
    }

    [Fact]
    public void An_actor_identifies_itself()
    {
        var actor = Sys.ActorOf(BlackHoleActor.Props);
        actor.Tell(new Identify("id"));
        ExpectMsg<ActorIdentity>(identity =>
        {
            Assert.Equal("id", identity.MessageId);
            Assert.Equal(actor, identity.Subject);
        });
    }

    [Fact]
    public void Forwarding_keeps_the_sender()
    {
        var forwarder = Sys.ActorOf(ForwardActor.Props(TestActor));
        var probe = CreateTestProbe();
        probe.Send(forwarder, "hello");
        ExpectMsgFrom(probe.Ref, "hello");
    }

    [Fact]
    public async Task A_system_terminates_all_its_actors_and_then_runs_what_was_registered()
    {
        var system = ActorSystem.Create("other", DefaultConfig);
        var ran = new List<int>();
        system.RegisterOnTermination(() => ran.Add(1));
        system.RegisterOnTermination(() => ran.Add(2));
        var actor = system.ActorOf(BlackHoleActor.Props);
        Watch(actor);
        await system.Terminate();
        ExpectTerminated(actor);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
        Assert.Equal([2, 1], ran);
        Assert.ThrowsAny<InvalidOperationException>(() => system.ActorOf(BlackHoleActor.Props));
    }

    [Fact]
    public async Task A_coordinated_shutdown_runs_its_tasks_in_order_of_the_phases_and_terminates_the_system()
    {
        using var system = ActorSystem.Create("other", DefaultConfig);
        var shutdown = CoordinatedShutdown.Get(system);
        var order = new List<string>();
        foreach (var phase in new[]
        {
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
            CoordinatedShutdown.PhaseServiceStop,
            CoordinatedShutdown.PhaseBeforeServiceUnbind,
            CoordinatedShutdown.PhaseServiceRequestsDone,
        })
        {
            shutdown.AddTask(phase, $"note {phase}", async () =>
            {
                await Task.Yield();
                lock (order) order.Add(phase);
                return global::Akka.Done.Instance;
            });
        }

        shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceUnbind, "fails", () => throw new InvalidOperationException("goes on"));
        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);
        Assert.Equal(
            [
                CoordinatedShutdown.PhaseBeforeServiceUnbind,
                CoordinatedShutdown.PhaseServiceRequestsDone,
                CoordinatedShutdown.PhaseServiceStop,
                CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
            ],
            order);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
        Assert.Same(CoordinatedShutdown.ClrExitReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public void Messages_can_be_scheduled_once_and_repeatedly()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(10), TestActor, "once", ActorRefs.NoSender);
        ExpectMsg("once");
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "tick", TestActor);
        ExpectMsg("tick");
        ExpectMsg("tick");
        cancelable.Cancel();
        ReceiveWhile<string>(_ => true, TimeSpan.FromMilliseconds(50));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    private IActorRef Create(string name)
    {
        // Termination is told to watchers before the parent frees the name.
        IActorRef? created = null;
        AwaitAssert(() => created = Sys.ActorOf(BlackHoleActor.Props, name), interval: TimeSpan.FromMilliseconds(5));
        return created!;
    }
}
