using System.Security.Cryptography;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Host.Logging;
using Ciaos.Host.Settings;
using Ciaos.Http;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
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
    private readonly VolumeReaders _readers;
    private readonly HttpServer _http;

    private Node(ActorSystem system, PhysicalDisk data, VolumeReaders readers, HttpServer http) =>
        (_system, _data, _readers, _http) = (system, data, readers, http);

    /// <summary>Such as <c>http://127.0.0.1:9710</c>.</summary>
    public string Address => _http.Address;

    public string DataPath => _data.Root;

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
        try
        {
            return await StartAsync(config, data, loggers, time, cancellation);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Stops in order. Returns when all is on disk and the data folder is free.</summary>
    public async Task StopAsync()
    {
        await CoordinatedShutdown.Get(_system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await _system.WhenTerminated;
        _readers.Dispose();
        _data.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _http.DisposeAsync();
    }

    private static async Task<Node> StartAsync(
        Config config, PhysicalDisk data, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellation)
    {
        var httpSettings = HttpSettings.From(config);
        var volumesSettings = VolumesSettings.From(config);
        var indexSettings = IndexSettings.From(config);
        var storeSettings = StoreSettings.From(config);
        RefuseChunksThatFitNoVolume(storeSettings, volumesSettings);

        var system = ActorSystem.Create("ciaos", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(config), new LoggerFactorySetup(loggers)));
        try
        {
            var cluster = Cluster.Get(system);
            await cluster.JoinAsync(cluster.SelfAddress, cancellation);
            var folder = new VolumeFolder(data, "volumes");
            var needles = new NeedleIds(time);
            var volumes = system.ActorOf(
                VolumesKeeper.Props(VolumesActor.Props(folder, volumesSettings, time, RandomSalt, needles)), "volumes");
            var readers = new VolumeReaders(folder, volumesSettings.MaxOpenReaders);
            var index = IndexSystem.Start(system, indexSettings, volumes, needles, time);
            var store = new ObjectStore(
                index.Region, index.Buckets, volumes, readers, index.Listing, needles, storeSettings);
            var readiness = new Readiness();
            var http = await HttpServer.StartAsync(httpSettings, store, readiness, loggers, cancellation);
            StopInOrder(system, http, readiness, index, volumes);
            await index.WhenReadyAsync(StartTimeout).WaitAsync(cancellation);
            readiness.SetReady();
            return new Node(system, data, readers, http);
        }
        catch (Exception error)
        {
            await system.Terminate();
            if (error is IOException or CatalogLayoutException)
                throw new NodeStartException(error.Message, error);
            throw;
        }
    }

    private static void StopInOrder(
        ActorSystem system, HttpServer http, Readiness readiness, IndexSystem index, IActorRef volumes)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        AddTask(CoordinatedShutdown.PhaseServiceUnbind, "refuse-new-requests", () =>
        {
            readiness.SetNotReady("The node is stopping");
            return Task.CompletedTask;
        });
        AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "finish-requests", () =>
            http.StopAsync(CancellationToken.None));
        AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "stop-index", () => index.StopAsync(StopTimeout));
        AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "close-volumes", () =>
            volumes.GracefulStop(StopTimeout, VolumeProtocol.Close.Instance));

        void AddTask(string phase, string name, Func<Task> task) => shutdown.AddTask(phase, name, async () =>
        {
            await task();
            return Akka.Done.Instance;
        });
    }

    private static void RefuseChunksThatFitNoVolume(StoreSettings store, VolumesSettings volumes)
    {
        var largest = volumes.Volume.MaxNeedleBytes - NeedleFormat.MaxOverheadBytes;
        if (store.ChunkBytes <= largest) return;
        throw new SettingsException(
            "ciaos.objects.chunk-size",
            $"{store.ChunkBytes}B",
            $"at most {largest}B, because a chunk has to fit into a volume of ciaos.volumes.max-volume-bytes");
    }

    private static PhysicalDisk OpenData(string path)
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
