using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// The way from a key to the shard that owns it: a shard of the index is one entity of cluster sharding, in a sharding
/// shard of its own, named by its number.
/// </summary>
internal static class IndexRegion
{
    private const string TypeName = "index";

    /// <param name="keeper">Makes the keeper of a shard.</param>
    public static IActorRef Start(ActorSystem system, ShardLayout layout, Func<int, Props> keeper)
    {
        var sharding = ClusterSharding.Get(system);
        // An idle shard stays: it would have to recover before it could answer again.
        var settings = ClusterShardingSettings.Create(system).WithPassivateIdleAfter(TimeSpan.Zero);
        return sharding.Start(
            TypeName, id => keeper(int.Parse(id, CultureInfo.InvariantCulture)), settings, new Extractor(layout));
    }

    private sealed class Extractor(ShardLayout layout) : IMessageExtractor
    {
        public string? EntityId(object message) => message switch
        {
            IKeyCommand command => Name(layout.ShardOf(command.Bucket, command.Key)),
            ShardProtocol.IShardCommand command => Name(command.Shard),
            _ => null,
        };

        public object? EntityMessage(object message) => message;

        [Obsolete("Use ShardId(EntityId, object) instead.")]
        public string? ShardId(object message) => EntityId(message);

        public string ShardId(string entityId, object? messageHint = null) => entityId;

        private static string Name(int shard) => shard.ToString(CultureInfo.InvariantCulture);
    }
}
