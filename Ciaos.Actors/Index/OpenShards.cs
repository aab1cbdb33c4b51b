using Akka.Actor;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// The shards that serve on this node, for who has a key in hand: what is known of it, which needs no actor and is what
/// the shard would have answered, and the way to the shard itself, past those who route to it and keep it. A shard lets
/// others in when it has recovered, and shuts them out when it stops. Thread-safe.
/// </summary>
public sealed class OpenShards
{
    private readonly ShardLayout _layout;
    private readonly OpenShard?[] _open;

    internal OpenShards(int shards)
    {
        _layout = new ShardLayout(shards);
        _open = new OpenShard?[shards];
    }

    internal void Open(int shard, IActorRef actor, ShardLookups lookups) =>
        Volatile.Write(ref _open[shard], new OpenShard(actor, lookups));

    internal void Close(int shard) => Volatile.Write(ref _open[shard], null);

    /// <inheritdoc cref="ShardLookups.Find"/>
    internal IndexProtocol.IReply? Find(BucketId bucket, ObjectKey key, bool forReading) =>
        OpenShardOf(bucket, key)?.Lookups.Find(new KeyName(bucket, key), forReading);

    /// <inheritdoc cref="ShardLookups.Look"/>
    internal IndexProtocol.IReply? Look(BucketId bucket, ObjectKey key, bool forReading)
    {
        ref var place = ref _open[_layout.ShardOf(bucket, key)];
        if (Volatile.Read(ref place) is not { } open) return null;
        var reply = open.Lookups.Look(new KeyName(bucket, key), forReading);

        // A shard that has stopped meanwhile does not know what the one after it has changed in the catalog.
        return Volatile.Read(ref place) == open ? reply : null;
    }

    /// <summary>Takes the commands of the key. What it does not take any more, because it stops in this moment, its
    /// keeper answers. Null: it does not serve here.</summary>
    internal IActorRef? ShardOf(BucketId bucket, ObjectKey key) => OpenShardOf(bucket, key)?.Actor;

    private OpenShard? OpenShardOf(BucketId bucket, ObjectKey key) =>
        Volatile.Read(ref _open[_layout.ShardOf(bucket, key)]);

    private sealed class OpenShard(IActorRef actor, ShardLookups lookups)
    {
        public IActorRef Actor { get; } = actor;

        public ShardLookups Lookups { get; } = lookups;
    }
}
