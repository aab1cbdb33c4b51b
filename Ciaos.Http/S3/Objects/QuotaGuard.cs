using System.Collections.Concurrent;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>
/// Holds the owners of buckets to their quotas of bytes and objects. What an owner has is summed up over all of his
/// buckets, and believed for <see cref="MaxAge"/>; what is let through meanwhile is added to it. Whoever replaces or
/// deletes objects gets the room back with the next sum. So a quota may be passed by what is under way at one moment.
/// </summary>
internal sealed class QuotaGuard(ObjectStore store, IdentityDirectory identity, TimeProvider time)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private const int MaxKnownOwners = 10_000;
    private const int BucketsOnPage = 1_000;

    private readonly ConcurrentDictionary<string, Task<Usage>> _usages = new(StringComparer.Ordinal);

    /// <summary>Called before an object is written.</summary>
    /// <param name="bytes">As many as are announced: 0 where nothing is.</param>
    /// <exception cref="S3Exception">QuotaExceeded.</exception>
    public async ValueTask CheckAsync(BucketInfo bucket, long bytes, CancellationToken cancellation)
    {
        if (identity.FindUser(bucket.Owner) is not { Quota: { } quota }) return;
        if (quota.MaxBytes is null && quota.MaxObjects is null) return;
        var usage = await UsageAsync(bucket.Owner, cancellation);
        if (!usage.TryAdd(bytes, quota))
            throw new S3Exception(S3Error.QuotaExceeded, $"The quota of the user {bucket.Owner} does not allow this.");
    }

    private async Task<Usage> UsageAsync(string owner, CancellationToken cancellation)
    {
        if (_usages.TryGetValue(owner, out var known))
        {
            try
            {
                var usage = await known.WaitAsync(cancellation);
                if (time.GetElapsedTime(usage.Since) < MaxAge) return usage;
            }
            catch (IndexFailedException)
            {
                // It is summed up again, by this request.
            }

            _usages.TryRemove(new(owner, known));
        }

        // One sum at a time for each owner: it belongs to no request, whoever waits for it.
        if (_usages.Count >= MaxKnownOwners) _usages.Clear();
        var summing = new Lazy<Task<Usage>>(() => SumAsync(owner));
        return await _usages.GetOrAdd(owner, _ => summing.Value).WaitAsync(cancellation);
    }

    private async Task<Usage> SumAsync(string owner)
    {
        var (since, after, bytes, objects) = (time.GetTimestamp(), "", 0L, 0L);
        while (true)
        {
            var page = await store.ListBucketsAsync(owner, "", after, BucketsOnPage, CancellationToken.None);
            foreach (var bucket in page.Buckets)
            {
                var usage = await store.GetUsageAsync(bucket.Id, CancellationToken.None);
                bytes += usage.Bytes;
                objects += usage.Objects;
                after = bucket.Name;
            }

            if (!page.HasMore) return new Usage(since, bytes, objects);
        }
    }

    private sealed class Usage(long since, long bytes, long objects)
    {
        private readonly Lock _gate = new();
        private long _bytes = bytes;
        private long _objects = objects;

        public long Since => since;

        public bool TryAdd(long bytes, Quota quota)
        {
            lock (_gate)
            {
                if (_bytes + bytes > (quota.MaxBytes ?? long.MaxValue)) return false;
                if (_objects + 1 > (quota.MaxObjects ?? long.MaxValue)) return false;
                _bytes += bytes;
                _objects++;
                return true;
            }
        }
    }
}
