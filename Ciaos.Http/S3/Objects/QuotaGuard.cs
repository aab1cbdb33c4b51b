using System.Collections.Concurrent;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>
/// Holds the owners of buckets to their quotas of bytes and objects. What an owner has is summed up over all of his
/// buckets, and believed for <see cref="MaxAge"/>; what is let through meanwhile is added to it. Whoever replaces or
/// deletes objects gets the room back with the next sum.
/// </summary>
/// <param name="quotaOf">Of an owner; null where he is no user.</param>
/// <param name="usageOf">Sums up what an owner has.</param>
internal sealed class QuotaGuard(
    Func<string, Quota?> quotaOf, Func<string, Task<BucketUsage>> usageOf, TimeProvider time)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private const int MaxKnownOwners = 10_000;
    private const int BucketsOnPage = 1_000;

    private readonly ConcurrentDictionary<string, Lazy<Task<Usage>>> _usages = new(StringComparer.Ordinal);

    public static QuotaGuard Of(ObjectStore store, IdentityDirectory identity, TimeProvider time) => new(
        owner => identity.FindUser(owner)?.Quota, owner => SumAsync(store, owner), time);

    /// <summary>Called before an object is written.</summary>
    /// <param name="bytes">As many as are announced: 0 where nothing is.</param>
    /// <param name="objects">How many objects more there will be: 0 for a part of one.</param>
    /// <exception cref="S3Exception">QuotaExceeded.</exception>
    /// <exception cref="IndexFailedException">What the owner has could not be found out.</exception>
    public async ValueTask CheckAsync(
        BucketInfo bucket, long bytes, CancellationToken cancellation, int objects = 1)
    {
        if (quotaOf(bucket.Owner) is not { } quota || (quota.MaxBytes is null && quota.MaxObjects is null)) return;
        var usage = await UsageAsync(bucket.Owner, cancellation);
        if (!usage.TryAdd(bytes, objects, quota))
            throw new S3Exception(S3Error.QuotaExceeded, $"The quota of the user {bucket.Owner} does not allow this.");
    }

    // One sum at a time for each owner. It belongs to no request: whoever waits for it may go, and it goes on.
    private async Task<Usage> UsageAsync(string owner, CancellationToken cancellation)
    {
        while (true)
        {
            if (_usages.Count >= MaxKnownOwners) _usages.Clear();
            var known = _usages.GetOrAdd(owner, _ => new Lazy<Task<Usage>>(() => BeginAsync(owner)));
            try
            {
                var usage = await known.Value.WaitAsync(cancellation);
                if (time.GetElapsedTime(usage.Since) < MaxAge) return usage;
                _usages.TryRemove(new(owner, known));
            }
            catch
            {
                // The next request tries anew. A request that has gone takes a good sum along: there will be another.
                _usages.TryRemove(new(owner, known));
                throw;
            }
        }
    }

    private async Task<Usage> BeginAsync(string owner)
    {
        var sum = await usageOf(owner);
        return new Usage(time.GetTimestamp(), sum);
    }

    private static async Task<BucketUsage> SumAsync(ObjectStore store, string owner)
    {
        var (after, bytes, objects) = ("", 0L, 0L);
        while (true)
        {
            var page = await store.ListBucketsAsync(owner, "", after, BucketsOnPage, CancellationToken.None);
            foreach (var bucket in page.Buckets)
            {
                var usage = await store.GetUsageAsync(bucket.Id, CancellationToken.None);
                (bytes, objects, after) = (bytes + usage.Bytes, objects + usage.Objects, bucket.Name);
            }

            if (!page.HasMore) return new BucketUsage(objects, bytes);
        }
    }

    private sealed class Usage(long since, BucketUsage sum)
    {
        private readonly Lock _gate = new();
        private long _bytes = sum.Bytes;
        private long _objects = sum.Objects;

        public long Since => since;

        public bool TryAdd(long bytes, int objects, Quota quota)
        {
            lock (_gate)
            {
                if (_bytes + bytes > (quota.MaxBytes ?? long.MaxValue)) return false;
                if (_objects + objects > (quota.MaxObjects ?? long.MaxValue)) return false;
                _bytes += bytes;
                _objects += objects;
                return true;
            }
        }
    }
}
