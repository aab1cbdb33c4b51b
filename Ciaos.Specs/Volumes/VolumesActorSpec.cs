using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Volumes.VolumeProtocol;
using SpecNeedles = Ciaos.Specs.Storage.Volumes.Needles;

namespace Ciaos.Specs.Volumes;

/// <summary>The keeper of volumes and their writers, on a disk that can be told to misbehave.</summary>
public sealed class VolumesActorSpec : TestKit
{
    private const int Mebibyte = 1 << 20;

    private static readonly Config Config = ConfigurationFactory.ParseString(
        """
        akka.loglevel = OFF
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        ciaos.volumes {
          active = 1
          max-volume-bytes = 1MiB
          min-free-bytes = 100KiB
          free-space-interval = 20ms
          preallocation-bytes = 64KiB
        }
        """).WithFallback(VolumesSettingsSpec.Reference);

    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly VolumeFolder _folder;
    private readonly VolumeReaders _readers;
    private readonly ManualResetEventSlim _flushMayGoOn = new(initialState: true);
    private readonly ManualResetEventSlim _flushHasBegun = new();
    private readonly NeedleIds _ids = new(new EpochClock());
    private Func<DiskOperation, bool> _fails = _ => false;
    private int _flushes;
    private ulong _salt;

    public VolumesActorSpec()
        : base(Config)
    {
        _folder = new VolumeFolder(_disk, "volumes");
        _readers = new VolumeReaders(_folder, maxOpen: 8);
        _disk.BeforeOperation = BeforeOperation;
    }

    [Fact]
    public void An_acknowledged_needle_can_be_read_where_the_answer_says()
    {
        var volumes = Start();
        var needle = Small(1);
        volumes.Tell(new Append(needle), TestActor);
        var appended = ExpectMsg<Appended>();
        Assert.Equal(needle.Id, appended.Needle);
        AssertReads(needle, appended.Location);
    }

    [Fact]
    public void An_append_is_acknowledged_only_after_its_flush()
    {
        var volumes = Start();
        Append(volumes, Small(1));
        HoldFlushes();
        volumes.Tell(new Append(Small(2)), TestActor);
        Assert.True(_flushHasBegun.Wait(RemainingOrDefault));
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _flushMayGoOn.Set();
        ExpectMsg<Appended>();
    }

    [Fact]
    public void One_flush_covers_all_appends_that_wait()
    {
        var volumes = Start();
        Append(volumes, Small(1));
        HoldFlushes();
        volumes.Tell(new Append(Small(2)), TestActor);
        Assert.True(_flushHasBegun.Wait(RemainingOrDefault));
        for (var id = 3; id < 103; id++) volumes.Tell(new Append(Small(id)), TestActor);
        volumes.Tell(GetStatus.Instance, TestActor);
        ExpectMsg<VolumesStatus>();
        var before = Volatile.Read(ref _flushes);
        _flushMayGoOn.Set();
        for (var id = 2; id < 103; id++) Assert.Equal(new NeedleId(id), ExpectMsg<Appended>().Needle);
        Assert.Equal(before + 1, Volatile.Read(ref _flushes));
    }

    [Fact]
    public void A_full_volume_is_sealed_and_the_next_one_takes_over()
    {
        var volumes = Start();
        var stored = Enumerable.Range(1, 60).ToDictionary(id => Data(id, 50_000), id => default(NeedleLocation));
        foreach (var needle in stored.Keys.ToList()) stored[needle] = Append(volumes, needle);
        Assert.Equal([1L, 2, 3], stored.Values.Select(location => location.Volume.Value).Distinct());
        foreach (var (needle, location) in stored) AssertReads(needle, location);
        var status = Status(volumes);
        Assert.Equal((1, 2, true), (status.ActiveVolumes, status.SealedVolumes, status.IsWritable));
        Assert.All(_folder.List(), volume => Assert.InRange(FileBytes(volume), 1, Mebibyte));
        Assert.True(VolumeRecovery.Inspect(_folder, new VolumeId(1)).IsSealed);
    }

