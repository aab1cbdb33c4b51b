using Akka.Actor.Internal;
using Akka.Configuration;

namespace Akka.Dispatch.Deterministic;

/// <summary>Runs every actor of a system in a <see cref="DeterministicRuntime"/>, one message per step.</summary>
internal sealed class DeterministicDispatcher : MessageDispatcher
{
    private readonly DeterministicRuntime _runtime;

    public DeterministicDispatcher(MessageDispatcherConfigurator configurator, DeterministicRuntime runtime)
        : base(configurator)
    {
        _runtime = runtime;
        Id = "deterministic";
        Throughput = 1;
    }

    protected override void ExecuteTask(IRunnable run) => _runtime.Post(run);

    protected override void Shutdown()
    {
        // It has no threads.
    }
}

internal sealed class DeterministicDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly DeterministicDispatcher _dispatcher;

    public DeterministicDispatcherConfigurator(DeterministicRuntime runtime, ActorSystemImpl system)
        : base(
            Config.Empty,
            new DefaultDispatcherPrerequisites(
                system.EventStream, system.Scheduler, system.Settings, system.Mailboxes)) =>
        _dispatcher = new DeterministicDispatcher(this, runtime);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
