using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Dispatch.Deterministic;
using Ciaos.Actors;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Rebuild;
using Ciaos.Actors.Volumes;
using Ciaos.Host;
using Ciaos.Host.Settings;
using Ciaos.Http;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3;
using Ciaos.Simulation.Model;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ciaos.Simulation.World;

/// <summary>How the nodes of a world are set: small, so that little data makes volumes roll, caches overflow and
/// objects have many chunks.</summary>
/// <param name="LogBytes">So much of SQLite's log is brought into the database at once.</param>
/// <param name="Sqlite">The data source of a database of this name.</param>
/// <param name="LongestWait">Until a thread that does what blocks, such as the journal's, gets to what it is given.
/// Everybody else goes on meanwhile.</param>
internal sealed record SimulatedNodeSettings(
    int Shards, int ChunkBytes, int MaxVolumeBytes, int ActiveVolumes, int CacheEntries, int CheckpointBytes,
    TimeSpan LongestWait, int LogBytes, Func<string, string> Sqlite)
{
    private const int Kibibyte = 1024;

    /// <summary>In every other world what the cache has no place for is read in the catalog again.</summary>
    public int PackedBytes => MaxVolumeBytes / Kibibyte % 2 == 0 ? 0 : Shards * PackedStates.MinCapacityBytes;

    /// <summary>So little that it often takes one key for another, and soon is worn; in every third world
    /// none.</summary>
    public int KeyFilterBytes => MaxVolumeBytes / Kibibyte % 3 == 0 ? 0 : Shards * KeyFilter.BlockBytes;

    public static SimulatedNodeSettings Choose(
        WorkloadSettings workload, Random random, Func<string, string> sqlite) => new(
        workload.Shards,
        workload.ChunkBytes,
        random.Next(24, 200) * Kibibyte + (4 * workload.ChunkBytes),
        random.Next(1, 4),
        workload.Shards * random.Next(1, 4),
        random.Next(2) == 0 ? random.Next(1, 4) * Kibibyte : random.Next(4, 64) * Kibibyte,
        TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 0 : random.Next(40)),
        random.Next(3) == 0 ? 1024 * Kibibyte : random.Next(1, 40) * 4 * Kibibyte,
        sqlite);
}

