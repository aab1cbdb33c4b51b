using System.Security.Cryptography;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.AccessLogs;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Lifecycle;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Notifications;
using Ciaos.Host.Identity;
using Ciaos.Host.Logging;
using Ciaos.Host.Metrics;
using Ciaos.Host.Settings;
using Ciaos.Http;
using Ciaos.Http.Health;
using Ciaos.Http.Metrics;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Http.S3.Notifications;
using Ciaos.Http.Tls;
using Ciaos.Storage.Disks;
using Microsoft.Extensions.Logging;

namespace Ciaos.Host;

/// <summary>
/// One node: its data folder, actor system, volumes, index and front end, started in this order and stopped in the
/// reverse one. Stopping finishes what has begun: no new requests, then those under way, then shards, then volumes.
/// </summary>
public sealed class Node : IAsyncDisposable
{
    /// <summary>A journal that was not checkpointed for long is replayed at start.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromHours(1);

    /// <summary>Below the time-outs of the shutdown's phases in node.conf.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(50);

    private readonly ActorSystem _system;
    private readonly PhysicalDisk _data;
    private readonly NodeStore _store;
    private readonly HttpServer _http;
    private readonly HttpServer? _s3;
    private readonly NodeTelemetry _telemetry;

    private Node(
        ActorSystem system, PhysicalDisk data, NodeStore store, HttpServer http, HttpServer? s3, AccessKey? newRoot,
        NodeTelemetry telemetry) =>
        (_system, _data, _store, _http, _s3, NewRootKey, _telemetry) =
        (system, data, store, http, s3, newRoot, telemetry);

    /// <summary>Such as <c>http://127.0.0.1:9710</c>.</summary>
    public string Address => _http.Address;

    /// <summary>Of the S3 front end; null where it is off.</summary>
    public string? S3Address => _s3?.Address;

    public string DataPath => _data.Root;

    /// <summary>The access key that root was given at this start: to be shown now, or never. Null: it was given none,
    /// or one that the settings tell.</summary>
    public AccessKey? NewRootKey { get; }

    /// <summary>Completes when the actor system has stopped, whoever asked for it.</summary>
    public Task Terminated => _system.WhenTerminated;

    /// <summary>Starts a node and returns when it is ready to serve.</summary>
    /// <exception cref="Ciaos.Actors.SettingsException">A setting is not valid.</exception>
    /// <param name="cancellation">Gives the start up, which takes long where much of the journal has to be replayed, or
    /// the journal cannot be read.</param>
    /// <exception cref="NodeStartException">Something that the node needs is not there.</exception>
    public static async Task<Node> StartAsync(
        Config config, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var data = OpenData(NodeSettings.From(config).DataPath);
        NodeTelemetry? telemetry = null;
        try
        {
            telemetry = new NodeTelemetry(config, data.Root, loggers, time, CommandLine.ProductVersion);
            return await StartAsync(config, data, loggers, telemetry, time, cancellation);
        }
        catch
        {
            telemetry?.Dispose();
            data.Dispose();
            throw;
        }
    }

    /// <summary>Stops in order. Returns when all is on disk and the data folder is free.</summary>
    public async Task StopAsync()
    {
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await _system.WhenTerminated;
        _store.Dispose();
        _data.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _http.DisposeAsync();
        if (_s3 is not null) await _s3.DisposeAsync();
        _telemetry.Dispose();
    }

