using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Xunit;

namespace Ciaos.Specs.Storage.Disks;

public class SimulatedDiskSpec : DiskContract
{
    private readonly SimulatedDisk _disk = new(seed: 1);

    protected override IDisk Disk => _disk;

    [Fact]
    public void What_was_flushed_and_synced_survives_every_crash()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var disk = new SimulatedDisk(seed);
            WriteDurably(disk, "v/a", "flushed");
            disk.Crash();
            using var file = disk.Open("v/a", DiskAccess.Read);
            Assert.Equal("flushed", Read(file, 0, 100));
        }
    }

    [Fact]
    public void What_was_not_flushed_may_be_lost_whole_torn_or_zero()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new SimulatedDisk(seed);
            WriteDurably(disk, "v/a", "");
            var file = disk.Open("v/a", DiskAccess.ReadWrite);
            file.Write(0, [new byte[600].Select(_ => (byte)'x').ToArray()]);
            disk.Crash();
            using var after = disk.Open("v/a", DiskAccess.Read);
            var text = Read(after, 0, 1000);
            var kept = text.Count(c => c == 'x');
            seen.Add(kept switch { 0 => "lost", 600 => "whole", _ => "part" });
            if (text.Contains('\0', StringComparison.Ordinal)) seen.Add("zeros");
        }

        Assert.Equal(["lost", "part", "whole", "zeros"], seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_that_was_not_synced_may_vanish_and_a_rename_is_whole_or_not_at_all()
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new SimulatedDisk(seed);
            WriteDurably(disk, "v/old", "old");
            WriteDurably(disk, "v/new", "new");
            disk.Create("v/unsynced").Dispose();
            disk.Rename("v/new", "v/old");
            disk.Crash();
            using var file = disk.Open("v/old", DiskAccess.Read);
            outcomes.Add(Read(file, 0, 10));
            Assert.Equal(disk.Exists("v/new"), Read(file, 0, 10) == "old");
            outcomes.Add(disk.Exists("v/unsynced") ? "kept" : "vanished");
        }

        Assert.Equal(["kept", "new", "old", "vanished"], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_failed_flush_loses_pages_that_can_still_be_read_and_the_next_one_does_not_tell()
    {
        var lost = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var disk = new SimulatedDisk(seed);
            WriteDurably(disk, "v/a", "");
            var file = disk.Open("v/a", DiskAccess.ReadWrite);
            file.Write(0, [Text("page")]);
            disk.Faults = DiskFaults.None with { FlushErrorRate = 1 };
            Assert.Throws<DiskFailedException>(file.Flush);
            disk.Faults = DiskFaults.None;
            file.Flush();
            Assert.Equal("page", Read(file, 0, 10));
            disk.Crash();
            using var after = disk.Open("v/a", DiskAccess.Read);
            if (Read(after, 0, 10) != "page") lost++;
        }

        Assert.InRange(lost, 1, 49);
    }

    [Fact]
    public void A_full_disk_takes_what_fits_and_has_room_again_after_a_deletion()
    {
        var disk = new SimulatedDisk(seed: 1, capacityBytes: 1000);
        WriteDurably(disk, "v/a", new string('a', 900));
        using var file = disk.Create("v/b");
        Assert.Throws<DiskFullException>(() => file.Preallocate(101));
        file.Preallocate(50);
        Assert.Equal(50, disk.FreeBytes);
        Assert.Throws<DiskFullException>(() => file.Write(0, [new byte[200]]));
        Assert.Equal(100, file.LengthBytes);
        disk.Delete("v/a");
        file.Write(0, [new byte[200]]);
        Assert.Equal(800, disk.FreeBytes);
    }

    [Fact]
    public void Handles_are_dead_after_a_crash()
    {
        WriteDurably(_disk, "v/a", "x");
        using var file = _disk.Open("v/a", DiskAccess.ReadWrite);
        _disk.Crash();
        Assert.Throws<DiskFailedException>(() => file.Write(0, [Text("y")]));
        Assert.Throws<DiskFailedException>(() => Read(file, 0, 1));
        Assert.Throws<DiskFailedException>(file.Flush);
    }

    [Fact]
    public void A_killed_process_leaves_all_that_it_wrote_and_no_living_handle()
    {
        var file = _disk.Create("v/a");
        file.Write(0, [Text("unflushed")]);
        _disk.Kill();
        Assert.Throws<DiskFailedException>(() => file.Write(0, [Text("y")]));
        Assert.Throws<DiskFailedException>(() => file.LengthBytes);
        using var after = _disk.Open("v/a", DiskAccess.Read);
        Assert.Equal("unflushed", Read(after, 0, 100));
    }

    [Fact]
    public void What_a_killed_process_did_not_flush_may_still_be_lost_in_a_crash()
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new SimulatedDisk(seed);
            WriteDurably(disk, "v/a", "old");
            disk.Open("v/a", DiskAccess.ReadWrite).Write(0, [Text("new")]);
            disk.Create("v/unsynced").Dispose();
            disk.Kill();
            disk.Crash();
            using var file = disk.Open("v/a", DiskAccess.Read);
            outcomes.Add(Read(file, 0, 10));
            outcomes.Add(disk.Exists("v/unsynced") ? "kept" : "vanished");
        }

        Assert.Superset(new HashSet<string> { "old", "new", "kept", "vanished" }, outcomes);
    }

    [Fact]
    public void A_flipped_bit_is_seen_and_stays()
    {
        WriteDurably(_disk, "v/a", "a");
        _disk.FlipBit("v/a", 0, 1);
        _disk.Crash();
        using var file = _disk.Open("v/a", DiskAccess.Read);
        Assert.Equal("c", Read(file, 0, 1));
    }

    [Fact]
    public void Injected_errors_and_delays_come_as_often_as_was_asked_and_the_same_for_the_same_seed()
    {
        var first = Errors(new SimulatedDisk(seed: 7));
        Assert.InRange(first.Count(c => c == 'e'), 60, 140);
        Assert.Equal(first, Errors(new SimulatedDisk(seed: 7)));
        Assert.NotEqual(first, Errors(new SimulatedDisk(seed: 8)));
    }

    [Fact]
    public void The_hook_sees_every_operation_before_it_happens()
    {
        var seen = new List<DiskOperation>();
        _disk.BeforeOperation = seen.Add;
        _disk.Faults = DiskFaults.None with { MaxDelay = TimeSpan.FromSeconds(1) };
        WriteDurably(_disk, "v/a", "abc");
        Assert.Equal(
            [DiskOperationKind.Create, DiskOperationKind.Write, DiskOperationKind.Flush, DiskOperationKind.SyncFolder],
            seen.Select(operation => operation.Kind));
        Assert.Equal(3, seen[1].LengthBytes);
        Assert.All(seen, operation => Assert.InRange(operation.Delay, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Contains(seen, operation => operation.Delay > TimeSpan.Zero);
    }

    private static string Errors(SimulatedDisk disk)
    {
        WriteDurably(disk, "v/a", "x");
        disk.Faults = DiskFaults.None with { ReadErrorRate = 0.1 };
        using var file = disk.Open("v/a", DiskAccess.Read);
        return string.Concat(Enumerable.Range(0, 1000).Select(_ =>
        {
            try
            {
                return Read(file, 0, 1) == "x" ? '.' : '?';
            }
            catch (DiskFailedException)
            {
                return 'e';
            }
        }));
    }

    private static void WriteDurably(SimulatedDisk disk, string path, string text)
    {
        using var file = disk.Create(path);
        file.Write(0, [Text(text)]);
        file.Flush();
        disk.SyncFolder("v");
    }
}
