using System.Collections.Concurrent;
using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>
/// What front ends see of the store: bodies in and out of volumes, commands to the index. It owns no state but a cache
/// of bucket ids. A write is two steps: the body into volumes (<see cref="BeginUpload"/>), then one index command.
/// </summary>
public sealed class ObjectStore
{
    /// <summary>Bucket ids never change, so the cache is only bounded, never invalidated.</summary>
    private const int MaxCachedBuckets = 10_000;

    /// <summary>A listing blocks a thread while the catalog is read: many at once must not take all of the thread
    /// pool's, nor all of the catalog's connections, which the shards use too.</summary>
    private const int MaxListings = 2;

    private readonly TaskScheduler _listings =
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MaxListings).ConcurrentScheduler;

    private readonly Action<Action>? _post;
    private readonly ConcurrentDictionary<string, BucketId> _buckets = new(StringComparer.Ordinal);
    private readonly IActorRef _bucketsActor;
    private readonly IObjectListing _listing;
    private readonly UploadTarget _uploads;

    /// <param name="post">Runs listings; null: the thread pool does.</param>
    public ObjectStore(
        IActorRef index, IActorRef buckets, IActorRef volumes, INeedleReader needles, IObjectListing listing,
        NeedleIds ids, TimeProvider time, StoreSettings settings, Action<Action>? post = null)
    {
        _post = post;
        (Index, Needles, _bucketsActor, _listing) = (index, needles, buckets, listing);
        var budget = new UploadBudget(settings.UploadMemoryBytes, settings.UploadPatience, time);
        _uploads = new UploadTarget(volumes, needles, ids, new ChunkBuffers(settings.ChunkBytes), budget, settings);
    }

    internal IActorRef Index { get; }

    internal INeedleReader Needles { get; }

    /// <summary>The bucket of a user's keys, or null where the user has never written.</summary>
    /// <exception cref="IndexFailedException">The index could not answer.</exception>
    public ValueTask<BucketId?> FindBucketAsync(string owner, CancellationToken cancellation) =>
        _buckets.TryGetValue(owner, out var known)
            ? ValueTask.FromResult<BucketId?>(known)
            : new ValueTask<BucketId?>(AskBucketAsync(owner, create: false, cancellation));

    /// <summary>The bucket of a user's keys, made where it is missing.</summary>
    /// <exception cref="IndexFailedException">The index could not answer.</exception>
    public async ValueTask<BucketId> ResolveBucketAsync(string owner, CancellationToken cancellation) =>
        _buckets.TryGetValue(owner, out var known)
            ? known
            : (await AskBucketAsync(owner, create: true, cancellation))!.Value;

    /// <summary>Sends a command to the shard that owns its key. No answer in time is a
    /// <see cref="IndexProtocol.Failed"/>.</summary>
    public async Task<IndexProtocol.IReply> SendAsync(IndexProtocol.IKeyCommand command, CancellationToken cancellation)
    {
        try
        {
            return await Index.Ask<IndexProtocol.IReply>(command, _uploads.Settings.AskTimeout, cancellation);
        }
        catch (AskTimeoutException)
        {
            return NoAnswer("The index");
        }
    }

    /// <summary>Begins to store a body. It becomes visible only by an index command that names its segments.</summary>
    public Upload BeginUpload(
        BucketId bucket, ObjectKey key, UploadOperation operation, BodyFormat format,
        IReadOnlyDictionary<string, string> metadata)
    {
        var id = _uploads.Ids.Next();
        return new Upload(_uploads, new Needle(
            NeedleKind.Data, id, bucket, key, new ObjectId(id.Value), ChunkOrdinal: 0, IsLastChunk: false,
            operation, format, metadata, Data: default));
    }

    /// <param name="found">The answer to a <see cref="IndexProtocol.Lookup"/> for reading.</param>
    public ObjectReader OpenRead(IndexProtocol.Found found) => new(this, found);

    /// <summary>Objects of a bucket in the order of their keys; see <see cref="IObjectListing"/>.</summary>
    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public async Task<ObjectPage> ListAsync(
        BucketId bucket, string prefix, string after, int limit, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(() => _listing.List(bucket, prefix, after, limit), cancellation);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            throw new IndexFailedException(IndexFailures.Of("The catalog could not be read", failure));
        }
    }

    public Task<VolumeProtocol.VolumesStatus> GetVolumesStatusAsync(
        TimeSpan timeout, CancellationToken cancellation) =>
        _uploads.Volumes.Ask<VolumeProtocol.VolumesStatus>(VolumeProtocol.GetStatus.Instance, timeout, cancellation);

    private Task<T> RunAsync<T>(Func<T> listing, CancellationToken cancellation)
    {
        var task = new Task<T>(listing, cancellation, TaskCreationOptions.DenyChildAttach);
        if (_post is null) task.Start(_listings);
        else _post(task.RunSynchronously);
        return task;
    }

    private async Task<BucketId?> AskBucketAsync(string owner, bool create, CancellationToken cancellation)
    {
        var answer = await AskBucketsActorAsync(new BucketProtocol.Resolve(owner, create), cancellation);
        switch (answer)
        {
            case BucketProtocol.Resolved resolved:
                if (_buckets.Count >= MaxCachedBuckets) _buckets.Clear();
                _buckets[owner] = resolved.Bucket;
                return resolved.Bucket;
            case BucketProtocol.NoSuchBucket when !create:
                return null;
            case IndexProtocol.Failed failed:
                throw new IndexFailedException(failed);
            default:
                throw new InvalidOperationException($"A bucket was asked for, {answer.GetType()} came");
        }
    }

    private async Task<object> AskBucketsActorAsync(BucketProtocol.Resolve command, CancellationToken cancellation)
    {
        try
        {
            return await _bucketsActor.Ask<object>(command, _uploads.Settings.AskTimeout, cancellation);
        }
        catch (AskTimeoutException)
        {
            return NoAnswer("The keeper of buckets");
        }
    }

    private IndexProtocol.Failed NoAnswer(string who) => new(
        IndexProtocol.FailReason.Unavailable, $"{who} did not answer within {_uploads.Settings.AskTimeout}");
}
