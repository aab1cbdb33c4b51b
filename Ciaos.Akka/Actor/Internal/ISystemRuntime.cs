using Akka.Dispatch;

namespace Akka.Actor.Internal;

/// <summary>Replaces what an actor system takes from the process: threads and time. For simulation.</summary>
internal interface ISystemRuntime
{
    IScheduler Scheduler { get; }

    TaskScheduler TaskScheduler { get; }

    /// <summary>Runs an action as a step of its own.</summary>
    void Post(Action action);

    /// <summary>Of the dispatcher that runs every actor of the system.</summary>
    MessageDispatcherConfigurator Dispatcher(ActorSystemImpl system);
}
