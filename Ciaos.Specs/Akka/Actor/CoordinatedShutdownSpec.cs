using System.Collections.Concurrent;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>What is done before a system goes, in which order, and what a failure on the way means.</summary>
public sealed class CoordinatedShutdownSpec : IAsyncLifetime
{
    private const string Phases = """
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.coordinated-shutdown.phases {
          slow { timeout = 100ms, depends-on = [service-stop] }
          strict { timeout = 100ms, recover = off, depends-on = [slow] }
          before-cluster-shutdown { depends-on = [strict] }
        }
        """;

    private readonly ConcurrentQueue<string> _done = new();
    private readonly ActorSystem _system = ActorSystem.Create("shutdown", ConfigurationFactory.ParseString(Phases));
    private readonly CoordinatedShutdown _shutdown;

    public CoordinatedShutdownSpec() => _shutdown = CoordinatedShutdown.Get(_system);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        ((ExtendedActorSystem)_system).Abort();
        await _system.WhenTerminated;
    }

    [Fact]
    public async Task Phases_run_one_after_the_other_and_the_system_ends_with_the_last()
    {
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        Add(CoordinatedShutdown.PhaseServiceStop, "third");
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "first");
        Add(CoordinatedShutdown.PhaseServiceUnbind, "second");

        await Run();

        Assert.Equal(["first", "second", "third", "last"], _done);
        Assert.True(_system.WhenTerminated.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_phase_waits_for_all_its_tasks_which_run_at_once()
    {
        var other = new TaskCompletionSource();
        _shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "waits", async () =>
        {
            await other.Task;
            _done.Enqueue("waited");
            return Done.Instance;
        });
        _shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "is waited for", () =>
        {
            other.SetResult();
            return Task.FromResult(Done.Instance);
        });
        Add(CoordinatedShutdown.PhaseServiceStop, "after");

        await Run();

        Assert.Equal(["waited", "after"], _done);
    }

    [Fact]
    public async Task It_runs_once_whoever_starts_it()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "once");

        var first = Run();
        var second = Run();
        await _system.Terminate();
        await Task.WhenAll(first, second);

        Assert.Equal(["once"], _done);
        Assert.IsType<CoordinatedShutdown.UnknownReason>(_shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Terminating_the_system_runs_it()
    {
        Add(CoordinatedShutdown.PhaseServiceStop, "stopped");
        Assert.Null(_shutdown.ShutdownReason);

        await _system.Terminate();

        Assert.Equal(["stopped"], _done);
        Assert.IsType<CoordinatedShutdown.ActorSystemTerminateReason>(_shutdown.ShutdownReason);
    }

    [Fact]
    public async Task A_task_that_fails_does_not_hold_up_the_rest()
    {
        _shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop, "fails", () => throw new InvalidOperationException("no"));
        _shutdown.AddTask(
            CoordinatedShutdown.PhaseServiceStop, "fails later", () => Task.FromException<Done>(new IOException("no")));
        Add(CoordinatedShutdown.PhaseServiceStop, "beside");
        Add(CoordinatedShutdown.PhaseBeforeClusterShutdown, "after");

        await Run();

        Assert.Equal(["beside", "after"], _done);
    }

    [Fact]
    public async Task A_phase_that_takes_too_long_is_left_behind()
    {
        _shutdown.AddTask("slow", "never", () => new TaskCompletionSource<Done>().Task);
        Add(CoordinatedShutdown.PhaseBeforeClusterShutdown, "after");

        await Run();

        Assert.Equal(["after"], _done);
    }

    [Fact]
    public async Task A_strict_phase_that_takes_too_long_ends_the_shutdown()
    {
        _shutdown.AddTask("strict", "never", () => new TaskCompletionSource<Done>().Task);
        Add(CoordinatedShutdown.PhaseBeforeClusterShutdown, "after");

        await Assert.ThrowsAsync<TimeoutException>(Run);

        Assert.Empty(_done);
        Assert.False(_system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task It_can_begin_with_a_later_phase()
    {
        Add(CoordinatedShutdown.PhaseServiceUnbind, "skipped");
        Add(CoordinatedShutdown.PhaseServiceStop, "run");

        await _shutdown.Run(CoordinatedShutdown.UnknownReason.Instance, CoordinatedShutdown.PhaseServiceStop);

        Assert.Equal(["run"], _done);
    }

    [Fact]
    public async Task A_task_can_add_tasks_to_a_later_phase()
    {
        _shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "adds", () =>
        {
            Add(CoordinatedShutdown.PhaseServiceStop, "added");
            return Task.FromResult(Done.Instance);
        });

        await Run();

        Assert.Equal(["added"], _done);
    }

    [Fact]
    public void Phases_have_the_time_that_their_settings_say()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), _shutdown.Timeout("slow"));
        Assert.Equal(TimeSpan.FromSeconds(5), _shutdown.Timeout(CoordinatedShutdown.PhaseServiceStop));
        Assert.Equal(TimeSpan.FromSeconds(10), _shutdown.Timeout(CoordinatedShutdown.PhaseActorSystemTerminate));
        Assert.Throws<ArgumentException>(() => _shutdown.Timeout("no such phase"));
    }

    [Fact]
    public void A_circle_of_phases_is_refused_when_the_system_starts()
    {
        var circle = ConfigurationFactory.ParseString(
            "akka.stdout-loglevel = OFF, "
            + "akka.coordinated-shutdown.phases.before-service-unbind.depends-on = [service-stop]");
        Assert.ThrowsAny<ArgumentException>(() => ActorSystem.Create("circle", circle));
    }

    private void Add(string phase, string name) => _shutdown.AddTask(phase, name, () =>
    {
        _done.Enqueue(name);
        return Task.FromResult(Done.Instance);
    });

    private Task<Done> Run() => _shutdown.Run(CoordinatedShutdown.UnknownReason.Instance);
}
