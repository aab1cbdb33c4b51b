using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Lifecycle;

/// <summary>
/// Carries out the lifecycle rules of all buckets. It owns nothing that is durable: every end of an object is a command
/// of its own, which a shard judges and records like a client's, so a run may be broken off anywhere and begun anew.
/// One run at a time; it blocks while the catalog is read.
/// </summary>
internal sealed class LifecycleSweep(
    IndexSystem index, Func<IKeyCommand, CancellationToken, Task<IReply>> send, LifecycleRules rules,
    LifecycleSettings settings, TimeProvider time)
{
    /// <summary>The key of a bucket's configuration that holds its rules.</summary>
    public const string ConfigKey = "lifecycle";

    private const int BucketsPage = 1_000;
    private static readonly TimeSpan CatchUpTimeout = TimeSpan.FromSeconds(30);

    private readonly LifecycleCommands _commands = new(send, settings, time);
    private readonly Dictionary<BucketId, BucketProgress> _progress = [];
    private bool _hasIndexes;

    /// <returns>How many objects, versions and uploads were ended.</returns>
    /// <exception cref="Exception">The catalog could not be read (<see cref="IndexFailures.IsOfCatalog"/>), or does not
    /// have all that it should (<see cref="IObjectListing.CatchUpAsync"/>).</exception>
    public async Task<long> RunAsync(CancellationToken cancellation)
    {
        var before = _commands.Done;
        var seen = new HashSet<BucketId>();
        foreach (var bucket in Buckets())
        {
            cancellation.ThrowIfCancellationRequested();
            if (bucket.Config.GetValueOrDefault(ConfigKey) is not { } text) continue;
            if (rules(bucket) is not { Length: > 0 } given) continue;
            seen.Add(bucket.Id);
            var now = time.GetUtcNow();
            if (!_progress.TryGetValue(bucket.Id, out var progress)
                || progress.IsStale(text, now, settings.FullInterval))
                _progress[bucket.Id] = progress = new BucketProgress(text, now);
            if (!_hasIndexes) index.Ages.MakeIndexes();
            _hasIndexes = true;
            var sweep = new BucketSweep(index.Ages, _commands, settings, bucket, progress, now, cancellation);
            for (var ordinal = 0; ordinal < given.Length; ordinal++)
            {
                await index.Listing.CatchUpAsync(CatchUpTimeout, cancellation);
                await sweep.RunAsync(ordinal, given[ordinal]);
            }
        }

        foreach (var gone in _progress.Keys.Where(bucket => !seen.Contains(bucket)).ToList()) _progress.Remove(gone);
        return _commands.Done - before;
    }

    private IEnumerable<BucketInfo> Buckets()
    {
        for (var after = ""; ;)
        {
            var page = index.Listing.ListBuckets(null, "", after, BucketsPage);
            foreach (var bucket in page.Buckets) yield return bucket;
            if (!page.HasMore) yield break;
            after = page.Buckets[^1].Name;
        }
    }
}
