using Akka.Actor;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>Waiting for the end of an actor from outside.</summary>
public sealed class StoppingSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_graceful_stop_handles_what_was_sent_before()
    {
        var echo = Sys.ActorOf(EchoActor.Props(this));
        echo.Tell("before");
        Assert.True(await echo.GracefulStop(RemainingOrDefault));
        ExpectMsg("before");
    }

    [Fact]
    public async Task It_can_be_asked_of_one_that_has_stopped()
    {
        var echo = Sys.ActorOf(EchoActor.Props(this));
        Assert.True(await echo.GracefulStop(RemainingOrDefault));
        Assert.True(await echo.GracefulStop(RemainingOrDefault));
    }

    [Fact]
    public async Task One_that_does_not_stop_in_time_is_given_up()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stubborn()));
        await Assert.ThrowsAnyAsync<TaskCanceledException>(() => actor.GracefulStop(Short, "please"));
        Assert.True(await actor.GracefulStop(RemainingOrDefault, "now"));
    }

    [Fact]
    public async Task Children_stop_before_their_parent_has_stopped()
    {
        var parent = Sys.ActorOf(Props.Create(() => new WithChild()));
        var child = await parent.Ask<IActorRef>("child", RemainingOrDefault);
        Watch(child);
        Assert.True(await parent.GracefulStop(RemainingOrDefault));
        ExpectTerminated(child, TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Watching_asynchronously_ends_with_the_actor_or_with_the_token()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stubborn()));
        using var cancelled = new CancellationTokenSource();
        var given = actor.WatchAsync(cancelled.Token);
        var waited = actor.WatchAsync();
        await cancelled.CancelAsync();
        Assert.False(await given);
        Assert.False(waited.IsCompleted);

        actor.Tell("now");
        Assert.True(await waited);
    }

    private sealed class Stubborn : ReceiveActor
    {
        public Stubborn()
        {
            Receive<string>(message => message == "now", _ => Context.Stop(Self));
            ReceiveAny(_ => { });
        }
    }

    private sealed class WithChild : ReceiveActor
    {
        public WithChild() => ReceiveAny(_ => Sender.Tell(Context.ActorOf(BlackHoleActor.Props)));
    }
}
