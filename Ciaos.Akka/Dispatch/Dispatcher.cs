using Akka.Annotations;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>Runs mailboxes on an executor; the thread pool unless configured otherwise.</summary>
public class Dispatcher : MessageDispatcher
{
    // Actors that only talk to each other must not keep a thread from all other work for ever.
    private const int LocalTurns = 32;

    [ThreadStatic]
    private static int _turns;

    private readonly ExecutorService _executor;
    private readonly bool _usesThreadPool;

    public Dispatcher(
        MessageDispatcherConfigurator configurator, string id, int throughput, long? throughputDeadlineTime,
        ExecutorServiceFactory executorServiceFactory, TimeSpan shutdownTimeout)
        : base(configurator)
    {
        Id = id;
        Throughput = throughput;
        ThroughputDeadlineTime = throughputDeadlineTime;
        ShutdownTimeout = shutdownTimeout;
        _executor = executorServiceFactory.Produce(id);
        _usesThreadPool = _executor is ThreadPoolExecutorService;
    }

    internal override bool NeedsShutdown => !_usesThreadPool;

    protected override void ExecuteTask(IRunnable run) => _executor.Execute(run);

    [InternalApi]
    protected override void Shutdown() => _executor.Shutdown();

    /// <remarks>
    /// An actor that was just sent a message is best run by the thread that sent it, whose cache holds the message.
    /// An actor that has used up its batch goes behind all others.
    /// </remarks>
    internal override void ExecuteMailbox(Mailbox mailbox, bool isAnotherRound)
    {
        if (_usesThreadPool)
        {
            var isLocal = !isAnotherRound && ++_turns % LocalTurns != 0;
            ThreadPool.UnsafeQueueUserWorkItem(mailbox, preferLocal: isLocal);
        }
        else
        {
            _executor.Execute(mailbox);
        }
    }
}

public sealed class DispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly Lazy<MessageDispatcher> _instance;

    public DispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _instance = new Lazy<MessageDispatcher>(
            () => DispatcherSettings.Read(config).Create(this, ConfigureExecutor()));

    public override MessageDispatcher Dispatcher() => _instance.Value;
}

/// <summary>One thread per actor.</summary>
public sealed class PinnedDispatcher : Dispatcher
{
    public PinnedDispatcher(
        MessageDispatcherConfigurator configurator, string id, int throughput, long? throughputDeadlineTime,
        ExecutorServiceFactory executorServiceFactory, TimeSpan shutdownTimeout)
        : base(configurator, id, throughput, throughputDeadlineTime, executorServiceFactory, shutdownTimeout)
    {
    }
}

internal sealed class PinnedDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : MessageDispatcherConfigurator(config, prerequisites)
{
    public override MessageDispatcher Dispatcher()
    {
        var settings = DispatcherSettings.Read(Config);
        return new PinnedDispatcher(
            this, settings.Id, settings.Throughput, settings.DeadlineTicks, new OneThread(), settings.ShutdownTimeout);
    }

    private sealed class OneThread : ExecutorServiceFactory
    {
        public override ExecutorService Produce(string id) =>
            new DedicatedThreadsExecutorService(id, threads: 1, isBackground: true);
    }
}

/// <summary>The dispatcher types that Akka keeps for their names: each fixes an executor.</summary>
internal sealed class FixedExecutorDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly Lazy<MessageDispatcher> _instance;

    public FixedExecutorDispatcherConfigurator(
        Config config, IDispatcherPrerequisites prerequisites,
        Func<Config, IDispatcherPrerequisites, ExecutorServiceConfigurator> executor)
        : base(config, prerequisites) => _instance = new Lazy<MessageDispatcher>(
            () => DispatcherSettings.Read(config).Create(this, executor(config, prerequisites)));

    public override MessageDispatcher Dispatcher() => _instance.Value;
}

internal sealed record DispatcherSettings(string Id, int Throughput, long? DeadlineTicks, TimeSpan ShutdownTimeout)
{
    public static DispatcherSettings Read(Config config)
    {
        var deadline = config.GetTimeSpan("throughput-deadline-time", TimeSpan.Zero).Ticks;
        return new DispatcherSettings(
            config.GetString("id", "") ?? "",
            config.GetInt("throughput", MessageDispatcher.DefaultThroughput),
            deadline > 0 ? deadline : null,
            config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1)));
    }

    public Dispatcher Create(MessageDispatcherConfigurator configurator, ExecutorServiceFactory executor) =>
        new(configurator, Id, Throughput, DeadlineTicks, executor, ShutdownTimeout);
}
