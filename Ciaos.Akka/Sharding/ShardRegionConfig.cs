using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>What a region is started with.</summary>
internal sealed record ShardRegionConfig(
    string TypeName,
    Func<string, Props> EntityProps,
    ClusterShardingSettings Settings,
    IMessageExtractor MessageExtractor,
    object HandOffStopMessage);