    [Fact]
    public void A_needle_that_no_volume_can_hold_is_rejected_and_the_largest_that_fits_is_not()
    {
        var volumes = Start();
        var max = VolumesSettings.From(Config).Volume.MaxNeedleBytes;
        volumes.Tell(new Append(Data(1, Mebibyte)), TestActor);
        Assert.Equal(RejectReason.TooLarge, ExpectMsg<Rejected>().Reason);
        var largest = Data(2, (int)(max - 200));
        while (NeedleFormat.SizeBytes(largest) < max) largest = Data(2, largest.Data.Length + 1);
        AssertReads(largest, Append(volumes, largest));
    }

    [Fact]
    public void The_chunks_of_an_upload_stay_together_and_uploads_spread_over_the_active_volumes()
    {
        var volumes = Start("ciaos.volumes.active = 4");
        AwaitAssert(() => Assert.Equal(4, _folder.List().Count));
        var used = new HashSet<VolumeId>();
        for (var upload = 1; upload <= 40; upload++)
        {
            var chunks = Enumerable.Range(0, 3)
                .Select(i => Small((100 * upload) + i) with { Object = new ObjectId(upload), ChunkOrdinal = i })
                .Select(needle => Append(volumes, needle).Volume)
                .Distinct();
            used.UnionWith(chunks);
        }

        Assert.Equal(4, used.Count);
    }

    [Fact]
    public void On_a_full_disk_data_is_rejected_events_and_reads_go_on_and_service_returns_with_space()
    {
        var volumes = Start();
        var first = Append(volumes, Small(1));
        _disk.CapacityBytes = 150_000;
        AwaitAssert(() => Assert.False(Status(volumes).IsWritable));
        volumes.Tell(new Append(Data(2, 90_000)), TestActor);
        var rejected = ExpectMsg<Rejected>();
        Assert.Equal(RejectReason.DiskFull, rejected.Reason);
        Assert.Contains("full", rejected.Detail, StringComparison.Ordinal);
        volumes.Tell(new Append(Small(3), FromReserve: true), TestActor);
        ExpectMsg<Appended>();
        AssertReads(Small(1), first);
        _disk.CapacityBytes = long.MaxValue;
        AwaitAssert(() => Assert.True(Status(volumes).IsWritable));
        AssertReads(Data(4, 90_000), Append(volumes, Data(4, 90_000)));
        Assert.Equal(first.Volume, Append(volumes, Small(5)).Volume);
    }

    [Fact]
    public void A_writer_is_named_to_those_who_send_events_and_when_it_is_closed_its_needles_go_elsewhere()
    {
        var volumes = Start();
        var first = Append(volumes, Small(1));
        volumes.Tell(VolumeWriting.GetEventWriter.Instance, TestActor);
        var writer = ExpectMsg<VolumeWriting.EventWriter>().Writer!;
        writer.Tell(new VolumeWriting.Store(Small(2), TestActor, FromReserve: true, FailedAttempts: 0));
        AssertReads(Small(2), ExpectMsg<Appended>().Location);
        HoldFlushes();
        FailOn(DiskOperationKind.Flush, "volumes/00000001.vol");
        for (var id = 3; id < 6; id++)
            writer.Tell(new VolumeWriting.Store(Small(id), TestActor, FromReserve: true, FailedAttempts: 0));
        _flushMayGoOn.Set();
        for (var id = 3; id < 6; id++) Assert.NotEqual(first.Volume, ExpectMsg<Appended>().Location.Volume);
    }

