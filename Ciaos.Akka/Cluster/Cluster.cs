using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster;

/// <summary>Makes the one <see cref="Cluster"/> of an actor system.</summary>
public class ClusterExtension : ExtensionIdProvider<Cluster>
{
    public override Cluster CreateExtension(ExtendedActorSystem system) => new((ActorSystemImpl)system);
}

/// <summary>
/// The cluster that an actor system is a member of. In this engine it has one member: what joins itself is Up at once
/// and leads. All that changes goes through one actor, /system/cluster, so everybody sees the changes in one order.
/// </summary>
public class Cluster : IExtension
{
    private readonly IActorRef _daemon;

    // Written by the daemon alone.
    private volatile ClusterView _view;

    public Cluster(ActorSystemImpl system)
    {
        System = system;
        var config = system.Settings.Config.WithFallback(DefaultConfig());
        Settings = new ClusterSettings(config, system.Name);
        SelfUniqueAddress = new UniqueAddress(system.Provider.DefaultAddress, Random.Shared.Next());
        _view = ClusterView.NotYetJoined(SelfUniqueAddress, SelfRoles);
        _daemon = system.SystemActorOf(Props.Create(() => new ClusterDaemon(this)), "cluster");
        LeaveOnShutdown();
        if (!Settings.SeedNodes.IsEmpty) JoinSeedNodes(Settings.SeedNodes);
    }

    public ExtendedActorSystem System { get; }

    public ClusterSettings Settings { get; }

    public Address SelfAddress => SelfUniqueAddress.Address;

    public UniqueAddress SelfUniqueAddress { get; }

    public ImmutableHashSet<string> SelfRoles => Settings.Roles;

    /// <summary>This node; Removed before it has joined and after it has left.</summary>
    public Member SelfMember => _view.Self;

    public CurrentClusterState State => _view.State;

    /// <summary>True once this node has left. It cannot join again.</summary>
    public bool IsTerminated => _view.IsTerminated;

    public bool IsUp => SelfMember.Status == MemberStatus.Up;

    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    /// <summary>Tells a subscriber what is, then every event of the given types.</summary>
    /// <exception cref="ArgumentException">There is no type, or one that is no event of a cluster.</exception>
    public void Subscribe(IActorRef subscriber, params Type[] to) =>
        Subscribe(subscriber, SubscriptionInitialStateMode.InitialStateAsSnapshot, to);

    /// <inheritdoc cref="Subscribe(IActorRef, Type[])"/>
    public void Subscribe(IActorRef subscriber, SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0)
            throw new ArgumentException("At least one `IClusterDomainEvent` class is required", nameof(to));
        if (!Array.TrueForAll(to, t => typeof(IClusterDomainEvent).IsAssignableFrom(t)))
        {
            throw new ArgumentException("Subscribe to `IClusterDomainEvent` or subclasses, was "
                + string.Join(", ", to.Select(t => t.Name)), nameof(to));
        }
        _daemon.Tell(new ClusterDaemon.Subscribe(subscriber, initialStateMode, to));
    }

    public void Unsubscribe(IActorRef subscriber) => _daemon.Tell(new ClusterDaemon.Unsubscribe(subscriber, null));

    public void Unsubscribe(IActorRef subscriber, Type to) =>
        _daemon.Tell(new ClusterDaemon.Unsubscribe(subscriber, to));

    public void SendCurrentClusterState(IActorRef receiver) => _daemon.Tell(new ClusterDaemon.SendState(receiver));

    /// <summary>Joins the cluster of the node at an address; there is one, if that is this node's.</summary>
    public void Join(Address address) => _daemon.Tell(new ClusterDaemon.Join([address], Joined: null));

    /// <summary>As <see cref="Join"/>; completes when this node is Up.</summary>
    /// <exception cref="ClusterJoinFailedException">It cannot become a member, or has left already.</exception>
    public Task JoinAsync(Address address, CancellationToken token = default) =>
        JoinSeedNodesAsync([address], token);

    public void JoinSeedNodes(IEnumerable<Address> seedNodes) =>
        _daemon.Tell(new ClusterDaemon.Join([.. seedNodes], Joined: null));

    /// <inheritdoc cref="JoinAsync"/>
    public Task JoinSeedNodesAsync(IEnumerable<Address> seedNodes, CancellationToken token = default)
    {
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _daemon.Tell(new ClusterDaemon.Join([.. seedNodes], joined));
        return joined.Task.WaitAsync(token);
    }

    public void Leave(Address address) => _daemon.Tell(new ClusterDaemon.Leave(address, Left: null));

    /// <summary>Completes when this node has left.</summary>
    public Task LeaveAsync() => LeaveAsync(CancellationToken.None);

    /// <inheritdoc cref="LeaveAsync()"/>
    public Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (IsTerminated) return Task.CompletedTask;
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _daemon.Tell(new ClusterDaemon.Leave(SelfAddress, left));
        return left.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Removes a node that did not leave by itself.</summary>
    public void Down(Address address) => _daemon.Tell(new ClusterDaemon.Down(address));

    /// <summary>Runs once when this node is Up, at once if it is already.</summary>
    public void RegisterOnMemberUp(Action callback) => _daemon.Tell(new ClusterDaemon.OnUp(callback));

    /// <summary>Runs once when this node has left, or stops.</summary>
    public void RegisterOnMemberRemoved(Action callback)
    {
        if (IsTerminated) callback();
        else _daemon.Tell(new ClusterDaemon.OnRemoved(callback));
    }

    // Regions stop between these two phases and the beginning; so they still see a member.
    private void LeaveOnShutdown()
    {
        var shutdown = CoordinatedShutdown.Get(System);
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () =>
        {
            _daemon.Tell(new ClusterDaemon.BeginToLeave());
            return Task.FromResult(Done.Instance);
        });
        shutdown.AddTask(CoordinatedShutdown.PhaseClusterExitingDone, "exiting-completed", async () =>
        {
            if (!IsTerminated) await _daemon.GracefulStop(System.Settings.CreationTimeout).ConfigureAwait(false);
            return Done.Instance;
        });
    }

    internal static Config DefaultConfig() =>
        ConfigurationFactory.FromResource<Cluster>("Akka.Cluster.reference.conf");

    internal ClusterView View
    {
        get => _view;
        set => _view = value;
    }
}
