using Akka.Actor;
using Akka.Actor.Setup;

namespace Ciaos.Actors.Metrics;

/// <summary>Gives an actor system what measures it. Without it nothing is measured.</summary>
public sealed class StoreMetricsSetup(StoreMetrics metrics) : Setup
{
    public StoreMetrics Metrics { get; } = metrics;

    /// <summary>Null where the system was given none.</summary>
    internal static StoreMetrics? Of(ActorSystem system)
    {
        var setup = system.Settings.Setup.Get<StoreMetricsSetup>();
        return setup.HasValue ? setup.Value.Metrics : null;
    }
}
