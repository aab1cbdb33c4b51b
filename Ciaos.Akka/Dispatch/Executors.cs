using Akka.Annotations;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>Runs things on threads.</summary>
public abstract class ExecutorService
{
    protected ExecutorService(string id) => Id = id;

    public string Id { get; }

    public abstract void Execute(IRunnable run);

    public abstract void Shutdown();
}

[InternalApi]
public abstract class ExecutorServiceFactory
{
    public abstract ExecutorService Produce(string id);
}

[InternalApi]
public abstract class ExecutorServiceConfigurator : ExecutorServiceFactory
{
    protected ExecutorServiceConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    {
        Config = config;
        Prerequisites = prerequisites;
    }

    public Config Config { get; }

    public IDispatcherPrerequisites Prerequisites { get; }
}

internal sealed class ThreadPoolExecutorServiceConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new ThreadPoolExecutorService(id);
}

/// <summary>The process-wide thread pool.</summary>
internal sealed class ThreadPoolExecutorService(string id) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    public override void Shutdown()
    {
    }
}

internal sealed class TaskExecutorServiceConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new TaskSchedulerExecutorService(id, TaskScheduler.Default);
}

/// <summary>Runs things where the actor system was created: for user interfaces.</summary>
internal sealed class CurrentContextExecutorServiceConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new TaskSchedulerExecutorService(
        id,
        SynchronizationContext.Current is null
            ? TaskScheduler.Default
            : TaskScheduler.FromCurrentSynchronizationContext());
}

internal sealed class TaskSchedulerExecutorService(string id, TaskScheduler scheduler) : ExecutorService(id)
{
    public override void Execute(IRunnable run) => _ = Task.Factory.StartNew(
        static state => ((IRunnable)state!).Run(), run, CancellationToken.None, TaskCreationOptions.DenyChildAttach,
        scheduler);

    public override void Shutdown()
    {
    }
}

internal sealed class ForkJoinExecutorServiceConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id)
    {
        if (Config.GetConfig("dedicated-thread-pool") is { IsEmpty: false } dedicated)
        {
            var count = dedicated.GetInt("thread-count");
            if (count < 1) throw new ConfigurationException($"{id}.dedicated-thread-pool.thread-count must be > 0");
            var isBackground = !string.Equals(
                dedicated.GetString("threadtype", "background"), "foreground", StringComparison.OrdinalIgnoreCase);
            return new DedicatedThreadsExecutorService(id, count, isBackground);
        }

        var pool = Config.GetConfig("fork-join-executor") ?? Config.Empty;
        var threads = ThreadPoolConfig.ScaledPoolSize(
            pool.GetInt("parallelism-min", 8),
            pool.GetDouble("parallelism-factor", 1.0),
            pool.GetInt("parallelism-max", 64));
        return new DedicatedThreadsExecutorService(id, threads, isBackground: true);
    }
}

public class ThreadPoolConfig
{
    public ThreadPoolConfig(Config config)
    {
        PoolSizeMin = config.GetInt("core-pool-size-min");
        PoolSizeFactor = config.GetDouble("core-pool-size-factor");
        PoolSizeMax = config.GetInt("core-pool-size-max");
    }

    public int PoolSizeMin { get; }

    public double PoolSizeFactor { get; }

    public int PoolSizeMax { get; }

    /// <summary>Processors times the factor, but at least the floor and at most the ceiling.</summary>
    public static int ScaledPoolSize(int floor, double scalar, int ceiling) =>
        Math.Min(Math.Max((int)Math.Ceiling(Environment.ProcessorCount * scalar), floor), ceiling);
}