    [Fact]
    public void A_disk_that_fills_up_under_the_writer_rejects_the_batch_and_keeps_the_volume()
    {
        _disk.CapacityBytes = 1L << 40;
        var volumes = Start("ciaos.volumes { min-free-bytes = 0, free-space-interval = 300ms }");
        var first = Append(volumes, Small(1));
        using (var other = _disk.Create("other")) other.Preallocate(_disk.FreeBytes - 1_000);
        volumes.Tell(new Append(Data(2, 90_000)), TestActor);
        Assert.Equal(RejectReason.DiskFull, ExpectMsg<Rejected>().Reason);
        _disk.Delete("other");
        AwaitAssert(() => Assert.True(Status(volumes).IsWritable));
        Assert.Equal(first.Volume, Append(volumes, Small(3)).Volume);
    }

    [Fact]
    public void After_a_failed_flush_the_volume_is_given_up_and_nothing_is_lost()
    {
        var volumes = Start();
        var first = Append(volumes, Small(1));
        FailOn(DiskOperationKind.Flush, "volumes/00000001.vol");
        var needles = Enumerable.Range(2, 20).Select(id => Small(id)).ToList();
        foreach (var needle in needles) volumes.Tell(new Append(needle), TestActor);
        var stored = needles.Select(_ => ExpectMsg<Appended>()).ToDictionary(appended => appended.Needle);
        Assert.All(stored.Values, appended => Assert.Equal(new VolumeId(2), appended.Location.Volume));
        Assert.Equal(1, Status(volumes).SealedVolumes);
        PowerCut(volumes);
        AssertReads(Small(1), first);
        foreach (var needle in needles) AssertReads(needle, stored[needle.Id].Location);
        var again = Start();
        Assert.Equal(new VolumeId(2), Append(again, Small(99)).Volume);
    }

    [Fact]
    public void After_too_many_failures_appends_are_rejected_until_the_disk_is_well_again()
    {
        var volumes = Start();
        Append(volumes, Small(1));
        _fails = operation => operation.Kind is DiskOperationKind.Write or DiskOperationKind.Create;
        volumes.Tell(new Append(Small(2)), TestActor);
        var rejected = ExpectMsg<Rejected>();
        Assert.Equal((RejectReason.DiskFailed, new NeedleId(2)), (rejected.Reason, rejected.Needle));
        _fails = _ => false;
        AwaitAssert(() => Assert.True(Status(volumes).IsWritable));
        AssertReads(Small(3), Append(volumes, Small(3)));
    }

    [Fact]
    public void A_disk_that_takes_files_but_no_data_is_not_strewn_with_volumes()
    {
        var volumes = Start("ciaos.volumes.free-space-interval = 10m");
        _fails = operation => operation.Kind == DiskOperationKind.Preallocate;
        for (var id = 1; id <= 30; id++)
        {
            volumes.Tell(new Append(Small(id)), TestActor);
            Assert.Equal(RejectReason.DiskFailed, ExpectMsg<Rejected>().Reason);
        }

        Assert.InRange(_folder.List().Count, 1, 4);
    }

    [Fact]
    public void When_no_space_can_be_reserved_the_volume_is_given_up_and_takes_nothing_more()
    {
        var volumes = Start("ciaos.volumes { max-batch-bytes = 64KiB, preallocation-bytes = 0 }");
        Append(volumes, Small(1));
        HoldFlushes();
        volumes.Tell(new Append(Small(2)), TestActor);
        Assert.True(_flushHasBegun.Wait(RemainingOrDefault));
        var needles = Enumerable.Range(3, 10).Select(id => Data(id, 40_000)).ToList();
        foreach (var needle in needles) volumes.Tell(new Append(needle), TestActor);
        Status(volumes);
        var failed = 0;
        _fails = operation =>
            operation.Kind == DiskOperationKind.Preallocate && Interlocked.Exchange(ref failed, 1) == 0;
        _flushMayGoOn.Set();
        Assert.Equal(new VolumeId(1), ExpectMsg<Appended>().Location.Volume);
        foreach (var needle in needles)
        {
            var appended = ExpectMsg<Appended>();
            Assert.Equal(new VolumeId(2), appended.Location.Volume);
            AssertReads(needles[(int)appended.Needle.Value - 3], appended.Location);
        }
    }

