using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// What the shards of a node remember of their keys, for readers: who finds a key here needs no actor, and sees what
/// the shard would have answered. A shard lets readers in when it has recovered, and shuts them out when it stops.
/// Thread-safe.
/// </summary>
public sealed class RecordCache
{
    private readonly ShardLayout _layout;
    private readonly ShardCache?[] _open;

    internal RecordCache(int shards)
    {
        _layout = new ShardLayout(shards);
        _open = new ShardCache?[shards];
    }

    internal void Open(int shard, ShardCache cache) => Volatile.Write(ref _open[shard], cache);

    internal void Close(int shard) => Volatile.Write(ref _open[shard], null);

    /// <inheritdoc cref="ShardCache.Find"/>
    internal IndexProtocol.IReply? Find(BucketId bucket, ObjectKey key, bool forReading) =>
        Volatile.Read(ref _open[_layout.ShardOf(bucket, key)])?.Find(new KeyName(bucket, key), forReading);
}
