using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>All that is said to, or by, the keeper of bucket names (BucketsActor).</summary>
public static class BucketProtocol
{
    /// <summary>The bucket that holds a native user's keys. Answered by <see cref="Resolved"/>, <see
    /// cref="NoSuchBucket"/>
    /// (only without <paramref name="Create"/>) or <see cref="IndexProtocol.Failed"/>.</summary>
    /// <param name="Owner">1 to 256 printable ASCII characters.</param>
    /// <param name="Create">Make it where it is missing: the answer is sent when that is durable.</param>
    public sealed record Resolve(string Owner, bool Create);

    public sealed record Resolved(string Owner, BucketId Bucket);

    public sealed record NoSuchBucket(string Owner);
}