    [Fact]
    public void A_writer_that_throws_is_replaced_and_what_it_had_taken_is_stored()
    {
        var volumes = Start();
        var first = Append(volumes, Small(1));
        var thrown = 0;
        _fails = operation => operation.Kind == DiskOperationKind.Flush && Interlocked.Exchange(ref thrown, 1) == 0
            ? throw new InvalidOperationException("a mistake")
            : false;
        AssertReads(Small(2), Append(volumes, Small(2)));
        Assert.Equal(1, thrown);
        AssertReads(Small(1), first);
    }

    [Fact]
    public void A_restarted_keeper_goes_on_in_the_same_volume()
    {
        var volumes = Start();
        var before = Append(volumes, Small(1));
        CloseInOrder(volumes);
        var again = Start();
        var after = Append(again, Small(2));
        Assert.Equal(before.Volume, after.Volume);
        Assert.True(after.OffsetBytes > before.OffsetBytes);
        AssertReads(Small(1), before);
        AssertReads(Small(2), after);
    }

    [Fact]
    public void Ids_go_on_behind_those_in_use_even_if_the_clock_was_set_back()
    {
        var volumes = Start();
        Append(volumes, Small(1_000));
        CloseInOrder(volumes);
        Append(Start(), Small(1_001));
        Assert.Equal(new NeedleId(1_001), _ids.Next());
    }

    [Theory]
    [InlineData("os")]
    [InlineData("interval")]
    public void Without_sync_nothing_waits_for_a_flush(string durability)
    {
        var volumes = Start($"ciaos.volumes {{ durability = {durability}, flush-interval = 20ms }}");
        var first = Append(volumes, Small(1));
        if (durability == "interval")
        {
            var before = Volatile.Read(ref _flushes);
            Append(volumes, Small(2));
            AwaitAssert(() => Assert.InRange(Volatile.Read(ref _flushes), before + 1, int.MaxValue));
        }
        else
        {
            HoldFlushes();
            Append(volumes, Small(2));
            Assert.False(_flushHasBegun.IsSet);
        }

        AssertReads(Small(1), first);
    }

    [Fact]
    public void What_was_acknowledged_survives_a_power_cut_in_the_middle_of_a_flush()
    {
        var volumes = Start();
        var stored = Enumerable.Range(1, 10).ToDictionary(id => id, id => Append(volumes, Small(id)));
        HoldFlushes();
        volumes.Tell(new Append(Data(11, 30_000)), TestActor);
        Assert.True(_flushHasBegun.Wait(RemainingOrDefault));
        PowerCut(volumes);
        var again = Start();
        foreach (var (id, location) in stored) AssertReads(Small(id), location);
        AssertReads(Small(12), Append(again, Small(12)));
    }

    [Fact]
    public void A_rotten_volume_is_quarantined_and_what_is_whole_in_it_is_still_read()
    {
        var volumes = Start();
        var first = Append(volumes, Small(1));
        var second = Append(volumes, Small(2));
        CloseInOrder(volumes);
        _disk.Delete(_folder.CheckpointOf(first.Volume));
        _disk.FlipBit(_folder.FileOf(first.Volume), first.OffsetBytes + first.DataStartBytes, 3);
        var again = Start();
        Assert.Equal(new VolumeId(2), Append(again, Small(3)).Volume);
        AssertReads(Small(2), second);
        Assert.Throws<VolumeCorruptException>(() => AssertReads(Small(1), first));
    }

    [Fact]
    public void A_missing_volume_is_quarantined_and_its_id_is_not_used_again()
    {
        var volumes = Start();
        var first = Append(volumes, Small(1));
        CloseInOrder(volumes);
        _disk.Delete(_folder.FileOf(first.Volume));
        Assert.Equal(new VolumeId(2), Append(Start(), Small(2)).Volume);
    }

