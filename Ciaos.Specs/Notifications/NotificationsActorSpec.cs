using Akka.Actor;
using Ciaos.Actors.Notifications;
using Xunit;

namespace Ciaos.Specs.Notifications;

public sealed class NotificationsActorSpec
{
    [Fact]
    public async Task A_dead_webhook_holds_up_no_other_of_its_bucket_and_misses_nothing()
    {
        using var dead = new HookServer { Status = 503 };
        using var alive = new HookServer();
        await using var bench = await FollowerBench.StartAsync();
        bench.Targets =
        [
            FollowerBench.Target("dead", "s3:*") with { Url = dead.Url() },
            FollowerBench.Target("alive", "s3:*") with { Url = alive.Url() },
        ];
        await bench.ConfigureAsync();
        await bench.Put("first");
        var system = ActorSystem.Create("notifications-spec");
        try
        {
            var pause = TimeSpan.FromMilliseconds(10);
            var settings = FollowerBench.Settings with
            {
                PollInterval = pause,
                RetryMin = pause,
                RetryMax = pause,
                CallTimeout = TimeSpan.FromSeconds(10),
            };
            system.ActorOf(NotificationsActor.Props(bench.Source(system), settings));
            Assert.Contains("\"first\"", await alive.TakenAsync(), StringComparison.Ordinal);
            await bench.Put("second");
            Assert.Contains("\"second\"", await alive.TakenAsync(), StringComparison.Ordinal);
            dead.Status = 200;
            var told = await dead.TakenAsync();
            if (!told.Contains("\"second\"", StringComparison.Ordinal)) told += await dead.TakenAsync();
            Assert.Contains("\"first\"", told, StringComparison.Ordinal);
            Assert.Contains("\"second\"", told, StringComparison.Ordinal);
        }
        finally
        {
            await system.Terminate();
        }
    }
}
