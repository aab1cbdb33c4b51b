namespace Akka.Cluster.Sharding;

/// <summary>Tells for which entity a message is. The answer is the same on every node.</summary>
public interface IMessageExtractor
{
    /// <summary>The entity; null if the message is for none.</summary>
    string? EntityId(object message);

    /// <summary>What the entity receives: the message itself, or what it wraps.</summary>
    object? EntityMessage(object message);

    [Obsolete("Use ShardId(EntityId, object) instead.")]
    string? ShardId(object message);

    /// <summary>The shard of an entity. The message, if it is given, is only a hint.</summary>
    string ShardId(string entityId, object? messageHint = null);
}