    [Fact]
    public void Closing_answers_what_was_begun_rejects_what_comes_later_and_leaves_checkpoints()
    {
        var volumes = Start();
        Append(volumes, Small(1));
        HoldFlushes();
        volumes.Tell(new Append(Small(2)), TestActor);
        Assert.True(_flushHasBegun.Wait(RemainingOrDefault));
        volumes.Tell(new Append(Small(3)), TestActor);
        Watch(volumes);
        volumes.Tell(Close.Instance, TestActor);
        volumes.Tell(new Append(Small(4)), TestActor);
        var rejected = ExpectMsg<Rejected>();
        Assert.Equal((RejectReason.Stopping, new NeedleId(4)), (rejected.Reason, rejected.Needle));
        _flushMayGoOn.Set();
        Assert.Equal(new NeedleId(2), ExpectMsg<Appended>().Needle);
        Assert.Equal(new NeedleId(3), ExpectMsg<Appended>().Needle);
        ExpectTerminated(volumes);
        var found = VolumeRecovery.Inspect(_folder, new VolumeId(1));
        Assert.Equal(found.FileBytes, found.ScannedFromBytes);
    }

    protected override void AfterAll()
    {
        _flushMayGoOn.Set();
        base.AfterAll();
        _readers.Dispose();
    }

    private static Needle Small(long id) => Data(id, 100);

    private static Needle Data(long id, int bytes) =>
        SpecNeedles.Data(id, $"key {id}", SpecNeedles.Bytes((int)id, bytes));

    private void BeforeOperation(DiskOperation operation)
    {
        if (operation.Kind == DiskOperationKind.Flush && operation.Path.EndsWith(".vol", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _flushes);
            _flushHasBegun.Set();
            _flushMayGoOn.Wait();
        }

        if (_fails(operation))
            throw new DiskFailedException(operation.Path, operation.Kind.ToString(), 0, "told to fail");
    }

    private void HoldFlushes()
    {
        _flushHasBegun.Reset();
        _flushMayGoOn.Reset();
    }

    private void FailOn(DiskOperationKind kind, string path) =>
        _fails = operation => operation.Kind == kind && string.Equals(operation.Path, path, StringComparison.Ordinal);

    private IActorRef Start(string settings = "") => Sys.ActorOf(VolumesActor.Props(
        _folder,
        VolumesSettings.From(ConfigurationFactory.ParseString(settings).WithFallback(Config)),
        TimeProvider.System,
        () => ++_salt,
        _ids));

    private NeedleLocation Append(IActorRef volumes, Needle needle)
    {
        volumes.Tell(new Append(needle), TestActor);
        var appended = ExpectMsg<Appended>();
        Assert.Equal(needle.Id, appended.Needle);
        return appended.Location;
    }

    private VolumesStatus Status(IActorRef volumes)
    {
        volumes.Tell(GetStatus.Instance, TestActor);
        return ExpectMsg<VolumesStatus>();
    }

    private void CloseInOrder(IActorRef volumes)
    {
        Watch(volumes);
        volumes.Tell(Close.Instance, TestActor);
        ExpectTerminated(volumes);
    }

    /// <summary>From one moment to the next nothing reaches the disk, and what was not flushed is at chance's
    /// mercy.</summary>
    private void PowerCut(IActorRef volumes)
    {
        _fails = _ => true;
        _flushMayGoOn.Set();
        Watch(volumes);
        Sys.Stop(volumes);
        ExpectTerminated(volumes);
        _disk.Crash();
        _readers.Dispose();
        _fails = _ => false;
    }

    private void AssertReads(Needle needle, NeedleLocation location)
    {
        var data = new byte[location.DataBytes];
        _readers.Read(location, 0, data);
        Assert.Equal(needle.Data.ToArray(), data);
    }

    private long FileBytes(VolumeId volume)
    {
        using var file = _disk.Open(_folder.FileOf(volume), DiskAccess.Read);
        return file.LengthBytes;
    }

    /// <summary>Stands at the beginning of 1970.</summary>
    private sealed class EpochClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
