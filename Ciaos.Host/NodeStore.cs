using Akka.Actor;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.AccessLogs;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Lifecycle;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Notifications;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Host;

/// <summary>The settings of all parts of a <see cref="NodeStore"/>, checked one by one and together.</summary>
public sealed record NodeStoreSettings(
    VolumesSettings Volumes, IndexSettings Index, StoreSettings Objects, IdentitySettings Identity)
{
    /// <exception cref="SettingsException">A setting is not valid.</exception>
    public static NodeStoreSettings From(Config config)
    {
        var (volumes, objects) = (VolumesSettings.From(config), StoreSettings.From(config));
        var largest = volumes.Volume.MaxNeedleBytes - NeedleFormat.MaxOverheadBytes;
        if (objects.ChunkBytes > largest)
            throw new SettingsException(
                "ciaos.objects.chunk-size",
                $"{objects.ChunkBytes}B",
                $"at most {largest}B, because a chunk has to fit into a volume of ciaos.volumes.max-volume-bytes");
        return new NodeStoreSettings(volumes, IndexSettings.From(config), objects, IdentitySettings.From(config));
    }
}

/// <summary>
/// All of a node but its front ends: volumes, index, the way in and out of them, and who is who, in an actor system
/// that somebody else has made. A node of the simulation is the same on another disk, clock and dispatcher. </summary>
public sealed class NodeStore : IDisposable
{
    private readonly ActorSystem _system;
    private readonly IActorRef _volumes;
    private readonly VolumeReaders _readers;
    private readonly TimeProvider _time;
    private UsageWatch? _usage;
    private IActorRef? _lifecycle;
    private IActorRef? _accessLog;
    private IActorRef? _notifications;
    private ChangeFeed? _feed;

    private NodeStore(
        ActorSystem system, IActorRef volumes, VolumeReaders readers, IndexSystem index, ObjectStore objects,
        IdentitySystem identity, MasterKey masterKey, TimeProvider time)
    {
        (_system, _volumes, _readers, _time) = (system, volumes, readers, time);
        (Index, Objects, Identity, MasterKey) = (index, objects, identity, masterKey);
    }

    public ObjectStore Objects { get; }

    public IndexSystem Index { get; }

    public IdentitySystem Identity { get; }

    /// <summary>Wraps the keys of encrypted objects too.</summary>
    public MasterKey MasterKey { get; }

    /// <summary>Returns at once; see <see cref="WhenReadyAsync"/>. The system must have joined a cluster.</summary>
    /// <param name="salts">Random numbers, one for each new volume.</param>
    /// <exception cref="Ciaos.Actors.Index.Catalog.CatalogLayoutException">The catalog was made by another version, or
    /// for another number of shards.</exception>
    /// <exception cref="System.Data.Common.DbException">The catalog cannot be opened.</exception>
    public static NodeStore Start(
        ActorSystem system, NodeStoreSettings settings, IDisk disk, Func<ulong> salts, TimeProvider time,
        IdentitySecrets secrets)
    {
        var folder = new VolumeFolder(disk, "volumes");
        var needles = new NeedleIds(time);
        var volumes = system.ActorOf(
            VolumesKeeper.Props(VolumesActor.Props(folder, settings.Volumes, time, salts, needles)), "volumes");
        var readers = new VolumeReaders(folder, settings.Volumes.MaxOpenReaders);
        var index = IndexSystem.Start(system, settings.Index, volumes, needles, time);
        var objects = new ObjectStore(
            index.Region, index.Buckets, volumes, readers, index.Listing, needles, time, settings.Objects,
            WorkSetup.Of(system), new DataKeys(secrets.MasterKey, secrets.Random),
            settings.Index.Shards, StoreMetricsSetup.Of(system), index.OpenShards);
        var identity = IdentitySystem.Start(
            system, settings.Identity, secrets, disk, time, settings.Index.JournalPlugin);
        return new NodeStore(system, volumes, readers, index, objects, identity, secrets.MasterKey, time);
    }

