using System.Collections.Immutable;
using Ciaos.Storage;
using static Ciaos.Actors.Identity.IdentityProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>All that is said to, or by, the keeper of bucket names (BucketsActor). Every command may be answered by
/// <see cref="Failed"/> too.</summary>
public static class BucketProtocol
{
    public interface ICommand
    {
        string Name { get; }
    }

    /// <summary>The bucket that holds a native user's keys: named as its owner. Answered by <see cref="Resolved"/> or
    /// <see cref="NoSuchBucket"/> (only without <paramref name="Create"/>). A bucket of that name that belongs to
    /// somebody else is none; with <paramref name="Create"/> it is <see cref="FailReason.NotAllowed"/>.</summary>
    /// <param name="Owner">1 to 256 printable ASCII characters.</param>
    /// <param name="Create">Make it where it is missing: the answer is sent when that is durable.</param>
    public sealed record Resolve(string Owner, bool Create) : ICommand
    {
        string ICommand.Name => Owner;
    }

    /// <summary>Answered by <see cref="Got"/> or <see cref="NoSuchBucket"/>.</summary>
    public sealed record Get(string Name) : ICommand;

    /// <summary>Answered by <see cref="Created"/> or <see cref="Exists"/>.</summary>
    /// <param name="Name">1 to 256 printable ASCII characters; what more is asked of a name, front ends
    /// check.</param>
    /// <param name="Owner">1 to 256 printable ASCII characters.</param>
    /// <param name="By">Who asks, for the audit log; null: nobody knows.</param>
    public sealed record Create(
        string Name, string Owner, ImmutableSortedDictionary<string, string> Config, Origin? By = null)
        : ICommand;

    /// <summary>Set or remove single parts of a bucket's configuration. Answered by <see cref="Configured"/>,
    /// <see cref="NoSuchBucket"/> or <see cref="Conflict"/>.</summary>
    /// <param name="Changes">Null values remove.</param>
    /// <param name="IfVersion">What <see cref="BucketInfo.Version"/> must be; null: anything.</param>
    /// <param name="By">As in <see cref="Create"/>.</param>
    public sealed record Configure(
        string Name, ImmutableSortedDictionary<string, string?> Changes, long? IfVersion, Origin? By = null) : ICommand;

    /// <summary>Delete a bucket that holds nothing: no object, version, marker, or upload in parts. Answered by
    /// <see cref="Removed"/>, <see cref="NotEmpty"/> or <see cref="NoSuchBucket"/>.</summary>
    /// <param name="By">As in <see cref="Create"/>.</param>
    public sealed record Remove(string Name, Origin? By = null) : ICommand;

    /// <summary>What is known of a bucket.</summary>
    /// <param name="Id">Never used again, though the name may be.</param>
    /// <param name="Config">docs/formats-index.md lists the keys.</param>
    /// <param name="Version">Sequence number of the event that last changed it.</param>
    public sealed record BucketInfo(
        BucketId Id, string Name, string Owner, DateTimeOffset Created,
        ImmutableSortedDictionary<string, string> Config, long Version)
    {
        public const string VersioningKey = "versioning";

        public VersioningState Versioning => Config.GetValueOrDefault(VersioningKey) switch
        {
            "enabled" => VersioningState.Enabled,
            "suspended" => VersioningState.Suspended,
            _ => VersioningState.Off,
        };
    }

    public sealed record Resolved(BucketInfo Bucket);

    public sealed record Got(BucketInfo Bucket);

    public sealed record Created(BucketInfo Bucket);

    public sealed record Exists(BucketInfo Bucket);

    public sealed record Configured(BucketInfo Bucket);

    /// <param name="Bucket">What is there: its version is not the one that was asked for.</param>
    public sealed record Conflict(BucketInfo Bucket);

    /// <param name="Version">Sequence number of the event that ended it.</param>
    public sealed record Removed(string Name, long Version);

    public sealed record NotEmpty(string Name);

    public sealed record NoSuchBucket(string Name);
}
