using System.Collections.Immutable;
using Akka.Actor;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Objects;

/// <summary>
/// What front ends see of the store: bodies in and out of volumes, commands to the index. It owns no state but a cache
/// of buckets. A write is two steps: the body into volumes (<see cref="BeginUpload"/>), then one index command.
/// </summary>
public sealed class ObjectStore
{
    /// <summary>A listing blocks a thread while the catalog is read: many at once must not take all of the thread
    /// pool's, nor all of the catalog's connections, which the shards use too.</summary>
    private const int MaxListings = 2;

    private readonly TaskScheduler _listings =
        new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MaxListings).ConcurrentScheduler;

    private readonly ShardLayout _layout;
    private readonly Action<Action>? _post;
    private readonly BucketDirectory _buckets;
    private readonly IObjectListing _listing;
    private readonly UploadTarget _uploads;
    private readonly StoreMetrics? _metrics;
    private readonly OpenShards? _open;

    /// <param name="post">Runs listings; null: the thread pool does.</param>
    /// <param name="keys">Of encrypted objects; null: there are none, and none can be made.</param>
    /// <param name="shards">Of the index. Another number is only slow: look-ups of many keys would meet shards that do
    /// not own them.</param>
    /// <param name="metrics">Null: nothing is measured.</param>
    /// <param name="open">Shards that can be had without the index; null: none.</param>
    public ObjectStore(
        IActorRef index, IActorRef buckets, IActorRef volumes, INeedleReader needles, IObjectListing listing,
        NeedleIds ids, TimeProvider time, StoreSettings settings, Action<Action>? post = null,
        DataKeys? keys = null, int shards = 1, StoreMetrics? metrics = null,
        OpenShards? open = null)
    {
        (_post, _layout, _metrics, _open) = (post, new ShardLayout(shards), metrics, open);
        (Index, Needles, _listing) = (index, needles, listing);
        _buckets = new BucketDirectory(buckets, settings.AskTimeout);
        var budget = new UploadBudget(settings.UploadMemoryBytes, settings.UploadPatience, time);
        metrics?.UploadMemory = budget.Look;
        _uploads = new UploadTarget(
            volumes, needles, ids, new ChunkBuffers(settings.ChunkBytes), budget, settings, keys);
    }

    /// <exception cref="InvalidOperationException">The store was given none.</exception>
    public DataKeys Keys =>
        _uploads.Keys ?? throw new InvalidOperationException("A store without keys cannot encrypt");

    internal IActorRef Index { get; }

    internal INeedleReader Needles { get; }

    /// <summary>The bucket of a native user's keys, or null where the user has never written.</summary>
    /// <exception cref="IndexFailedException">The index could not answer.</exception>
    public ValueTask<BucketProtocol.BucketInfo?> FindBucketAsync(string owner, CancellationToken cancellation) =>
        _buckets.Cached(owner) is { } known && known.Owner == owner
            ? ValueTask.FromResult<BucketProtocol.BucketInfo?>(known)
            : new ValueTask<BucketProtocol.BucketInfo?>(_buckets.ResolveAsync(owner, create: false, cancellation));

    /// <summary>The bucket of a native user's keys, made where it is missing.</summary>
    /// <exception cref="IndexFailedException">The index could not answer, or the name belongs to somebody
    /// else.</exception>
    public async ValueTask<BucketProtocol.BucketInfo> ResolveBucketAsync(
        string owner, CancellationToken cancellation) =>
        (await _buckets.ResolveAsync(owner, create: true, cancellation))!;

    /// <summary>A bucket by its name, whoever owns it; null where there is none.</summary>
    /// <exception cref="IndexFailedException">The index could not answer.</exception>
    public ValueTask<BucketProtocol.BucketInfo?> FindBucketInfoAsync(string name, CancellationToken cancellation) =>
        _buckets.Cached(name) is { } known
            ? ValueTask.FromResult<BucketProtocol.BucketInfo?>(known)
            : new ValueTask<BucketProtocol.BucketInfo?>(_buckets.FindAsync(name, cancellation));

    /// <param name="by">Who asks, for the audit log.</param>
    /// <returns><see cref="BucketProtocol.Created"/> or <see cref="BucketProtocol.Exists"/>.</returns>
    /// <exception cref="IndexFailedException">The index could not answer: it may have happened, or not.</exception>
    public Task<object> CreateBucketAsync(
        string name, string owner, ImmutableSortedDictionary<string, string> config, IdentityProtocol.Origin by,
        CancellationToken cancellation) =>
        _buckets.ChangeAsync(new BucketProtocol.Create(name, owner, config, by), cancellation);

    /// <returns><see cref="BucketProtocol.Configured"/>, <see cref="BucketProtocol.NoSuchBucket"/> or
    /// <see cref="BucketProtocol.Conflict"/>.</returns>
    /// <exception cref="IndexFailedException">The index could not answer: it may have happened, or not.</exception>
    public Task<object> ConfigureBucketAsync(
        string name, ImmutableSortedDictionary<string, string?> changes, long? ifVersion,
        IdentityProtocol.Origin by, CancellationToken cancellation) =>
        _buckets.ChangeAsync(new BucketProtocol.Configure(name, changes, ifVersion, by), cancellation);

    /// <returns><see cref="BucketProtocol.Removed"/>, <see cref="BucketProtocol.NotEmpty"/> or
    /// <see cref="BucketProtocol.NoSuchBucket"/>.</returns>
    /// <exception cref="IndexFailedException">The index could not answer: it may have happened, or not.</exception>
    public Task<object> RemoveBucketAsync(
        string name, IdentityProtocol.Origin by, CancellationToken cancellation) =>
        _buckets.ChangeAsync(new BucketProtocol.Remove(name, by), cancellation);

    /// <summary>Sends a command to the shard that owns its key. No answer in time is a
    /// <see cref="IndexProtocol.Failed"/>.</summary>
    public async Task<IndexProtocol.IReply> SendAsync(IndexProtocol.IKeyCommand command, CancellationToken cancellation)
    {
        _metrics?.Mailboxes.Sent(Mailbox.IndexShards);
        using var span = StoreTracing.Command(command);
        try
        {
            var shard = _open?.ShardOf(command.Bucket, command.Key) ?? Index;
            return await shard.Ask<IndexProtocol.IReply>(command, _uploads.Settings.AskTimeout, cancellation);
        }
        catch (AskTimeoutException)
        {
            return NoAnswer("The index");
        }
        finally
        {
            _metrics?.Mailboxes.Taken(Mailbox.IndexShards);
        }
    }

    /// <summary>Looks a key up, as <see cref="IndexProtocol.Lookup"/> tells, but at once, and without the shard, where
    /// the index remembers it, or nothing is under way with it. It may read a file on the way.</summary>
    /// <param name="forReading">The segments are wanted too. Where they are not, they may be given all the
    /// same.</param>
    /// <param name="version">Null: the current one.</param>
    public ValueTask<IndexProtocol.IReply> LookupAsync(
        BucketId bucket, ObjectKey key, bool forReading, CancellationToken cancellation,
        IndexProtocol.VersionId? version = null) =>
        version is null && _open?.Look(bucket, key, forReading) is { } known
            ? ValueTask.FromResult(known)
            : new ValueTask<IndexProtocol.IReply>(
                SendAsync(new IndexProtocol.Lookup(bucket, key, forReading, version), cancellation));

    /// <summary>Looks the current version of a key up when all is visible that is under way with it. A listing may show
    /// a little earlier than look-ups what is being written: this one shows it too.</summary>
    public Task<IndexProtocol.IReply> LookupSettledAsync(
        BucketId bucket, ObjectKey key, CancellationToken cancellation) => SendAsync(
            new IndexProtocol.Lookup(bucket, key, ForReading: false, Settled: true), cancellation);

    /// <summary>Looks up many keys for reading, side by side in all shards. Nothing has to be let go.</summary>
    /// <param name="keysAtOnce">A shard is asked for so many at a time: what else it has to do comes between.</param>
    /// <returns>In the order of the keys: <see cref="IndexProtocol.Found"/> with all segments,
    /// <see cref="IndexProtocol.KeyNotFound"/> or <see cref="IndexProtocol.Failed"/>. Null: the object has many
    /// segments, or is being renamed, and needs a <see cref="IndexProtocol.Lookup"/> of its own.</returns>
    public async Task<IndexProtocol.IReply?[]> LookupManyAsync(
        BucketId bucket, IReadOnlyList<ObjectKey> keys, int keysAtOnce, CancellationToken cancellation)
    {
        var replies = new IndexProtocol.IReply?[keys.Count];
        for (var i = 0; i < replies.Length; i++) replies[i] = _open?.Find(bucket, keys[i], forReading: true);
        var unknown = Enumerable.Range(0, keys.Count).Where(i => replies[i] is null);
        var shards = unknown.GroupBy(i => _layout.ShardOf(bucket, keys[i]));
        await Task.WhenAll(shards.Select(shard => LookupAsync([.. shard])));
        return replies;

        async Task LookupAsync(int[] ofShard)
        {
            foreach (var part in ofShard.Chunk(keysAtOnce))
            {
                var command = new IndexProtocol.LookupMany(bucket, [.. part.Select(i => keys[i])]);
                var reply = await SendAsync(command, cancellation);
                for (var i = 0; i < part.Length; i++)
                    replies[part[i]] = reply is IndexProtocol.FoundMany found ? found.Replies[i] : reply;
            }
        }
    }

    /// <summary>Whether <see cref="ReadAtOnce"/> can read it.</summary>
    public static bool CanReadAtOnce(IndexProtocol.Found found) =>
        found.Ticket is null && !EncryptionMetadata.IsEncrypted(found.Object.Metadata);

    /// <summary>Fills <paramref name="destination"/> with bytes of an object, all its files taken together.</summary>
    /// <param name="offsetBytes">Counted from the start of the object, which has so many bytes behind it.</param>
    /// <exception cref="IOException">They cannot be read, or are not what was written.</exception>
    public void ReadAtOnce(IndexProtocol.Found found, long offsetBytes, Span<byte> destination)
    {
        if (!CanReadAtOnce(found)) throw new InvalidOperationException($"{found.Object.Key} cannot be read at once");
        SegmentReads.Read(Needles, found.Segments.AsSpan(), offsetBytes, destination);
    }

    /// <summary>Begins to store a body. It becomes visible only by an index command that names its segments.</summary>
    /// <param name="dataKey">Encrypts the body; null: it is stored as it is. The metadata must tell of it
    /// (<see cref="DataKeys.Create"/>).</param>
    /// <param name="keepsCrc">See <see cref="Upload.ReceivedCrc"/>.</param>
    public Upload BeginUpload(
        BucketId bucket, ObjectKey key, UploadOperation operation, BodyFormat format,
        IReadOnlyDictionary<string, string> metadata, DataKey? dataKey = null, bool keepsCrc = false)
    {
        var id = _uploads.Ids.Next();
        return new Upload(_uploads, new Needle(
            NeedleKind.Data, id, bucket, key, new ObjectId(id.Value), ChunkOrdinal: 0, IsLastChunk: false,
            operation, format, metadata, Data: default), dataKey)
        { KeepsCrc = keepsCrc };
    }

    /// <param name="found">The answer to a <see cref="IndexProtocol.Lookup"/> for reading.</param>
    /// <param name="customerKey">What the client brought, where the object was written with one.</param>
    /// <exception cref="DataKeyException">The object is encrypted, and its key cannot be had.</exception>
    public ObjectReader OpenRead(IndexProtocol.Found found, CustomerKey? customerKey = null)
    {
        var metadata = found.Object.Metadata;
        if (customerKey is null && !EncryptionMetadata.IsEncrypted(metadata))
            return new ObjectReader(this, found, key: null);
        try
        {
            return new ObjectReader(this, found, Keys.Find(found.Object.Bucket, metadata, customerKey));
        }
        catch
        {
            EndRead(found);
            throw;
        }
    }

    /// <summary>Lets the segments go of an object that was looked up for reading and is not going to be
    /// read.</summary>
    public void EndRead(IndexProtocol.Found found)
    {
        if (found.Ticket is { } ticket)
            Index.Tell(
                new IndexProtocol.EndRead(found.Object.Bucket, found.Object.Key, ticket), ActorRefs.NoSender);
    }

    /// <summary>Objects of a bucket in the order of their keys; see <see cref="IObjectListing"/>, also for the
    /// others.</summary>
    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<ObjectPage> ListAsync(
        BucketId bucket, string prefix, string after, int limit, CancellationToken cancellation) =>
        ReadAsync(listing => listing.List(bucket, prefix, after, limit), cancellation);

    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<KeyPage> ListKeysAsync(BucketId bucket, KeyQuery query, CancellationToken cancellation) =>
        ReadAsync(listing => listing.ListKeys(bucket, query), cancellation);

    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<VersionPage> ListVersionsAsync(BucketId bucket, VersionQuery query, CancellationToken cancellation) =>
        ReadAsync(listing => listing.ListVersions(bucket, query), cancellation);

    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<UploadPage> ListUploadsAsync(BucketId bucket, UploadQuery query, CancellationToken cancellation) =>
        ReadAsync(listing => listing.ListUploads(bucket, query), cancellation);

    /// <returns>Null where there is no such upload.</returns>
    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<PartPage?> ListPartsAsync(
        BucketId bucket, ObjectKey key, IndexProtocol.UploadId upload, int afterNumber, int limit,
        CancellationToken cancellation) =>
        ReadAsync(listing => listing.ListParts(bucket, key, upload, afterNumber, limit), cancellation);

    /// <param name="owner">Null: anybody's.</param>
    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<BucketPage> ListBucketsAsync(
        string? owner, string prefix, string after, int limit, CancellationToken cancellation) =>
        ReadAsync(listing => listing.ListBuckets(owner, prefix, after, limit), cancellation);

    /// <exception cref="IndexFailedException">The catalog could not be read.</exception>
    public Task<BucketUsage> GetUsageAsync(BucketId bucket, CancellationToken cancellation) =>
        ReadAsync(listing => listing.GetUsage(bucket), cancellation);

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

    private async Task<T> ReadAsync<T>(Func<IObjectListing, T> read, CancellationToken cancellation)
    {
        try
        {
            await _listing.CatchUpAsync(_uploads.Settings.AskTimeout, cancellation);
            return await RunAsync(() => read(_listing), cancellation);
        }
        catch (AskTimeoutException)
        {
            throw new IndexFailedException(NoAnswer("The catalog"));
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            throw new IndexFailedException(IndexFailures.Of("The catalog could not be read", failure));
        }
    }

    private IndexProtocol.Failed NoAnswer(string who) => new(
        IndexProtocol.FailReason.Unavailable, $"{who} did not answer within {_uploads.Settings.AskTimeout}");
}
