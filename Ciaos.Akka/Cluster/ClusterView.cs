using System.Collections.Immutable;
using Akka.Actor;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster;

/// <summary>The cluster as this node sees it.</summary>
internal sealed record ClusterView(Member Self, CurrentClusterState State, bool IsTerminated)
{
    public static ClusterView NotYetJoined(UniqueAddress self, ImmutableHashSet<string> roles) =>
        new(new Member(self, int.MaxValue, MemberStatus.Removed, roles), new CurrentClusterState(), false);

    /// <summary>The view in which this node, the one there is, has a certain status.</summary>
    public ClusterView With(Member self)
    {
        if (self.Status == MemberStatus.Removed) return new ClusterView(self, new CurrentClusterState(), true);
        var leads = self.Status is MemberStatus.Up or MemberStatus.Leaving;
        var leader = leads ? self.Address : null;
        var roles = leads ? self.Roles.ToImmutableDictionary(r => r, _ => self.Address, StringComparer.Ordinal) : null;
        return new ClusterView(self, new CurrentClusterState([self], [], [self.Address], leader!,
            roles ?? ImmutableDictionary<string, Address>.Empty), IsTerminated: false);
    }
}