/// <summary>
/// One life of a node, from its start to its crash or stop: the product's own parts, from the HTTP handlers to the
/// files, on one thread. Only the disk outlives it.
/// </summary>
internal sealed class SimulatedNode
{
    private const string JournalFile = "journal.db";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);
    private static readonly Config Defaults =
        NodeConfig.Load(null, [], ["ciaos.data=/"]);
    private static readonly ConcurrentDictionary<string, Config> Configs = new(StringComparer.Ordinal);

    private readonly SimulatedNodeSettings _settings;
    private readonly IDisk _disk;
    private readonly Random _salts;
    private readonly Random _waits;
    private readonly IdentitySecrets _secrets;
    private readonly Readiness _readiness = new();
    private readonly ActorSystem _system;
    private readonly ILogger _logger;
    private NodeStore? _store;
    private NativeApi? _api;
    private S3Api? _s3;
    private long _requests;

    public SimulatedNode(int seed, TimeSpan start, IDisk disk, SimulatedNodeSettings settings, Action<string>? log)
    {
        (_disk, _settings, _salts, _waits) = (disk, settings, new Random(seed), new Random(~seed));
        _secrets = SecretsFrom(new Random(seed));
        Runtime = new DeterministicRuntime(seed, start);
        _system = Runtime.CreateSystem(
            "ciaos", ConfigOf(settings), ActorSystemSetup.Create(new WorkSetup(PostLater)));
        _logger = log is null ? NullLogger.Instance : new SimulatedLogger(log);
        SimulatedLog.Attach(_system, log);
    }

    public DeterministicRuntime Runtime { get; }

    public NodeStore Store => _store ?? throw new InvalidOperationException("The node has not started");

    /// <summary>Returns when the node serves; false: it has crashed on the way.</summary>
    /// <exception cref="Exception">Something that it needs cannot be used.</exception>
    public bool Start()
    {
        var started = Runtime.Run(StartAsync);
        Runtime.AdvanceUntil(() => started.IsCompleted, StartTimeout * 2);
        if (started.IsFaulted) throw started.Exception!.GetBaseException();
        return started.IsCompleted;
    }

    /// <summary>Stops in order, as a node does that is asked to.</summary>
    public void Stop()
    {
        var stopped = Runtime.Run(async () =>
        {
            await Store.StopIndexAsync(StopTimeout).ConfigureAwait(true);
            await Store.CloseVolumesAsync(StopTimeout).ConfigureAwait(true);
            await _system.Terminate().ConfigureAwait(true);
        });
        Runtime.AdvanceUntil(() => stopped.IsCompleted, StopTimeout * 4);
        if (stopped.IsFaulted) throw stopped.Exception!.GetBaseException();
    }

    /// <summary>Closes what the dead have left open.</summary>
    public void Bury()
    {
        _store?.Abandon();
        CloseIdleConnections();
    }

    /// <summary>What happens to connections that nobody has used for minutes: only then is the writer of the journal
    /// alone.</summary>
    public void CloseIdleConnections()
    {
        using var one = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = _settings.Sqlite(JournalFile),
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = true,
        }.ToString());
        SqliteConnection.ClearPool(one);
    }

    /// <summary>To be called within the runtime.</summary>
    public async Task HandleAsync(InProcessRequest request)
    {
        await _api!.HandleAsync(request.Context).ConfigureAwait(true);
        await request.CompleteAsync().ConfigureAwait(true);
    }

    /// <summary>The same of the S3 front end, whose clients sign as root.</summary>
    public async Task HandleS3Async(InProcessRequest request)
    {
        S3Requests.Sign(request.Context.Request, Store.Identity.Directory, Runtime.TimeProvider.GetUtcNow());
        await _s3!.HandleAsync(request.Context).ConfigureAwait(true);
        await request.CompleteAsync().ConfigureAwait(true);
    }

    public string NextRequestId() => $"sim-{++_requests}";

    private async Task<bool> StartAsync()
    {
        var cluster = Cluster.Get(_system);
        await cluster.JoinAsync(cluster.SelfAddress, CancellationToken.None).ConfigureAwait(true);
        _store = NodeStore.Start(_system, StoreSettingsOf(_settings), _disk, NextSalt, Runtime.TimeProvider, _secrets);
        _api = new NativeApi(
            _store.Objects, HttpSettings.From(_system.Settings.Config), _readiness, _logger);
        _s3 = new S3Api(
            new S3Services(
                _store.Objects, _store.Identity.Directory,
                S3Settings.From(_system.Settings.Config) with { MinPartBytes = 0 }, Runtime.TimeProvider, _logger,
                new UserQuotas(_store.Objects, _store.Identity.Directory, Runtime.TimeProvider)),
            _readiness);
        await _store.WhenReadyAsync(StartTimeout).ConfigureAwait(true);
        _readiness.SetReady();
        return true;
    }

    // All lives of a world have the same master key.
    private static IdentitySecrets SecretsFrom(Random random) => new(
        new MasterKey(new byte[MasterKey.SizeBytes], random.NextBytes), random.NextBytes, _ => { });

    private void PostLater(Action work)
    {
        var wait = _settings.LongestWait * _waits.NextDouble();
        if (wait == TimeSpan.Zero || _waits.Next(3) == 0) Runtime.Post(work);
        else Runtime.Scheduler.Advanced.ScheduleOnce(wait, () => Runtime.Post(work));
    }

    private ulong NextSalt() => unchecked((ulong)_salts.NextInt64());

    /// <summary>What the rebuild of such a node's index is told.</summary>
    public static RebuildSettings RebuildSettingsOf(SimulatedNodeSettings settings, bool force)
    {
        var config = ConfigOf(settings);
        return new RebuildSettings(
            IndexSettings.From(config), JournalSettings.From(config.GetConfig("ciaos.journal")),
            settings.Sqlite("rebuild-scratch"), VerifiesData: false, force);
    }

    private NodeStoreSettings StoreSettingsOf(SimulatedNodeSettings settings)
    {
        var config = _system.Settings.Config;
        var volumes = VolumesSettings.From(config);
        return new NodeStoreSettings(
            volumes with
            {
                ActiveVolumes = settings.ActiveVolumes,
                MaxOpenReaders = 4,
                MinFreeBytes = settings.MaxVolumeBytes,
                Volume = volumes.Volume with
                {
                    MaxVolumeBytes = settings.MaxVolumeBytes,
                    MaxBatchNeedles = 8,
                    File = new VolumeFileSettings(settings.MaxVolumeBytes / 4, settings.CheckpointBytes),
                },
            },
            IndexSettings.From(config),
            StoreSettings.From(config) with
            {
                ChunkBytes = settings.ChunkBytes,
                UploadMemoryBytes = 8 * settings.ChunkBytes,
            },
            IdentitySettings.From(config));
    }

    private static Config ConfigOf(SimulatedNodeSettings settings) => Configs.GetOrAdd(
        TextOf(settings), static text => ConfigurationFactory.ParseString(text).WithFallback(Defaults));

    private static string TextOf(SimulatedNodeSettings settings) => $$"""
        ciaos.journal { path = "{{settings.Sqlite(JournalFile)}}", checkpoint-bytes = {{settings.LogBytes}} }
        ciaos.index {
          shards = {{settings.Shards}}
          cache-entries = {{settings.CacheEntries}}
          cache-packed = {{settings.PackedBytes}}B
          key-filter = {{settings.KeyFilterBytes}}B
          key-filter-rate = 100
          batch-max-events = 5
          batch-max-segments = 20
          read-tickets-max = 100
          purge-rows = 2
          rename-busy-timeout = 2s
          restart-backoff-max = 2s
          catalog {
            path = "{{settings.Sqlite("catalog.db")}}", read-connections = 2, cache = 256KiB
            checkpoint-bytes = {{settings.LogBytes}}
          }
        }
        """;
}
