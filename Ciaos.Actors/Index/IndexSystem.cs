using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>
/// The index of a node: opens the catalog, starts the shards and the keeper of buckets, and stops them in order. Keys
/// go
/// to <see cref="Region"/> (<see cref="IndexProtocol"/>), owners to <see cref="Buckets"/> (<see
/// cref="BucketProtocol"/>).
/// </summary>
public sealed class IndexSystem : IAsyncDisposable
{
    /// <summary>Stands for the keeper of buckets where a shard's number is due.</summary>
    internal const int BucketsShard = -1;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly int _shards;
    private readonly CatalogStore _store;
    private readonly CatalogReaders _readers;
    private readonly IActorRef _writer;
    private readonly IActorRef? _filters;

    private IndexSystem(
        ActorSystem system, IndexSettings settings, CatalogDatabase database, CatalogStore store,
        CatalogReaders readers, IActorRef volumes, NeedleIds needles, TimeProvider time)
    {
        (_shards, _store, _readers) = (settings.Shards, store, readers);
        CatalogExtension.For(system).Readers = readers;
        Ages = new CatalogAges(store, readers);
        Heads = new ShardHeads(settings.Shards);
        OpenShards = new OpenShards(settings.Shards);
        _writer = system.ActorOf(
            CatalogGatherActor.Props(CatalogWriterActor.Props(store), settings.Catalog.CommitDelay), "ciaos-catalog");
        CatalogExtension.For(system).Writer = _writer;
        _filters = database.IsAtHand
            ? system.ActorOf(
                KeyFilterActor.Props(readers, new ShardLayout(settings.Shards), settings.KeyFilterRate), "ciaos-keys")
            : null;
        Listing = new CatalogListing(readers, new ShardLayout(settings.Shards), _writer);
        IActorRef? region = null;
        Buckets = system.ActorOf(
            KeeperActor.Props(BucketsShard, BucketsActor.Props(Context(BucketsShard)), settings), "ciaos-buckets");
        region = IndexRegion.Start(system, new ShardLayout(settings.Shards), shard => KeeperActor.Props(
            shard, IndexShardActor.Props(Context(shard)), settings));
        Region = region;
        for (var shard = 0; shard < _shards; shard++)
            Region.Tell(new ShardProtocol.GetStatus(shard), ActorRefs.NoSender);

        ShardContext Context(int shard) =>
            new(shard, settings, store, readers, _writer, volumes, () => region!, needles, time, Heads,
                StoreMetricsSetup.Of(system), OpenShards, _filters);
    }

    /// <summary>Takes every <see cref="IndexProtocol.IKeyCommand"/>.</summary>
    public IActorRef Region { get; }

    /// <summary>Takes every <see cref="BucketProtocol.ICommand"/>.</summary>
    public IActorRef Buckets { get; }

    public IObjectListing Listing { get; }

    /// <summary>The shorter way to shards, and to what they remember.</summary>
    public OpenShards OpenShards { get; }

    internal CatalogAges Ages { get; }

    /// <summary>How far the shards have come; final once all are ready.</summary>
    internal ShardHeads Heads { get; }

    /// <summary>Grows with every change of a bucket that the catalog has. Blocks.</summary>
    internal long BucketsVersion() =>
        _readers.Read(reader => reader.AppliedSequence(ShardContext.PersistenceIdOf(0)));

    internal int Shards => _shards;

    /// <summary>What all buckets hold, and what they held once and is dead now. Blocks.</summary>
    internal (BucketUsage Live, BucketUsage Dead) Usage() => _readers.Read(
        reader => (reader.Buckets.TotalUsage(), reader.Buckets.Usage(UsageTotals.Dead)));

    /// <summary>Returns at once: the shards recover in the background, and commands wait until they have.</summary>
    /// <param name="volumes">Takes event needles, as <see cref="Volumes.VolumeProtocol.Append"/>.</param>
    /// <param name="needles">The node's only source of needle ids.</param>
    /// <exception cref="CatalogLayoutException">The catalog was made by another version, or for another number of
    /// shards.</exception>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be opened.</exception>
    public static IndexSystem Start(
        ActorSystem system, IndexSettings settings, IActorRef volumes, NeedleIds needles, TimeProvider time)
    {
        var database = CatalogDatabase.From(settings.Catalog);
        var store = CatalogStore.Open(
            database, settings.Shards, WorkSetup.Of(system), text => system.Log.Warning("Catalog: {0}", text));
        var readers = new CatalogReaders(database, settings.Catalog.ReadConnections);
        return new IndexSystem(system, settings, database, store, readers, volumes, needles, time);
    }

    /// <summary>Waits until every shard and the keeper of buckets have recovered.</summary>
    /// <exception cref="CatalogLayoutException">The journal was made for another number of shards.</exception>
    /// <exception cref="TimeoutException">Some have not; the text names one and why.</exception>
    public async Task WhenReadyAsync(TimeSpan timeout)
    {
        try
        {
            var all = await AskAllAsync<ShardProtocol.Status>(shard => new ShardProtocol.AwaitReady(shard), timeout);
            if (all.FirstOrDefault(status => status.IsFinal) is { } refused)
                throw new CatalogLayoutException(refused.Detail);
        }
        catch (AskTimeoutException)
        {
            throw new TimeoutException($"The index is not ready: {await GetUnreadyAsync(timeout)}");
        }
    }

    /// <summary>Why the index does not serve all keys now; empty when it does.</summary>
    public async Task<string> GetUnreadyAsync(TimeSpan timeout)
    {
        try
        {
            var all = await AskAllAsync<ShardProtocol.Status>(shard => new ShardProtocol.GetStatus(shard), timeout);
            if (all.FirstOrDefault(status => !status.IsReady) is not { } unready) return "";
            var name = unready.Shard == BucketsShard ? "the keeper of buckets" : $"shard {unready.Shard}";
            return $"{name}: {unready.Detail}";
        }
        catch (AskTimeoutException)
        {
            return $"no answer within {timeout}";
        }
    }

    /// <summary>Finishes what the shards have taken, refuses everything else, then closes the catalog.</summary>
    /// <exception cref="AskTimeoutException">Something did not stop in time; the catalog is closed all the
    /// same.</exception>
    public async Task StopAsync(TimeSpan timeout)
    {
        try
        {
            await AskAllAsync<ShardProtocol.Stopped>(shard => new ShardProtocol.Stop(shard), timeout);
            await _writer.GracefulStop(timeout, CatalogProtocol.Stop.Instance);
            if (_filters is not null) await _filters.GracefulStop(timeout);
        }
        finally
        {
            CloseCatalog();
        }
    }

    /// <summary>For what must be left as it is, such as after a crash.</summary>
    internal void CloseCatalog()
    {
        _readers.Dispose();
        _store.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync(StopTimeout);

    private Task<T[]> AskAllAsync<T>(Func<int, object> message, TimeSpan timeout) => Task.WhenAll(
        Enumerable.Range(0, _shards).Select(shard => Region.Ask<T>(message(shard), timeout))
            .Append(Buckets.Ask<T>(message(BucketsShard), timeout)));
}
