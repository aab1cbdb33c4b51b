using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Asynchronous handlers: one message at a time all the same.</summary>
public sealed class AsyncHandlerSpec : TestKit
{
    [Fact]
    public void The_next_message_waits_until_the_handler_is_through()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Slow(TestActor)));
        for (var i = 0; i < 5; i++) actor.Tell(i);
        for (var i = 0; i < 5; i++)
        {
            ExpectMsg($"begin {i}");
            ExpectMsg($"end {i}");
        }
    }

    [Fact]
    public void Self_sender_and_context_are_the_same_after_an_await()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Slow(TestActor)), "slow");
        actor.Tell("who");
        ExpectMsg((actor, TestActor));
    }

    [Fact]
    public void What_the_handler_throws_after_an_await_goes_to_the_supervisor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Slow(TestActor)));
        EventFilter.Exception<InvalidOperationException>("late").ExpectOne(() => actor.Tell("fail"));
        ExpectMsg("restarted by fail");
        actor.Tell(1);
        ExpectMsg("begin 1");
        ExpectMsg("end 1");
    }

    [Fact]
    public void A_handler_that_awaits_nothing_is_like_any_other()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Slow(TestActor)));
        actor.Tell("nothing");
        ExpectMsg("nothing awaited");
        EventFilter.Exception<InvalidOperationException>("early").ExpectOne(() => actor.Tell("fail early"));
        ExpectMsg("restarted by fail early");
    }

    [Fact]
    public void System_messages_are_handled_while_the_handler_waits()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Slow(TestActor)));
        var never = new TaskCompletionSource();
        actor.Tell(never);
        ExpectMsg("waiting");
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);
        never.SetResult();
    }

    [Fact]
    public void Results_of_tasks_can_be_piped_and_so_can_failures()
    {
        _ = Task.FromResult(42).PipeTo(TestActor);
        ExpectMsg(42);
        _ = Task.FromException<int>(new DivideByZeroException()).PipeTo(TestActor);
        Assert.IsType<DivideByZeroException>(ExpectMsg<Status.Failure>().Cause);
        _ = Task.FromResult(1).PipeTo(TestActor, success: i => $"got {i}");
        ExpectMsg("got 1");
        _ = Task.FromException<int>(new DivideByZeroException()).PipeTo(TestActor, failure: e => e.GetType().Name);
        ExpectMsg(nameof(DivideByZeroException));
        var probe = CreateTestProbe();
        _ = Task.FromResult("from").PipeTo(TestActor, probe.Ref);
        ExpectMsgFrom(probe.Ref, "from");
    }

    private sealed class Slow : ReceiveActor
    {
        private readonly IActorRef _log;

        public Slow(IActorRef log)
        {
            _log = log;
            ReceiveAsync<int>(async i =>
            {
                log.Tell($"begin {i}");
                await Task.Yield();
                await Task.Delay(1);
                log.Tell($"end {i}");
            });
            ReceiveAsync<string>(s => s == "who", async _ =>
            {
                await Task.Yield();
                await Task.Delay(1);
                log.Tell((Context.Self, Sender));
            });
            ReceiveAsync<string>(s => s == "fail", async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException("late");
            });
            ReceiveAsync<string>(s => s == "fail early", _ => throw new InvalidOperationException("early"));
            ReceiveAsync<string>(_ =>
            {
                log.Tell("nothing awaited");
                return Task.CompletedTask;
            });
            ReceiveAsync<TaskCompletionSource>(async never =>
            {
                log.Tell("waiting");
                await never.Task;
            });
        }

        protected override void PreRestart(Exception reason, object message) => _log.Tell($"restarted by {message}");
    }
}
