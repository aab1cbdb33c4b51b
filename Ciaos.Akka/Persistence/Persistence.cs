using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>Gives the persistence extension of an actor system: <c>Persistence.Instance.Apply(system)</c>.</summary>
public class Persistence : ExtensionIdProvider<PersistenceExtension>
{
    public static Persistence Instance { get; } = new();

    public override PersistenceExtension CreateExtension(ExtendedActorSystem system) => new(system);

    /// <summary>The settings that hold unless the system's configuration says otherwise.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource<Persistence>("Akka.Persistence.persistence.reference.conf");
}
