using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Sharding;

/// <summary>Makes the one <see cref="ClusterSharding"/> of an actor system.</summary>
public class ClusterShardingExtensionProvider : ExtensionIdProvider<ClusterSharding>
{
    public override ClusterSharding CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>
/// Entities that are found by an identifier, wherever in the cluster they are. A type of entity has one region per
/// node, /system/sharding/type: what is sent to it, it passes on to the entity, which it starts if need be.
/// </summary>
public class ClusterSharding : IExtension
{
    private readonly ConcurrentDictionary<string, IActorRef> _regions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IActorRef> _proxies = new(StringComparer.Ordinal);
    private readonly Lock _starting = new();
    private readonly Cluster _cluster;
    private readonly ExtendedActorSystem _system;
    private readonly IActorRef _guardian;

    public ClusterSharding(ExtendedActorSystem system)
    {
        _system = system;
        _cluster = Cluster.Get(system);
        Settings = ClusterShardingSettings.Create(system);
        var config = system.Settings.Config.WithFallback(DefaultConfig());
        var name = config.GetString("akka.cluster.sharding.guardian-name");
        _guardian = system.SystemActorOf(Props.Create(() => new ShardingGuardian()), name);
    }

    public ClusterShardingSettings Settings { get; }

    /// <summary>The types that have a region on this node.</summary>
    public ImmutableHashSet<string> ShardTypeNames => _regions.Keys.ToImmutableHashSet(StringComparer.Ordinal);

    public static ClusterSharding Get(ActorSystem system) =>
        system.WithExtension<ClusterSharding, ClusterShardingExtensionProvider>();

    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource<ClusterSharding>("Akka.Sharding.reference.conf");

    /// <summary>Starts the region of a type, or finds it if it has been started.</summary>
    /// <param name="typeName">Names the region.</param>
    /// <param name="entityProps">Makes an entity.</param>
    /// <param name="settings">Says, among others, which nodes have a region; on others this starts a proxy.</param>
    /// <param name="messageExtractor">Tells for which entity a message is.</param>
    /// <remarks>
    /// In the forms below, entityPropsFactory makes an entity given its identifier, handOffStopMessage is what an
    /// entity is sent that has to stop, and allocationStrategy is not asked, for there is one node.
    /// </remarks>
    public IActorRef Start(
        string typeName, Props entityProps, ClusterShardingSettings settings, IMessageExtractor messageExtractor) =>
        Start(typeName, _ => entityProps, settings, messageExtractor);

    public IActorRef Start(
        string typeName,
        Props entityProps,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage) =>
        Start(typeName, _ => entityProps, settings, messageExtractor, allocationStrategy, handOffStopMessage);

    public IActorRef Start(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor) =>
        StartRegion(new ShardRegionConfig(
            typeName, entityPropsFactory, settings, messageExtractor, PoisonPill.Instance));

    public IActorRef Start(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage) =>
        StartRegion(new ShardRegionConfig(
            typeName, entityPropsFactory, settings, messageExtractor, handOffStopMessage));

    public Task<IActorRef> StartAsync(
        string typeName, Props entityProps, ClusterShardingSettings settings, IMessageExtractor messageExtractor) =>
        Task.FromResult(Start(typeName, entityProps, settings, messageExtractor));

    public Task<IActorRef> StartAsync(
        string typeName,
        Props entityProps,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage) => Task.FromResult(
            Start(typeName, entityProps, settings, messageExtractor, allocationStrategy, handOffStopMessage));

    public Task<IActorRef> StartAsync(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor) =>
        Task.FromResult(Start(typeName, entityPropsFactory, settings, messageExtractor));

    public Task<IActorRef> StartAsync(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage) => Task.FromResult(
            Start(typeName, entityPropsFactory, settings, messageExtractor, allocationStrategy, handOffStopMessage));

    /// <summary>Starts what passes messages on to regions elsewhere, for nodes that have none of the type.</summary>
    public IActorRef StartProxy(string typeName, string? role, IMessageExtractor messageExtractor)
    {
        lock (_starting)
        {
            if (_proxies.TryGetValue(typeName, out var present)) return present;
            var bufferSize = Settings.TuningParameters.BufferSize;
            var proxy = StartBelowGuardian(Props.Create(() => new ShardRegionProxy(bufferSize)),
                $"{Uri.EscapeDataString(typeName)}Proxy");
            if (_regions.TryGetValue(typeName, out var region)) proxy.Tell(new ShardRegionProxy.RegionIs(region));
            return _proxies[typeName] = proxy;
        }
    }

    /// <inheritdoc cref="StartProxy"/>
    public Task<IActorRef> StartProxyAsync(string typeName, string? role, IMessageExtractor messageExtractor) =>
        Task.FromResult(StartProxy(typeName, role, messageExtractor));

    /// <exception cref="ArgumentException">Neither it nor a proxy has been started.</exception>
    public IActorRef ShardRegion(string typeName) =>
        _regions.TryGetValue(typeName, out var region) || _proxies.TryGetValue(typeName, out region)
            ? region
            : throw new ArgumentException($"Shard type [{typeName}] must be started first", nameof(typeName));

    /// <exception cref="ArgumentException">It has not been started.</exception>
    public IActorRef ShardRegionProxy(string typeName) => _proxies.TryGetValue(typeName, out var proxy)
        ? proxy
        : throw new ArgumentException($"Shard type [{typeName}] must be started first", nameof(typeName));

    /// <summary>What decides on which node a shard is.</summary>
    public IShardAllocationStrategy DefaultShardAllocationStrategy(ClusterShardingSettings settings) =>
        new OneNodeAllocation();

    private IActorRef StartRegion(ShardRegionConfig config)
    {
        if (config.Settings.RememberEntities)
            throw new NotSupportedException("This engine does not offer akka.cluster.sharding.remember-entities");
        if (!config.Settings.ShouldHostShard(_cluster))
            return StartProxy(config.TypeName, config.Settings.Role, config.MessageExtractor);
        lock (_starting)
        {
            if (_regions.TryGetValue(config.TypeName, out var present)) return present;
            var region = StartBelowGuardian(Props.Create(() => new ShardRegion(config)),
                Uri.EscapeDataString(config.TypeName));
            _regions[config.TypeName] = region;
            StopGracefully(region, config);
            if (_proxies.TryGetValue(config.TypeName, out var proxy))
                proxy.Tell(new ShardRegionProxy.RegionIs(region));
            return region;
        }
    }

    // Without asking the guardian, for whoever waits for its answer might hold the thread that it needs.
    private IActorRef StartBelowGuardian(Props props, string name) =>
        ((LocalActorRef)_guardian).Cell.AttachChild(props, isSystemService: false, name);

    // Before the node leaves the cluster, its entities are to stop in their own way.
    private void StopGracefully(IActorRef region, ShardRegionConfig config) =>
        CoordinatedShutdown.Get(_system).AddTask(
            CoordinatedShutdown.PhaseClusterShardingShutdownRegion, $"region-shutdown-{config.TypeName}", async () =>
            {
                var timeout = config.Settings.TuningParameters.HandOffTimeout + TimeSpan.FromSeconds(1);
                await region.GracefulStop(timeout, GracefulShutdown.Instance).ConfigureAwait(false);
                return Done.Instance;
            });

    // The parent of all regions. One that fails starts again, without its entities.
    private sealed class ShardingGuardian : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
