using System.Collections.Concurrent;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;

namespace Ciaos.Http.Quotas;

/// <summary>
/// Holds users to their quotas, for all front ends of a node together: how many requests they send, and how many bytes
/// and objects the buckets that they own have, whoever writes into them. For any thread.
/// </summary>
public sealed class UserQuotas
{
    private const int BucketsOnPage = 1_000;

    private readonly ConcurrentDictionary<string, OwnerUsage> _owners = new(StringComparer.Ordinal);
    private readonly Func<string, Quota?> _quotaOf;
    private readonly Func<string, Task<BucketUsage>> _usageOf;
    private readonly TimeProvider _time;
    private readonly RequestRates _rates;

    // An empty dictionary takes all its locks to say that it is empty, and every write asks.
    private volatile bool _hasHadOwners;

    public UserQuotas(ObjectStore store, IdentityDirectory identity, TimeProvider time)
        : this(owner => identity.FindUser(owner)?.Quota, owner => SumAsync(store, owner), time)
    {
    }

    /// <param name="quotaOf">Of an owner; null where he is no user.</param>
    /// <param name="usageOf">Sums up what an owner has.</param>
    internal UserQuotas(
        Func<string, Quota?> quotaOf, Func<string, Task<BucketUsage>> usageOf, TimeProvider time) =>
        (_quotaOf, _usageOf, _time, _rates) = (quotaOf, usageOf, time, new RequestRates(time));

    /// <summary>Of nodes without identities.</summary>
    internal static UserQuotas Unlimited { get; } = new(
        _ => null, _ => Task.FromResult(default(BucketUsage)), TimeProvider.System);

    /// <summary>Whether the user may send one more request now.</summary>
    internal bool TryTakeRequest(string user) => _rates.TryTake(user, _quotaOf(user)?.MaxRequestsPerSecond);

    /// <summary>Called before a body is read: holds room for it until it is disposed of.</summary>
    /// <param name="bytes">As many as are announced; null where nothing is: then they count as they come.</param>
    /// <param name="objects">How many objects more there may be: 0 for a part of one.</param>
    /// <returns>Null: the owner has no such quota.</returns>
    /// <exception cref="QuotaExceededException">There is not so much room.</exception>
    /// <exception cref="IndexFailedException">What the owner has could not be found out.</exception>
    internal ValueTask<QuotaHold?> HoldAsync(
        BucketProtocol.BucketInfo bucket, long? bytes, int objects, CancellationToken cancellation)
    {
        if (_quotaOf(bucket.Owner) is { } quota && (quota.MaxBytes ?? quota.MaxObjects) is not null)
            return HoldAsync(bucket.Owner, quota, bytes, objects, cancellation);
        if (_hasHadOwners) _owners.TryRemove(bucket.Owner, out _);
        return ValueTask.FromResult<QuotaHold?>(null);
    }

    private async ValueTask<QuotaHold?> HoldAsync(
        string owner, Quota quota, long? bytes, int objects, CancellationToken cancellation)
    {
        _hasHadOwners = true;
        var usage = _owners.GetOrAdd(owner, _ => new OwnerUsage(() => _usageOf(owner), _time));
        await usage.RefreshAsync(cancellation);
        var hold = new QuotaHold(owner, quota, usage, hasAnnounced: bytes is not null);
        hold.Take(bytes ?? 0, objects);
        return hold;
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
}

/// <summary>The owner of a bucket may not have so much in it.</summary>
internal sealed class QuotaExceededException(string owner, string ofWhat)
    : Exception($"The quota of the user {owner} does not allow this: it is a quota of {ofWhat}");
