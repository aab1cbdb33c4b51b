using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Notifications;
using Ciaos.Actors.Volumes;
using Ciaos.Http.Metrics;
using Ciaos.Specs.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Volumes.VolumeProtocol;
using SpecNeedles = Ciaos.Specs.Storage.Volumes.Needles;

namespace Ciaos.Specs.Metrics;

/// <summary>What a store tells of itself, on a disk that can be told to misbehave.</summary>
public sealed class StoreMetricsSpec : IAsyncLifetime, IDisposable
{
    private const string LiveDeadOther = "ciaos_volume_bytes{{kind=\"{0}\"}}";

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka.loglevel = OFF
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        ciaos.volumes { active = 1, max-volume-bytes = 1MiB, min-free-bytes = 100KiB, preallocation-bytes = 0 }
        """).WithFallback(VolumesSettingsSpec.Reference);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly MetricsCollector _collector = new();
    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly VolumeFolder _folder;
    private readonly StoreMetrics _metrics;
    private readonly ActorSystem _system;
    private readonly IActorRef _volumes;
    private bool _failsFlushes;

    public StoreMetricsSpec()
    {
        _folder = new VolumeFolder(_disk, "volumes");
        _metrics = new StoreMetrics(_collector.Create("Ciaos.Store"), TimeProvider.System);
        _system = ActorSystem.Create("metrics-spec", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(Config), new StoreMetricsSetup(_metrics)));
        _disk.BeforeOperation = operation =>
        {
            var isVolume = operation.Path.EndsWith("00000001.vol", StringComparison.Ordinal);
            if (_failsFlushes && isVolume && operation.Kind == DiskOperationKind.Flush)
                throw new DiskFailedException(operation.Path, "flush", 0, "told to fail");
        };
        var salt = 0UL;
        _volumes = _system.ActorOf(VolumesKeeper.Props(VolumesActor.Props(
            _folder, VolumesSettings.From(Config), TimeProvider.System, () => ++salt)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    public void Dispose() => _collector.Dispose();

    [Fact]
    public async Task A_failed_flush_is_counted_once_and_no_message_is_left_over()
    {
        await AppendAsync(1);
        Assert.Equal(0, Value("ciaos_errors_total{kind=\"volume_fsync\"}"));
        _failsFlushes = true;
        await Task.WhenAll(Enumerable.Range(2, 20).Select(id => AppendAsync(id)));
        Assert.Equal(1, Value("ciaos_errors_total{kind=\"volume_fsync\"}"));
        Assert.Equal(1, Value("ciaos_errors_total{kind=\"volume_write\"}"));
        Assert.Equal(1, Value("ciaos_volumes{state=\"active\"}"));
        Assert.Equal(1, Value("ciaos_volumes{state=\"sealed\"}"));
        Assert.Equal(0, Value("ciaos_mailbox_messages{actor=\"volume_writers\"}"));
        Assert.Equal(21, Value("ciaos_volume_commit_appends_sum"));
    }

    [Fact]
    public async Task Bytes_of_volumes_are_those_of_their_files_also_when_some_are_full()
    {
        for (var id = 1; id <= 30; id++) await AppendAsync(id, 100_000);
        _metrics.Usage.Set(objects: 20, liveBytes: 2_000_000, deadBytes: 1_000_000);
        await _volumes.GracefulStop(Patience, Close.Instance);
        Assert.True(Value("ciaos_volumes{state=\"sealed\"}") >= 2);
        var sealedBytes = _folder.List().Select(volume => volume.Value).Order().SkipLast(1).Sum(FileBytes);
        Assert.Equal(sealedBytes, Value(Kind("total")));
        Assert.Equal(2_000_000, Value(Kind("live")));
        Assert.Equal(1_000_000, Value(Kind("dead")));
    }

    [Fact]
    public async Task What_is_being_written_counts_too()
    {
        await AppendAsync(1, 100_000);
        _metrics.Usage.Set(1, 100_000, 0);
        Assert.Equal(FileBytes(1), Value(Kind("total")));
        Assert.Equal(FileBytes(1) - 100_000, Value(Kind("other")));
        Assert.Equal(FileBytes(1) - Superblock.Bytes, Value("ciaos_volume_written_bytes_total"));
    }

    [Fact]
    public void Lag_is_what_shards_have_journalled_and_followers_have_not_seen()
    {
        var (first, second) = (_metrics.ProgressOf(0), _metrics.ProgressOf(1));
        (first.Journalled, first.Applied, first.Recorded) = (10, 9, 10);
        (second.Journalled, second.Applied, second.Recorded) = (5, 5, 1);
        _metrics.Followed(new WebhookId(new BucketId(1), "a"), [10, 5]);
        _metrics.Followed(new WebhookId(new BucketId(1), "b"), [7, 4]);
        Assert.Equal(1, Value("ciaos_journal_lag_events{follower=\"catalog\"}"));
        Assert.Equal(4, Value("ciaos_journal_lag_events{follower=\"volumes\"}"));
        Assert.Equal(4, Value("ciaos_journal_lag_events{follower=\"notifications\"}"));
        _metrics.FollowedNoMore(new WebhookId(new BucketId(1), "b"));
        Assert.Equal(0, Value("ciaos_journal_lag_events{follower=\"notifications\"}"));
    }

    private static string Kind(string kind) => string.Format(CultureInfo.InvariantCulture, LiveDeadOther, kind);

    private async Task AppendAsync(long id, int bytes = 100)
    {
        var needle = SpecNeedles.Data(id, $"key {id}", SpecNeedles.Bytes((int)id, bytes));
        Assert.IsType<Appended>(await _volumes.Ask<object>(new Append(needle), Patience));
    }

    private double FileBytes(long volume)
    {
        using var file = _disk.Open(_folder.FileOf(new VolumeId(volume)), DiskAccess.Read);
        return file.LengthBytes;
    }

    private double Value(string series)
    {
        var lines = _collector.Write(MetricsFormat.Text).Split('\n');
        var line = Assert.Single(lines, line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
