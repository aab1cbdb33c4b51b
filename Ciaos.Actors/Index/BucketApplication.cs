using System.Collections.Immutable;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>What an event of the keeper of buckets does to the catalog: the one function that live commands, recovery,
/// rebuilding and checking use.</summary>
internal static class BucketApplication
{
    /// <param name="find">The bucket as the events before have left it; null where there is none.</param>
    /// <exception cref="InvalidDataException">The event cannot follow upon those before it.</exception>
    public static ImmutableArray<CatalogChange> Apply(
        IIndexEvent message, long sequence, Func<BucketId, BucketInfo?> find) => message switch
        {
            IndexCreated created => [new CatalogChange.SetShards(created.Shards)],
            BucketEventLost => [],
            BucketDeleted deleted => [new CatalogChange.EndBucket(Needed(find, deleted, sequence).Id)],
            IBucketEvent about => [new CatalogChange.SetBucket(After(about, sequence, find))],
            _ => throw new InvalidDataException($"{message.GetType().Name} is no event of the keeper of buckets"),
        };

    /// <summary>The bucket that the event makes, or what it makes of it.</summary>
    /// <exception cref="InvalidDataException">The bucket is not there.</exception>
    public static BucketInfo After(IBucketEvent message, long sequence, Func<BucketId, BucketInfo?> find)
    {
        switch (message)
        {
            case BucketCreated created:
                return new BucketInfo(
                    created.Bucket, created.Owner, created.Owner, created.At, ObjectMetadata.None, sequence);
            case BucketMade made:
                return new BucketInfo(made.Bucket, made.Name, made.Owner, made.At, made.Config, sequence);
            case BucketConfigured configured:
                var before = Needed(find, configured, sequence);
                return before with { Config = Changed(before.Config, configured.Changes), Version = sequence };
            default:
                throw new InvalidDataException($"{message.GetType().Name} is not known");
        }
    }

    private static ImmutableSortedDictionary<string, string> Changed(
        ImmutableSortedDictionary<string, string> config, ImmutableSortedDictionary<string, string?> changes)
    {
        var changed = config.ToBuilder();
        foreach (var (name, value) in changes)
        {
            if (value is null) changed.Remove(name);
            else changed[name] = value;
        }

        return changed.ToImmutable();
    }

    private static BucketInfo Needed(Func<BucketId, BucketInfo?> find, IBucketEvent message, long sequence) =>
        find(message.Bucket) ?? throw new InvalidDataException(
            $"Event {sequence} ({message.GetType().Name}) speaks of bucket {message.Bucket.Value}, "
            + "which does not exist");
}
