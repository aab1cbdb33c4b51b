using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster;

/// <summary>What is under akka.cluster.</summary>
public sealed class ClusterSettings
{
    public ClusterSettings(Config config, string systemName)
    {
        var cluster = config.GetConfig("akka.cluster")
            ?? throw ConfigurationException.NullOrEmptyConfig<ClusterSettings>("akka.cluster");
        LogInfo = cluster.GetBoolean("log-info");
        SeedNodes = cluster.GetStringList("seed-nodes").Select(Address.Parse).ToImmutableList();
        Roles = cluster.GetStringList("roles").ToImmutableHashSet(StringComparer.Ordinal);
        RunCoordinatedShutdownWhenDown = cluster.GetBoolean("run-coordinated-shutdown-when-down");
        if (SeedNodes.Find(s => !string.Equals(s.System, systemName, StringComparison.Ordinal)) is { } stranger)
            throw new ConfigurationException($"Seed node [{stranger}] is not of the system [{systemName}]");
    }

    /// <summary>Whether the changes of this node's status are logged.</summary>
    public bool LogInfo { get; }

    /// <summary>Nodes to join without being told to; it is this node itself, or none.</summary>
    public ImmutableList<Address> SeedNodes { get; }

    public ImmutableHashSet<string> Roles { get; }

    /// <summary>Whether a node that has left the cluster shuts down.</summary>
    public bool RunCoordinatedShutdownWhenDown { get; }
}