    /// <summary>Waits until every key can be served, and everybody's identity is known.</summary>
    /// <exception cref="TimeoutException">Some cannot; the text tells which and why.</exception>
    /// <exception cref="IdentityUnusableException">Nobody's secret can be read, and never will be.</exception>
    public async Task WhenReadyAsync(TimeSpan timeout)
    {
        await Identity.WhenReadyAsync(timeout);
        await Index.WhenReadyAsync(timeout);
    }

    /// <summary>Begins to carry out the lifecycle rules of buckets. The store must be ready.</summary>
    /// <param name="rules">Reads those of a bucket.</param>
    public void StartLifecycle(LifecycleSettings settings, LifecycleRules rules)
    {
        var sweep = new LifecycleSweep(Index, Objects.SendAsync, rules, settings, _time);
        _lifecycle = _system.ActorOf(LifecycleActor.Props(sweep, settings), "lifecycle");
    }

    /// <summary>Begins to tell webhooks what happens in their buckets. The store must be ready.</summary>
    /// <param name="journal">That of the index.</param>
    /// <param name="disk">Where it is remembered what has been told.</param>
    /// <param name="targets">Reads those of a bucket.</param>
    public void StartNotifications(
        NotificationSettings settings, JournalSettings journal, IDisk disk, WebhookTargets targets)
    {
        var source = new NotificationSource(
            Index, JournalStores.Get(_system).Open(journal), new FollowedPositions(disk), targets,
            StoreMetricsSetup.Of(_system));
        _notifications = _system.ActorOf(NotificationsActor.Props(source, settings), "notifications");
    }

    /// <summary>Begins to take the access logs of buckets.</summary>
    /// <param name="deliver">Stores them.</param>
    public AccessLog StartAccessLog(AccessLogSettings settings, AccessLogDelivery deliver) =>
        AccessLog.Start(_system, settings, deliver, out _accessLog);

    /// <summary>Lets clients follow what happens. What they are told is whole once the store is ready.</summary>
    /// <param name="journal">That of the index.</param>
    public ChangeFeed StartFeed(FeedSettings settings, JournalSettings journal) =>
        _feed = new ChangeFeed(Index, journal, Objects, settings, _time);

    /// <summary>Ends all following, so that it holds up nobody who waits for requests to finish.</summary>
    public void EndFeed() => _feed?.Close();

    /// <summary>Begins to measure what buckets hold. The store must be ready.</summary>
    public void StartMetrics()
    {
        if (StoreMetricsSetup.Of(_system) is { } metrics) _usage = new UsageWatch(Index, metrics);
    }

    /// <summary>Finishes what index and identities have taken, refuses everything else, then closes the
    /// catalog.</summary>
    public async Task StopIndexAsync(TimeSpan timeout)
    {
        _usage?.Dispose();
        try
        {
            if (_accessLog is not null) await _accessLog.GracefulStop(timeout, AccessLogActor.Stop.Instance);
            if (_lifecycle is not null) await _lifecycle.GracefulStop(timeout, LifecycleActor.Stop.Instance);
            if (_notifications is not null)
                await _notifications.GracefulStop(timeout, NotificationsActor.Stop.Instance);
            await Identity.StopAsync(timeout);
        }
        finally
        {
            await Index.StopAsync(timeout);
        }
    }

    /// <summary>Stores what volumes have taken, then closes them.</summary>
    public Task CloseVolumesAsync(TimeSpan timeout) =>
        _volumes.GracefulStop(timeout, VolumeProtocol.Close.Instance);

    /// <summary>Closes what is open behind actors that never stopped, as after a crash: nothing is finished.</summary>
    internal void Abandon()
    {
        Index.CloseCatalog();
        JournalStores.Get(_system).Dispose();
        Dispose();
    }

    public void Dispose()
    {
        _feed?.Dispose();
        _readers.Dispose();
    }
}
