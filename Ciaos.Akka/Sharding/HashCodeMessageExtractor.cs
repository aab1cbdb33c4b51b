using System.Globalization;

namespace Akka.Cluster.Sharding;

/// <summary>Spreads entities over a number of shards by a hash of their identifiers.</summary>
public abstract class HashCodeMessageExtractor : IMessageExtractor
{
    public readonly int MaxNumberOfShards;

    /// <param name="maxNumberOfShards">At least 1, and for ever: with another number, entities move.</param>
    protected HashCodeMessageExtractor(int maxNumberOfShards)
    {
        MaxNumberOfShards = maxNumberOfShards;
    }

    public static HashCodeMessageExtractor Create(
        int maxNumberOfShards,
        Func<object, string?> entityIdExtractor,
        Func<object, object>? messageExtractor = null) =>
        new Delegating(maxNumberOfShards, entityIdExtractor, messageExtractor);

    public abstract string? EntityId(object message);

    public virtual object? EntityMessage(object message) => message;

    [Obsolete("Use ShardId(EntityId, object) instead.")]
    public virtual string? ShardId(object message)
    {
        var id = message is ShardRegion.StartEntity start ? start.EntityId : EntityId(message);
        return id is null ? null : ShardId(id, message);
    }

    public virtual string ShardId(string entityId, object? messageHint = null) =>
        (Math.Abs(StringHash.Of(entityId)) % MaxNumberOfShards).ToString(CultureInfo.InvariantCulture);

    private sealed class Delegating(int shards, Func<object, string?> entityId, Func<object, object>? entityMessage)
        : HashCodeMessageExtractor(shards)
    {
        public override string? EntityId(object message) => entityId(message);

        public override object? EntityMessage(object message) =>
            entityMessage is null ? base.EntityMessage(message) : entityMessage(message);
    }
}