    private static async Task<Node> StartAsync(
        Config config, PhysicalDisk data, ILoggerFactory loggers, NodeTelemetry telemetry, TimeProvider time,
        CancellationToken cancellation)
    {
        var httpSettings = HttpSettings.From(config);
        var (s3Settings, accessLog) = (S3Settings.From(config), AccessLogSettings.From(config));
        var settings = NodeStoreSettings.From(config);
        var (lifecycle, notifications) = (LifecycleSettings.From(config), NotificationSettings.From(config));
        var (feedSettings, journal) = (
            FeedSettings.From(config), JournalSettings.From(config.GetConfig("ciaos.journal")));
        var certificate = TlsSettings.From(config) is { } tls
            ? TlsCertificate.Open(tls, time, loggers.CreateLogger("Ciaos.Http"))
            : null;
        EnsureAddressesAreFree(httpSettings, s3Settings);
        var master = MasterKeyFile.Open(data, Environment.GetEnvironmentVariable(MasterKeyFile.Variable));
        AccessKey? newRoot = null;
        var secrets = new IdentitySecrets(master.Key, RandomNumberGenerator.Fill, KeepRoot);
        var system = ActorSystem.Create("ciaos", ActorSystemSetup.Create(
            [BootstrapSetup.Create().WithConfig(config), new LoggerFactorySetup(loggers), .. telemetry.Setups]));
        try
        {
            var cluster = Cluster.Get(system);
            await cluster.JoinAsync(cluster.SelfAddress, cancellation);
            var store = NodeStore.Start(system, settings, data, RandomSalt, time, secrets);
            var feed = store.StartFeed(feedSettings, journal);
            var readiness = new Readiness();
            var quotas = new UserQuotas(store.Objects, store.Identity.Directory, time);
            var http = await HttpServer.StartAsync(
                httpSettings, store.Objects, readiness, loggers, cancellation, certificate, store.Identity,
                telemetry.Requests, feed, quotas);
            var s3 = !s3Settings.IsEnabled ? null : await S3Server.StartAsync(
                httpSettings, s3Settings, store.Objects, store.Identity.Directory, readiness, time, loggers,
                certificate, cancellation, telemetry.Requests, quotas, store.Identity,
                deliver => store.StartAccessLog(accessLog, deliver));
            HttpServer[] servers = s3 is null ? [http] : [http, s3];
            StopInOrder(system, servers, readiness, store);
            await store.WhenReadyAsync(StartTimeout).WaitAsync(cancellation);
            store.StartLifecycle(lifecycle, LifecycleReader.Read);
            store.StartNotifications(notifications, journal, data, NotificationReader.Read);
            store.StartMetrics();
            readiness.SetReady(new IndexProbe(store.Index.GetUnreadyAsync, time));
            return new Node(
                system, data, store, http, s3, settings.Identity.RootAccessKey.Length == 0 ? newRoot : null,
                telemetry);
        }
        catch (Exception error)
        {
            await system.Terminate();
            if (error is IdentityUnusableException unusable)
                throw new NodeStartException(
                    unusable.IsWrongMasterKey ? $"{error.Message}. {master.Reject()}" : error.Message, error);
            if (error is IOException or CatalogLayoutException)
                throw new NodeStartException(error.Message, error);
            throw;
        }

        void KeepRoot(AccessKey key)
        {
            RootCredentials.Write(data, key);
            newRoot = key;
        }
    }

    /// <summary>A start that fails for its address must not have made what is made once only, as root's key, which is
    /// shown when it is made.</summary>
    private static void EnsureAddressesAreFree(HttpSettings http, S3Settings s3)
    {
        try
        {
            HttpServer.EnsureFree(http.Address, http.Port);
            if (s3.IsEnabled) HttpServer.EnsureFree(s3.Address, s3.Port);
        }
        catch (IOException error)
        {
            throw new NodeStartException(error.Message, error);
        }
    }

    private static void StopInOrder(
        ActorSystem system, HttpServer[] servers, Readiness readiness, NodeStore store)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        AddTask(CoordinatedShutdown.PhaseServiceUnbind, "refuse-new-requests", () =>
        {
            readiness.SetNotReady("The node is stopping");
            store.EndFeed();
            return Task.CompletedTask;
        });
        AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "finish-requests", () =>
            Task.WhenAll(servers.Select(server => server.StopAsync(CancellationToken.None))));
        AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "stop-index", () => store.StopIndexAsync(StopTimeout));
        AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "close-volumes", () =>
            store.CloseVolumesAsync(StopTimeout));

        void AddTask(string phase, string name, Func<Task> task) => shutdown.AddTask(phase, name, async () =>
        {
            await task();
            return Akka.Done.Instance;
        });
    }

    internal static PhysicalDisk OpenData(string path)
    {
        try
        {
            return PhysicalDisk.Open(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException(
                $"The data folder cannot be used (ciaos.data = {path}): {error.Message}", error);
        }
    }

    private static ulong RandomSalt() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
