using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace Akka.Dispatch.Deterministic;

/// <summary>
/// Runs actor systems on the calling thread, in virtual time, from a seed: whenever several actors or continuations
/// could go on, the seed decides which does. The same seed and the same calls give the same run.
/// </summary>
/// <remarks>
/// Everything runs inside <see cref="RunUntilIdle"/> and <see cref="AdvanceBy"/>. What an actor awaits comes back to
/// the actor; what <see cref="Run"/> starts, and what the engine continues, comes back here. Work that code sends to
/// the process's thread pool instead (Task.Run, a completion source that runs continuations asynchronously under
/// ConfigureAwait(false)) escapes; <see cref="ForeignPosts"/> counts what comes back from there.
/// </remarks>
internal sealed class DeterministicRuntime : ISystemRuntime
{
    private const string Settings = """
        akka {
          loggers = []
          stdout-loglevel = OFF
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """;

    private readonly Random _choice;
    private readonly List<IRunnable> _runnable = [];
    private readonly VirtualTimeScheduler _scheduler;
    private readonly DeterministicTaskScheduler _tasks;
    private int _thread = Environment.CurrentManagedThreadId;
    private long _foreignPosts;
    private bool _isHalted;
    private bool _hasElapsed;

    /// <param name="start">What <see cref="Now"/> shows at first: where the runtime before this one ended.</param>
    public DeterministicRuntime(int seed, TimeSpan start = default)
    {
        Seed = seed;
        _choice = new Random(seed);
        _scheduler = new VirtualTimeScheduler(start);
        _tasks = new DeterministicTaskScheduler(this);
        TimeProvider = new VirtualTimeProvider(_scheduler);
    }

    public int Seed { get; }

    /// <summary>Virtual time. It begins with zero, or what the runtime was told.</summary>
    public TimeSpan Now => _scheduler.MonotonicClock;

    /// <summary>The virtual clock, for code that takes its time from a provider. Begins at 2000-01-01 UTC.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>How many times another thread handed work in: 0 in a run that can be repeated.</summary>
    public long ForeignPosts => Interlocked.Read(ref _foreignPosts);

    /// <summary>Where the first of them came from.</summary>
    public string? FirstForeignPost { get; private set; }

    /// <summary>Steps that have been run, for limits and traces.</summary>
    public long Steps { get; private set; }

    public IScheduler Scheduler => _scheduler;

    public TaskScheduler TaskScheduler => _tasks;

    public ActorSystem CreateSystem(string name, Config? config = null, ActorSystemSetup? setup = null)
    {
        var settings = ConfigurationFactory.ParseString(Settings);
        if (!config.IsNullOrEmpty()) settings = settings.WithFallback(config);
        var system = new ActorSystemImpl(name, settings, setup ?? ActorSystemSetup.Empty, null, this);
        system.Start();
        RunUntilIdle();
        return system;
    }

    public MessageDispatcherConfigurator Dispatcher(ActorSystemImpl system) =>
        new DeterministicDispatcherConfigurator(this, system);

    /// <summary>Runs one step after the other until nothing can go on without time passing.</summary>
    /// <param name="mostSteps">A run that has not come to rest by then never will.</param>
    /// <exception cref="InvalidOperationException">There were more steps than that.</exception>
    public void RunUntilIdle(long mostSteps = 100_000_000)
    {
        _thread = Environment.CurrentManagedThreadId;
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            for (var done = 0L; TryStep(); done++)
            {
                if (done == mostSteps)
                {
                    throw new InvalidOperationException($"No rest after {mostSteps} steps (seed {Seed}).");
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>
    /// Lets virtual time pass: stops at each moment for which something is scheduled and runs until idle.
    /// </summary>
    public void AdvanceBy(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var end = Now + time;
        RunUntilIdle();
        while (!_isHalted && _scheduler.FireNext(end)) RunUntilIdle();
        if (!_isHalted) _scheduler.SetTo(end);
    }

    /// <summary>Runs, and lets time pass, until a condition holds or nothing is left to happen within a time. It stops
    /// as soon as the condition holds: what else could run waits.</summary>
    public void AdvanceUntil(Func<bool> condition, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(condition);
        _thread = Environment.CurrentManagedThreadId;
        var end = Now + within;
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (!condition() && !_isHalted && (TryStep() || _scheduler.FireNext(end)))
            {
                // One step or one moment after the other.
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    /// <summary>Starts something asynchronous whose continuations come back to this runtime.</summary>
    public Task<T> Run<T>(Func<Task<T>> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return Task.Factory
            .StartNew(start, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _tasks)
            .Unwrap();
    }

    public Task Run(Func<Task> start) => Run(async () =>
    {
        await start().ConfigureAwait(true);
        return Done.Instance;
    });

    /// <summary>Lets time pass until the task has completed.</summary>
    /// <exception cref="TimeoutException">It has not within the given virtual time.</exception>
    public T Await<T>(Task<T> task, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(task);
        var end = Now + within;
        RunUntilIdle();
        while (!task.IsCompleted && !_isHalted && _scheduler.FireNext(end)) RunUntilIdle();
        return task.IsCompleted
            ? task.GetAwaiter().GetResult()
            : throw new TimeoutException($"Not completed within {within} of virtual time (seed {Seed}).");
    }

    public void Terminate(ActorSystem system, TimeSpan within)
    {
        ArgumentNullException.ThrowIfNull(system);
        Await(
            Run(async () =>
            {
                await system.Terminate().ConfigureAwait(true);
                return Done.Instance;
            }),
            within);
    }

    /// <summary>Whatever runs in it is dead from the end of the present step on, as after a power cut: no step, timer
    /// or continuation runs any more.</summary>
    public void Halt() => _isHalted = true;

    public bool IsHalted => _isHalted;

    /// <summary>Lets time pass while a step runs: it takes that long. What is due by then begins after it.</summary>
    public void Elapse(TimeSpan time)
    {
        _scheduler.SetTo(Now + time);
        _hasElapsed = true;
    }

    public void Post(Action action) => Post(new ActionRunnable(action));

    internal void Post(IRunnable runnable)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Interlocked.Increment(ref _foreignPosts);
            FirstForeignPost ??= Environment.StackTrace;
        }

        lock (_runnable) _runnable.Add(runnable);
    }

    private bool TryStep()
    {
        FireWhatIsDue();
        if (Next() is not { } next) return false;
        Steps++;
        next.Run();
        return true;
    }

    // While a step took its time, other moments have come: what was scheduled for them goes on beside what is runnable.
    private void FireWhatIsDue()
    {
        if (!_hasElapsed) return;
        _hasElapsed = false;
        while (!_isHalted && _scheduler.FireNext(Now))
        {
            // One after the other, as they were due.
        }
    }

    private IRunnable? Next()
    {
        lock (_runnable)
        {
            if (_isHalted || _runnable.Count == 0) return null;
            var chosen = _choice.Next(_runnable.Count);
            var next = _runnable[chosen];

            // Those behind it keep their order: what is chosen next must depend on nothing but the seed.
            _runnable.RemoveAt(chosen);
            return next;
        }
    }
}
