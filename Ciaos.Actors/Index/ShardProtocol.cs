using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>What the index's own parts say to a shard and its keeper.</summary>
internal static class ShardProtocol
{
    /// <summary>Goes to the keeper of that shard, which starts it if it has not.</summary>
    public interface IShardCommand
    {
        int Shard { get; }
    }

    /// <summary>Answered by <see cref="Status"/> at once.</summary>
    public sealed record GetStatus(int Shard) : IShardCommand;

    /// <summary>Answered by <see cref="Status"/> when it is ready, or never will be.</summary>
    public sealed record AwaitReady(int Shard) : IShardCommand;

    /// <param name="Detail">Why it does not serve; empty when it does.</param>
    /// <param name="IsFinal">It never will with these settings.</param>
    public sealed record Status(int Shard, bool IsReady, string Detail, bool IsFinal);

    /// <summary>Answer what you have taken, take nothing more, and stop. Answered by <see cref="Stopped"/>.</summary>
    public sealed record Stop(int Shard) : IShardCommand;

    public sealed record Stopped(int Shard);

    /// <summary>Write nothing more into this bucket. Answered by <see cref="BucketClosed"/> when the catalog has all
    /// that was written before; by <see cref="IndexProtocol.Failed"/>, or not at all, where the shard does not
    /// serve.</summary>
    public sealed record CloseBucket(int Shard, BucketId Bucket) : IShardCommand;

    public sealed record BucketClosed(int Shard, BucketId Bucket);

    /// <summary>It is decided what becomes of a closed bucket: the catalog tells whether it is there. Not
    /// answered.</summary>
    public sealed record OpenBucket(int Shard, BucketId Bucket) : IShardCommand;

    /// <summary>As <see cref="OpenBucket"/>, for all that are closed. Not answered.</summary>
    public sealed record OpenBuckets(int Shard) : IShardCommand;

    /// <summary>From a shard to its keeper: it has recovered and serves.</summary>
    public sealed record Ready
    {
        public static readonly Ready Instance = new();
    }

    /// <summary>From a shard to its keeper: it is about to stop, because of this.</summary>
    /// <param name="IsFinal">To start it again would be of no use.</param>
    public sealed record Failing(IndexProtocol.Failed Failure, bool IsFinal = false);
}
