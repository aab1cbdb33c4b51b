using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Dispatch;

/// <summary>On which threads actors run, as HOCON says it.</summary>
public sealed class DispatcherSpec : TestKit
{
    private const string Settings = """
        own-threads {
          type = ForkJoinDispatcher
          throughput = 10
          dedicated-thread-pool { thread-count = 2 }
        }
        pinned { type = PinnedDispatcher }
        tasks { type = TaskDispatcher }
        fork-join { executor = fork-join-executor, fork-join-executor { parallelism-min = 1, parallelism-max = 1 } }
        deadline { throughput = 1000, throughput-deadline-time = 1ms }
        other-name = own-threads
        akka.actor.deployment {
          /deployed { dispatcher = own-threads }
          "/family/*" { dispatcher = own-threads }
        }
        """;

    public DispatcherSpec()
        : base(Settings)
    {
    }

    [Theory]
    [InlineData("own-threads")]
    [InlineData("pinned")]
    [InlineData("tasks")]
    [InlineData("fork-join")]
    [InlineData("deadline")]
    [InlineData("akka.actor.default-dispatcher")]
    [InlineData("akka.actor.default-blocking-io-dispatcher")]
    [InlineData("akka.actor.task-dispatcher")]
    [InlineData("akka.actor.default-fork-join-dispatcher")]
    [InlineData("akka.actor.internal-dispatcher")]
    public async Task An_actor_on_it_handles_all_its_messages_in_order(string dispatcher)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Collector()).WithDispatcher(dispatcher));
        for (var i = 0; i < 1000; i++) actor.Tell(i);
        Assert.Equal(Enumerable.Range(0, 1000), await actor.Ask<int[]>("all", RemainingOrDefault));
    }

    [Fact]
    public async Task A_dedicated_pool_has_its_own_threads_and_no_more_than_it_was_given()
    {
        var names = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        var actors = Enumerable.Range(0, 8)
            .Select(_ => Sys.ActorOf(Props.Create(() => new ThreadNamer()).WithDispatcher("own-threads")))
            .ToArray();
        for (var i = 0; i < 20; i++)
        {
            foreach (var actor in actors) names[await actor.Ask<string>("where?", RemainingOrDefault)] = true;
        }

        Assert.All(names.Keys, name => Assert.StartsWith("own-threads_", name, StringComparison.Ordinal));
        Assert.InRange(names.Count, 1, 2);
    }

    [Fact]
    public async Task A_pinned_actor_has_a_thread_to_itself()
    {
        var props = Props.Create(() => new ThreadNamer()).WithDispatcher("pinned");
        var (one, other) = (Sys.ActorOf(props), Sys.ActorOf(props));
        var first = await one.Ask<int>("id", RemainingOrDefault);

        Assert.Equal(first, await one.Ask<int>("id", RemainingOrDefault));
        Assert.NotEqual(first, await other.Ask<int>("id", RemainingOrDefault));
    }

    [Fact]
    public async Task A_deployment_chooses_the_dispatcher_of_a_path()
    {
        var deployed = Sys.ActorOf(Props.Create(() => new ThreadNamer()), "deployed");
        var family = Sys.ActorOf(Props.Create(() => new Family()), "family");
        var child = await family.Ask<IActorRef>("child", RemainingOrDefault);

        foreach (var actor in new[] { deployed, child })
        {
            var thread = await actor.Ask<string>("where?", RemainingOrDefault);
            Assert.StartsWith("own-threads_", thread, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_unknown_dispatcher_is_refused_where_the_actor_is_made()
    {
        Assert.ThrowsAny<ConfigurationException>(
            () => Sys.ActorOf(Props.Create(() => new Collector()).WithDispatcher("no-such-dispatcher")));
        Assert.False(Sys.Dispatchers.HasDispatcher("no-such-dispatcher"));
        Assert.True(Sys.Dispatchers.HasDispatcher("own-threads"));
    }

    [Fact]
    public void Settings_are_read_from_the_section_and_from_the_default_behind_it()
    {
        var dispatcher = Sys.Dispatchers.Lookup("own-threads");
        Assert.Equal("own-threads", dispatcher.Id);
        Assert.Equal(10, dispatcher.Throughput);
        Assert.Equal(30, Sys.Dispatchers.Lookup("tasks").Throughput);
        Assert.Equal(TimeSpan.FromMilliseconds(1).Ticks, Sys.Dispatchers.Lookup("deadline").ThroughputDeadlineTime);
        Assert.Same(dispatcher, Sys.Dispatchers.Lookup("own-threads"));
    }

    [Fact]
    public async Task Scheduled_actions_run_on_it()
    {
        var done = new TaskCompletionSource<string?>();
        Sys.Dispatchers.Lookup("own-threads").Schedule(() => done.SetResult(Thread.CurrentThread.Name));
        Assert.StartsWith("own-threads_", await done.Task, StringComparison.Ordinal);
    }

    [Fact]
    public void Mapping_of_names_to_configurators_can_be_extended_once_per_name()
    {
        var configurator = Sys.Dispatchers.Lookup("tasks").Configurator;
        Assert.True(Sys.Dispatchers.RegisterConfigurator("mine", configurator));
        Assert.False(Sys.Dispatchers.RegisterConfigurator("mine", configurator));
        Assert.Same(configurator.Dispatcher(), Sys.Dispatchers.Lookup("mine"));
    }

    private sealed class Collector : ReceiveActor
    {
        public Collector()
        {
            var all = new List<int>();
            Receive<int>(all.Add);
            Receive<string>(_ => Sender.Tell(all.ToArray()));
        }
    }

    private sealed class ThreadNamer : ReceiveActor
    {
        public ThreadNamer()
        {
            Receive<string>(message => message == "id", _ => Sender.Tell(Environment.CurrentManagedThreadId));
            Receive<string>(_ => Sender.Tell(Thread.CurrentThread.Name ?? ""));
        }
    }

    private sealed class Family : ReceiveActor
    {
        public Family() => ReceiveAny(_ => Sender.Tell(Context.ActorOf(Props.Create(() => new ThreadNamer()), "any")));
    }
}
