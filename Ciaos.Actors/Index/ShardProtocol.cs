namespace Ciaos.Actors.Index;

/// <summary>What the index's own parts say to a shard and its keeper.</summary>
internal static class ShardProtocol
{
    /// <summary>Start if you have not, and answer with <see cref="Status"/>.</summary>
    public sealed record GetStatus(int Shard);

    /// <param name="Detail">Why it does not serve; empty when it does.</param>
    public sealed record Status(int Shard, bool IsReady, string Detail);

    /// <summary>From a shard to its keeper: it has recovered and serves.</summary>
    public sealed record Ready
    {
        public static readonly Ready Instance = new();
    }

    /// <summary>From a shard to its keeper: it is about to stop, because of this.</summary>
    public sealed record Failing(IndexProtocol.Failed Failure);

    /// <summary>Answer what you have taken, take nothing more, and stop. Answered by <see cref="Stopped"/>.</summary>
    public sealed record Stop(int Shard);

    public sealed record Stopped(int Shard);
}
