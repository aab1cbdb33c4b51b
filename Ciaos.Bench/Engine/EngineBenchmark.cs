using Akka.Actor;

namespace Ciaos.Bench.Engine;

/// <summary>What a message costs. The cases and sizes are those that the official engine was measured with.</summary>
internal static class EngineBenchmark
{
    private const int Tells = 5_000_000;
    private const int Asks = 200_000;
    private const int AsksInFlight = 64;
    private const int PingPongs = 4_000_000;
    private const int PingPongPairs = 4;
    private const int PingPongsInFlight = 100;

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    public static async Task Run(string[] args, BenchReport report)
    {
        var system = ActorSystem.Create("bench", "akka.loglevel = WARNING");
        if (IsWanted(args, "tell"))
        {
            report.Add(await CpuMeter.Measure("Tell 1->1", Tells, () => Tell(system)));
        }

        if (IsWanted(args, "ask"))
        {
            report.Add(await CpuMeter.Measure("Ask, 64 in flight", Asks, () => Ask(system)));
        }

        if (IsWanted(args, "pingpong"))
        {
            report.Add(await CpuMeter.Measure("Ping-pong, 8 actors", PingPongs, () => PingPong(system)));
        }

        await system.Terminate().ConfigureAwait(false);
    }

    private static bool IsWanted(string[] args, string name) =>
        args.Length == 0 || args.Contains(name, StringComparer.Ordinal);

    private static async Task Tell(ActorSystem system)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counter = system.ActorOf(Props.Create(() => new Counter(Tells, done)));
        for (var i = 0; i < Tells; i++) counter.Tell(Message.Instance, ActorRefs.NoSender);
        await done.Task.ConfigureAwait(false);
        system.Stop(counter);
    }

    private static async Task Ask(ActorSystem system)
    {
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        await Task.WhenAll(Enumerable.Range(0, AsksInFlight).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Asks / AsksInFlight; i++)
            {
                await echo.Ask<Message>(Message.Instance, AskTimeout).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
        system.Stop(echo);
    }

    private static async Task PingPong(ActorSystem system)
    {
        var running = new List<Task>();
        for (var i = 0; i < PingPongPairs; i++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var limit = PingPongs / PingPongPairs / 2;
            var left = system.ActorOf(Props.Create(() => new Player(limit, done)));
            var right = system.ActorOf(Props.Create(() => new Player(limit, done)));
            for (var j = 0; j < PingPongsInFlight; j++) left.Tell(Message.Instance, right);
            running.Add(done.Task.ContinueWith(
                _ =>
                {
                    system.Stop(left);
                    system.Stop(right);
                },
                TaskScheduler.Default));
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private sealed class Message
    {
        public static readonly Message Instance = new();
    }

    private sealed class Counter : ReceiveActor
    {
        private int _left;

        public Counter(int expected, TaskCompletionSource done)
        {
            _left = expected;
            Receive<Message>(_ =>
            {
                if (--_left == 0) done.SetResult();
            });
        }
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<Message>(message => Sender.Tell(message));
    }

    private sealed class Player : ReceiveActor
    {
        private int _left;

        public Player(int limit, TaskCompletionSource done)
        {
            _left = limit;
            Receive<Message>(message =>
            {
                if (_left == 0) return;
                if (--_left == 0) done.TrySetResult();
                Sender.Tell(message);
            });
        }
    }
}
