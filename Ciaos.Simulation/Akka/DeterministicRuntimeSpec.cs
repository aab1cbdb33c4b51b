using Akka.Actor;
using Akka.Dispatch.Deterministic;
using Xunit;

namespace Ciaos.Simulation.Akka;

public sealed class DeterministicRuntimeSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        Assert.Equal(Trace(seed: 7), Trace(seed: 7));
    }

    [Fact]
    public void Seeds_differ_in_what_happens_first()
    {
        var traces = Enumerable.Range(1, 10)
            .Select(seed => string.Join(' ', Trace(seed)))
            .Distinct(StringComparer.Ordinal);

        Assert.True(traces.Count() > 1);
    }

    [Fact]
    public void Each_pair_keeps_its_order_whatever_the_seed()
    {
        foreach (var seed in Enumerable.Range(1, 20))
        {
            var trace = Trace(seed);
            foreach (var sender in new[] { "a", "b", "c" })
            {
                var mine = trace.Where(entry => entry.StartsWith(sender, StringComparison.Ordinal));
                Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{sender}{i}"), mine);
            }
        }
    }

    [Fact]
    public void Nothing_runs_until_the_runtime_is_told_to()
    {
        var runtime = new DeterministicRuntime(1);
        var trace = new List<string>();
        var system = runtime.CreateSystem("quiet");
        var recorder = system.ActorOf(Props.Create(() => new Recorder(trace)));
        recorder.Tell("one");

        Assert.Empty(trace);
        runtime.RunUntilIdle();
        Assert.Equal(["one"], trace);
    }

    [Fact]
    public void Time_passes_only_when_told_and_in_steps()
    {
        var runtime = new DeterministicRuntime(1);
        var trace = new List<string>();
        var system = runtime.CreateSystem("time");
        system.ActorOf(Props.Create(() => new Clock(trace, runtime.TimeProvider)));
        runtime.RunUntilIdle();
        Assert.Empty(trace);

        runtime.AdvanceBy(TimeSpan.FromMilliseconds(999));
        Assert.Empty(trace);
        runtime.AdvanceBy(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["tick at 1"], trace);
        runtime.AdvanceBy(TimeSpan.FromSeconds(2));
        Assert.Equal(["tick at 1", "tick at 2", "tick at 3"], trace);
    }

    [Fact]
    public void What_an_actor_awaits_comes_back_to_it_on_this_thread()
    {
        var runtime = new DeterministicRuntime(3);
        var trace = new List<string>();
        var system = runtime.CreateSystem("async");
        var waiter = system.ActorOf(Props.Create(() => new Waiter(trace, runtime.TimeProvider)));
        waiter.Tell("first");
        waiter.Tell("second");
        runtime.RunUntilIdle();
        Assert.Equal(["first begins"], trace);

        runtime.AdvanceBy(Second);
        Assert.Equal(["first begins", "first ends", "second begins"], trace);
        runtime.AdvanceBy(Second);

        Assert.Equal(["first begins", "first ends", "second begins", "second ends"], trace);
        Assert.Equal(0, runtime.ForeignPosts);
    }

    [Fact]
    public void Asks_and_pipes_stay_inside_the_runtime()
    {
        var runtime = new DeterministicRuntime(4);
        var system = runtime.CreateSystem("pipes");
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        var asker = system.ActorOf(Props.Create(() => new Asker(echo)));

        var answer = runtime.Run(async () => await asker.Ask<string>("question", Second).ConfigureAwait(false));

        Assert.Equal("question answered", runtime.Await(answer, Second));
        Assert.Equal(0, runtime.ForeignPosts);
    }

    [Fact]
    public void An_ask_times_out_in_virtual_time()
    {
        var runtime = new DeterministicRuntime(5);
        var system = runtime.CreateSystem("timeouts");
        var silent = system.ActorOf(Props.Create(() => new Recorder(new List<string>())));
        var answer = runtime.Run(() => silent.Ask<string>("anybody?", TimeSpan.FromHours(1)));
        runtime.AdvanceBy(TimeSpan.FromMinutes(59));
        Assert.False(answer.IsCompleted);

        Assert.Throws<AskTimeoutException>(() => runtime.Await(answer, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_system_terminates_with_its_tasks_and_callbacks()
    {
        var runtime = new DeterministicRuntime(6);
        var system = runtime.CreateSystem("ends");
        var trace = new List<string>();
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "slow", async () =>
        {
            await Task.Delay(Second, runtime.TimeProvider).ConfigureAwait(true);
            trace.Add("stopped");
            return global::Akka.Done.Instance;
        });
        system.RegisterOnTermination(() => trace.Add("terminated"));

        runtime.Terminate(system, TimeSpan.FromSeconds(10));

        Assert.Equal(["stopped", "terminated"], trace);
        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_failure_is_handled_as_elsewhere()
    {
        var runtime = new DeterministicRuntime(8);
        var system = runtime.CreateSystem("fails");
        var trace = new List<string>();
        var recorder = system.ActorOf(Props.Create(() => new Recorder(trace)));
        recorder.Tell("before");
        recorder.Tell(new InvalidOperationException("bad"));
        recorder.Tell("after");
        runtime.RunUntilIdle();

        Assert.Equal(["before", "restarted", "after"], trace);
    }

    [Fact]
    public void A_run_that_never_rests_is_cut_off()
    {
        var runtime = new DeterministicRuntime(9);
        var system = runtime.CreateSystem("restless");
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        echo.Tell("round and round", echo);

        Assert.Throws<InvalidOperationException>(() => runtime.RunUntilIdle(mostSteps: 1000));
    }

    private static List<string> Trace(int seed)
    {
        var runtime = new DeterministicRuntime(seed);
        var trace = new List<string>();
        var system = runtime.CreateSystem("traced");
        var recorder = system.ActorOf(Props.Create(() => new Recorder(trace)));
        foreach (var name in new[] { "a", "b", "c" })
        {
            system.ActorOf(Props.Create(() => new Talker(name, recorder))).Tell("go");
        }

        runtime.RunUntilIdle();
        Assert.Equal(30, trace.Count);
        Assert.Equal(0, runtime.ForeignPosts);
        return trace;
    }

    private sealed class Recorder : ReceiveActor
    {
        private readonly List<string> _trace;

        public Recorder(List<string> trace)
        {
            _trace = trace;
            Receive<string>(trace.Add);
            Receive<Exception>(exception => throw exception);
        }

        protected override void PostRestart(Exception reason) => _trace.Add("restarted");
    }

    private sealed class Talker : ReceiveActor
    {
        private int _next;

        public Talker(string name, IActorRef recorder) => Receive<string>(_ =>
        {
            recorder.Tell($"{name}{_next}");
            if (++_next < 10) Self.Tell("go on");
        });
    }

    private sealed class Clock : ReceiveActor, IWithTimers
    {
        public Clock(List<string> trace, TimeProvider time)
        {
            var start = time.GetTimestamp();
            Receive<string>(_ => trace.Add($"tick at {(int)time.GetElapsedTime(start).TotalSeconds}"));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Timers.StartPeriodicTimer("clock", "tick", Second);
    }

    private sealed class Waiter : ReceiveActor
    {
        public Waiter(List<string> trace, TimeProvider time) => ReceiveAsync<string>(async name =>
        {
            var thread = Environment.CurrentManagedThreadId;
            trace.Add($"{name} begins");
            await Task.Delay(Second, time);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            trace.Add($"{name} ends");
        });
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<string>(message => Sender.Tell(message));
    }

    private sealed class Asker : ReceiveActor
    {
        public Asker(IActorRef echo) => Receive<string>(question =>
            echo.Ask<string>(question, Second).PipeTo(Sender, Self, reply => $"{reply} answered"));
    }
}
