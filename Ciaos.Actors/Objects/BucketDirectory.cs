using System.Collections.Concurrent;
using Akka.Actor;
using Ciaos.Actors.Index;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Objects;

/// <summary>
/// Buckets by name, asked of their keeper once and remembered. Thread-safe. What one caller changes all see as soon as
/// it is acknowledged: answers may cross, so each is taken only where it is newer than what is known.
/// </summary>
internal sealed class BucketDirectory(IActorRef keeper, TimeSpan askTimeout)
{
    private const int MaxCached = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <summary>What is remembered of a name, or null.</summary>
    public BucketInfo? Cached(string name) => _known.TryGetValue(name, out var entry) ? entry.Bucket : null;

    /// <exception cref="IndexFailedException">The keeper of buckets could not answer.</exception>
    public async Task<BucketInfo?> FindAsync(string name, CancellationToken cancellation) =>
        Cached(name) ?? await AskAsync(new Get(name), cancellation) switch
        {
            Got got => Remember(got.Bucket),
            NoSuchBucket => null,
            var other => throw Unexpected(other),
        };

    /// <summary>The bucket of a native user's keys.</summary>
    /// <exception cref="IndexFailedException">The keeper of buckets could not answer.</exception>
    public async Task<BucketInfo?> ResolveAsync(string owner, bool create, CancellationToken cancellation)
    {
        if (Cached(owner) is { } known && known.Owner == owner) return known;
        return await AskAsync(new Resolve(owner, create), cancellation) switch
        {
            Resolved resolved => Remember(resolved.Bucket),
            NoSuchBucket when !create => null,
            var other => throw Unexpected(other),
        };
    }

    /// <summary>Sends a command that changes a bucket, and remembers what comes of it.</summary>
    /// <exception cref="IndexFailedException">The keeper of buckets could not answer.</exception>
    public async Task<object> ChangeAsync(ICommand command, CancellationToken cancellation)
    {
        var reply = await AskAsync(command, cancellation);
        switch (reply)
        {
            case Created created:
                Remember(created.Bucket);
                break;
            case Exists exists:
                Remember(exists.Bucket);
                break;
            case Configured configured:
                Remember(configured.Bucket);
                break;
            case Conflict conflict:
                Remember(conflict.Bucket);
                break;
            case Removed removed:
                Remember(removed.Name, new Entry(null, removed.Version));
                break;
        }

        return reply;
    }

    private BucketInfo Remember(BucketInfo bucket)
    {
        Remember(bucket.Name, new Entry(bucket, bucket.Version));
        return bucket;
    }

    private void Remember(string name, Entry entry)
    {
        if (_known.Count >= MaxCached) _known.Clear();
        _known.AddOrUpdate(name, entry, (_, known) => known.Version > entry.Version ? known : entry);
    }

    private async Task<object> AskAsync(ICommand command, CancellationToken cancellation)
    {
        try
        {
            var reply = await keeper.Ask<object>(command, askTimeout, cancellation);
            return reply is IndexProtocol.Failed failed ? throw new IndexFailedException(failed) : reply;
        }
        catch (AskTimeoutException)
        {
            throw new IndexFailedException(new IndexProtocol.Failed(
                IndexProtocol.FailReason.Unavailable,
                $"The keeper of buckets did not answer within {askTimeout}"));
        }
    }

    private static InvalidOperationException Unexpected(object reply) =>
        new($"A bucket was asked for, {reply.GetType()} came");

    /// <param name="Bucket">Null: it was deleted.</param>
    /// <param name="Version">Of the keeper's journal: higher is newer.</param>
    private sealed record Entry(BucketInfo? Bucket, long Version);
}
