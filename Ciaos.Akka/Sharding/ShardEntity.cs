using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>An entity as its region knows it.</summary>
internal sealed class ShardEntity(string id, string shardId)
{
    public string Id { get; } = id;

    public string ShardId { get; } = shardId;

    /// <summary>Null while it is starting.</summary>
    public IActorRef? Ref { get; set; }

    /// <summary>It has been sent a stop message; what comes now is for its next incarnation.</summary>
    public bool IsStopping { get; set; }

    /// <summary>The tick in which it last got a message.</summary>
    public int LastTick { get; set; }

    /// <summary>What has to wait until it has started.</summary>
    public Queue<(object Message, IActorRef Sender)> Waiting { get; } = new(0);
}
