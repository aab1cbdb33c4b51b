using System.Collections.Immutable;
using Akka.Actor;
using Akka.Util;

namespace Akka.Cluster.Sharding;

/// <summary>What a region can be asked.</summary>
public interface IShardRegionQuery;

/// <summary>Answered by <see cref="CurrentShardRegionState"/>.</summary>
public sealed class GetShardRegionState : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetShardRegionState Instance = new();

    private GetShardRegionState()
    {
    }

    public override string ToString() => "GetShardRegionState";
}

/// <summary>The shards of a region and the entities in them.</summary>
public sealed class CurrentShardRegionState : IClusterShardingSerializable, IEquatable<CurrentShardRegionState>
{
    public readonly IImmutableSet<ShardState> Shards;
    public readonly IImmutableSet<string> Failed;

    public CurrentShardRegionState(IImmutableSet<ShardState> shards, IImmutableSet<string> failed)
    {
        Shards = shards;
        Failed = failed;
    }

    public bool Equals(CurrentShardRegionState? other) =>
        other is not null && Shards.SetEquals(other.Shards) && Failed.SetEquals(other.Failed);

    public override bool Equals(object? obj) => Equals(obj as CurrentShardRegionState);

    public override int GetHashCode() => HashCode.Combine(Shards.Count, Failed.Count);

    public override string ToString() =>
        $"CurrentShardRegionState({string.Join(", ", Shards)}), failed({string.Join(", ", Failed)})";
}

/// <summary>A shard and the entities in it.</summary>
public sealed class ShardState : IClusterShardingSerializable, IEquatable<ShardState>
{
    public readonly string ShardId;
    public readonly IImmutableSet<string> EntityIds;

    public ShardState(string shardId, IImmutableSet<string> entityIds)
    {
        ShardId = shardId;
        EntityIds = entityIds;
    }

    public bool Equals(ShardState? other) => other is not null
        && string.Equals(ShardId, other.ShardId, StringComparison.Ordinal) && EntityIds.SetEquals(other.EntityIds);

    public override bool Equals(object? obj) => Equals(obj as ShardState);

    public override int GetHashCode() => HashCode.Combine(ShardId, EntityIds.Count);

    public override string ToString() => $"ShardState(shardId: {ShardId}, entityIds: {string.Join(", ", EntityIds)})";
}

/// <summary>Answered by <see cref="ShardRegionStats"/>.</summary>
public sealed class GetShardRegionStats : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetShardRegionStats Instance = new();

    private GetShardRegionStats()
    {
    }

    public override string ToString() => "GetShardRegionStats";
}

/// <summary>The shards of a region and how many entities are in each.</summary>
public sealed class ShardRegionStats : IClusterShardingSerializable, IEquatable<ShardRegionStats>
{
    public readonly IImmutableDictionary<string, int> Stats;
    public readonly IImmutableSet<string> Failed;

    public ShardRegionStats(IImmutableDictionary<string, int> stats, IImmutableSet<string> failed)
    {
        Stats = stats;
        Failed = failed;
    }

    public bool Equals(ShardRegionStats? other) => other is not null && Failed.SetEquals(other.Failed)
        && Stats.Count == other.Stats.Count
        && Stats.All(s => other.Stats.TryGetValue(s.Key, out var count) && count == s.Value);

    public override bool Equals(object? obj) => Equals(obj as ShardRegionStats);

    public override int GetHashCode() => HashCode.Combine(Stats.Count, Failed.Count);

    public override string ToString() =>
        $"ShardRegionStats[{string.Join(", ", Stats.Select(s => $"{s.Key}: {s.Value}"))}], "
        + $"failed[{string.Join(", ", Failed)}]";
}

/// <summary>Answered by <see cref="ClusterShardingStats"/>.</summary>
public sealed class GetClusterShardingStats
    : IShardRegionQuery, IClusterShardingSerializable, IEquatable<GetClusterShardingStats>
{
    public readonly TimeSpan Timeout;

    public GetClusterShardingStats(TimeSpan timeout)
    {
        Timeout = timeout;
    }

    public bool Equals(GetClusterShardingStats? other) => other is not null && Timeout == other.Timeout;

    public override bool Equals(object? obj) => Equals(obj as GetClusterShardingStats);

    public override int GetHashCode() => Timeout.GetHashCode();

    public override string ToString() => $"GetClusterShardingStats({Timeout})";
}

/// <summary>The shards of all regions of a type.</summary>
public sealed class ClusterShardingStats : IClusterShardingSerializable, IEquatable<ClusterShardingStats>
{
    public readonly IImmutableDictionary<Address, ShardRegionStats> Regions;

    public ClusterShardingStats(IImmutableDictionary<Address, ShardRegionStats> regions)
    {
        Regions = regions;
    }

    public bool Equals(ClusterShardingStats? other) => other is not null && Regions.Count == other.Regions.Count
        && Regions.All(r => other.Regions.TryGetValue(r.Key, out var stats) && stats.Equals(r.Value));

    public override bool Equals(object? obj) => Equals(obj as ClusterShardingStats);

    public override int GetHashCode() => Regions.Count;

    public override string ToString() =>
        $"ClusterShardingStats({string.Join(", ", Regions.Select(r => $"[{r.Key}]:[{r.Value}]"))})";
}

/// <summary>Answered by <see cref="CurrentRegions"/>.</summary>
public sealed class GetCurrentRegions : IShardRegionQuery, IClusterShardingSerializable
{
    public static readonly GetCurrentRegions Instance = new();

    private GetCurrentRegions()
    {
    }

    public override string ToString() => "GetCurrentRegions";
}

/// <summary>The nodes that have a region of a type.</summary>
public sealed class CurrentRegions : IClusterShardingSerializable, IEquatable<CurrentRegions>
{
    public readonly IImmutableSet<Address> Regions;

    public CurrentRegions(IImmutableSet<Address> regions)
    {
        Regions = regions;
    }

    public bool Equals(CurrentRegions? other) => other is not null && Regions.SetEquals(other.Regions);

    public override bool Equals(object? obj) => Equals(obj as CurrentRegions);

    public override int GetHashCode() => Regions.Count;

    public override string ToString() => $"CurrentRegions({string.Join(", ", Regions)})";
}

/// <summary>Answered by <see cref="EntityLocation"/>.</summary>
public sealed class GetEntityLocation : IShardRegionQuery
{
    public GetEntityLocation(string entityId, TimeSpan timeout)
    {
        EntityId = entityId;
        Timeout = timeout;
    }

    public string EntityId { get; }

    public TimeSpan Timeout { get; }
}

/// <summary>Where an entity is, or would be.</summary>
public sealed class EntityLocation
{
    public EntityLocation(string entityId, string shardId, Address shardRegion, Option<IActorRef> entityRef)
    {
        EntityId = entityId;
        ShardId = shardId;
        ShardRegion = shardRegion;
        EntityRef = entityRef;
    }

    public string EntityId { get; }

    public string ShardId { get; }

    public Address ShardRegion { get; }

    /// <summary>Empty while it is not running.</summary>
    public Option<IActorRef> EntityRef { get; }
}
