using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Sharding;

/// <summary>Where the state of a cluster's shards is kept. With one node there is none.</summary>
public enum StateStoreMode
{
    Persistence = 0,
    DData = 1,
    Custom = 2,
}

/// <summary>What is under akka.cluster.sharding, changed by the With methods.</summary>
public sealed class ClusterShardingSettings : INoSerializationVerificationNeeded
{
    /// <summary>Nodes without this role have no region, only a proxy. Null: all nodes have one.</summary>
    public readonly string? Role;

    public readonly bool RememberEntities;

    /// <summary>Entities that got no message for so long are stopped; zero: never.</summary>
    public readonly TimeSpan PassivateIdleEntityAfter;

    public readonly StateStoreMode StateStoreMode;

    public readonly TuningParameters TuningParameters;

    private ClusterShardingSettings(
        string? role,
        bool rememberEntities,
        TimeSpan passivateIdleEntityAfter,
        StateStoreMode stateStoreMode,
        TuningParameters tuningParameters)
    {
        Role = role;
        RememberEntities = rememberEntities;
        PassivateIdleEntityAfter = passivateIdleEntityAfter;
        StateStoreMode = stateStoreMode;
        TuningParameters = tuningParameters;
    }

    public static ClusterShardingSettings Create(ActorSystem system)
    {
        var sharding = system.Settings.Config.WithFallback(ClusterSharding.DefaultConfig())
            .GetConfig("akka.cluster.sharding");
        var role = sharding.GetString("role");
        var isPassivating = !string.Equals(
            sharding.GetString("passivate-idle-entity-after"), "off", StringComparison.OrdinalIgnoreCase);
        return new ClusterShardingSettings(
            string.IsNullOrEmpty(role) ? null : role,
            sharding.GetBoolean("remember-entities"),
            isPassivating ? sharding.GetTimeSpan("passivate-idle-entity-after") : TimeSpan.Zero,
            ParseStateStoreMode(sharding.GetString("state-store-mode")),
            new TuningParameters(sharding.GetInt("buffer-size"), sharding.GetTimeSpan("handoff-timeout")));
    }

    public ClusterShardingSettings WithRole(string? role) =>
        new(role, RememberEntities, PassivateIdleEntityAfter, StateStoreMode, TuningParameters);

    public ClusterShardingSettings WithRememberEntities(bool rememberEntities) =>
        new(Role, rememberEntities, PassivateIdleEntityAfter, StateStoreMode, TuningParameters);

    public ClusterShardingSettings WithPassivateIdleAfter(TimeSpan duration) =>
        new(Role, RememberEntities, duration, StateStoreMode, TuningParameters);

    public ClusterShardingSettings WithStateStoreMode(StateStoreMode mode) =>
        new(Role, RememberEntities, PassivateIdleEntityAfter, mode, TuningParameters);

    public ClusterShardingSettings WithTuningParameters(TuningParameters tuningParameters) =>
        new(Role, RememberEntities, PassivateIdleEntityAfter, StateStoreMode, tuningParameters);

    internal bool ShouldHostShard(Cluster cluster) => string.IsNullOrEmpty(Role) || cluster.SelfRoles.Contains(Role);

    private static StateStoreMode ParseStateStoreMode(string mode) => mode switch
    {
        "persistence" => StateStoreMode.Persistence,
        "ddata" => StateStoreMode.DData,
        "custom" => StateStoreMode.Custom,
        _ => throw new ConfigurationException($"Invalid 'akka.cluster.sharding.state-store-mode' value of '{mode}'"),
    };
}

/// <summary>Limits and times of a region.</summary>
public class TuningParameters
{
    /// <summary>How many messages a region holds for entities that are starting or stopping.</summary>
    public readonly int BufferSize;

    /// <summary>How long entities may take to stop when their region shuts down.</summary>
    public readonly TimeSpan HandOffTimeout;

    internal TuningParameters(int bufferSize, TimeSpan handOffTimeout)
    {
        BufferSize = bufferSize;
        HandOffTimeout = handOffTimeout;
    }

    public TuningParameters WithBufferSize(int bufferSize) => new(bufferSize, HandOffTimeout);

    public TuningParameters WithHandOffTimeout(TimeSpan handOffTimeout) => new(BufferSize, handOffTimeout);
}
