using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;

namespace Ciaos.Http.Quotas;

/// <summary>
/// What one owner has: as the catalog sums it up over all of his buckets, which is believed for <see cref="MaxAge"/>,
/// what was written since, and what is being written. Whoever replaces or deletes objects gets the room back with the
/// next sum. For any thread.
/// </summary>
internal sealed class OwnerUsage(Func<Task<BucketUsage>> sumUp, TimeProvider time)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Lazy<Task>? _summing;
    private long? _since;
    private BucketUsage _sum;
    private BucketUsage _held;

    // Since the sum was begun: some of it may be in the sum too.
    private BucketUsage _added;

    /// <summary>Waits until what the owner has is known.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        Lazy<Task> summing;
        lock (_gate)
        {
            if (_since is { } since && time.GetElapsedTime(since) < MaxAge) return;
            summing = _summing ??= new Lazy<Task>(SumUpAsync);
        }

        // It belongs to no request: whoever waits for it may go, and it goes on.
        await summing.Value.WaitAsync(cancellation);
    }

    /// <returns>Null: there is room. Otherwise of what there is none.</returns>
    public string? TryHold(long bytes, int objects, Quota quota)
    {
        lock (_gate)
        {
            if (bytes > quota.MaxBytes - (_sum.Bytes + _held.Bytes + _added.Bytes)) return "bytes";
            if (objects > quota.MaxObjects - (_sum.Objects + _held.Objects + _added.Objects)) return "objects";
            _held = Plus(_held, bytes, objects);
            return null;
        }
    }

    /// <summary>It is no longer being written.</summary>
    /// <param name="isStored">It is there now, though the sum may not have it yet.</param>
    public void Release(long bytes, int objects, bool isStored)
    {
        lock (_gate)
        {
            _held = Plus(_held, -bytes, -objects);
            if (isStored) _added = Plus(_added, bytes, objects);
        }
    }

    private async Task SumUpAsync()
    {
        BucketUsage before;
        lock (_gate) before = _added;
        try
        {
            var sum = await sumUp();
            lock (_gate)
            {
                (_sum, _since) = (sum, time.GetTimestamp());
                _added = Plus(_added, -before.Bytes, -before.Objects);
            }
        }
        finally
        {
            lock (_gate) _summing = null;
        }
    }

    private static BucketUsage Plus(BucketUsage usage, long bytes, long objects) =>
        new(usage.Objects + objects, usage.Bytes + bytes);
}
