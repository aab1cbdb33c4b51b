using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

public class VolumeRecoverySpec
{
    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly VolumeFolder _folder;

    public VolumeRecoverySpec() => _folder = Needles.Folder(_disk);

    private string Path => _folder.FileOf(Needles.Volume);

    [Fact]
    public void A_needle_that_lost_no_more_than_its_padding_is_whole_now_and_later()
    {
        var disk = new SimulatedDisk(seed: 1);
        var folder = Needles.Folder(disk);
        var written = Needles.Write(disk, [Needles.Data(1, "first", [.. new byte[32], 1])]);
        var end = written[0].OffsetBytes + written[0].DataStartBytes + written[0].DataBytes;
        Assert.NotEqual(0, end % NeedleFormat.AlignmentBytes);
        using (var file = disk.Open(folder.FileOf(Needles.Volume), DiskAccess.ReadWrite)) file.SetLength(end);

        var found = VolumeRecovery.Inspect(folder, Needles.Volume);
        Assert.Equal(1, found.NeedleCount);
        Assert.Empty(found.Torn);
        using (var volume = VolumeFile.Continue(folder, found, Needles.Settings)) volume.WriteCheckpoint();
        Assert.Empty(VolumeRecovery.Inspect(folder, Needles.Volume).Rotten);
        using (var file = disk.Open(folder.FileOf(Needles.Volume), DiskAccess.ReadWrite)) file.SetLength(end - 1);
        Assert.Empty(Needles.Scan(folder));
    }

    /// <summary>The file gets zeros again when it grows over its end, and the needle ends with some.</summary>
    [Fact]
    public void What_a_needle_was_when_it_had_lost_zeros_it_stays()
    {
        var whole = 0;
        for (var cut = 1; cut <= 24; cut++)
        {
            var disk = new SimulatedDisk(seed: 1);
            var folder = Needles.Folder(disk);
            var written = Needles.Write(disk, [Needles.Data(1, "first", [1, 2, 3, .. new byte[20]])])[0];
            using (var file = disk.Open(folder.FileOf(Needles.Volume), DiskAccess.ReadWrite))
                file.SetLength(written.OffsetBytes + written.DataStartBytes + written.DataBytes - cut);
            var found = VolumeRecovery.Inspect(folder, Needles.Volume);
            var count = found.NeedleCount;
            if (count > 0) whole++;
            using (var volume = VolumeFile.Continue(folder, found, Needles.Settings))
                volume.Append([Small(2)]);
            Assert.Equal(count, Needles.Scan(folder).Count(needle => needle.Header.Id.Value == 1));
        }

        Assert.InRange(whole, 1, NeedleFormat.AlignmentBytes - 1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(100_000)]
    public void Needles_written_where_a_torn_one_claims_its_data_are_found_without_reading_all_data(int dataBytes)
    {
        var torn = Needles.Write(_disk, [Small(1)], [Needles.Data(2, "torn", new byte[dataBytes])])[1];
        using (var file = _disk.Open(Path, DiskAccess.ReadWrite))
            file.SetLength(torn.OffsetBytes + torn.DataStartBytes + 100);
        for (var id = 3; id < 40; id++) Append(VolumeRecovery.Inspect(_folder, Needles.Volume), Small(id));

        using var read = _disk.Open(Path, DiskAccess.Read);
        using var scanner = new VolumeScanner(
            read, Superblock.Read(read, Needles.Volume), Superblock.Bytes, verifiesData: false);
        var found = new List<long>();
        while (scanner.MoveNext())
            if (scanner.Header.Kind == NeedleKind.Data) found.Add(scanner.Header.Id.Value);
        Assert.Equal([1L, .. Enumerable.Range(3, 37).Select(id => (long)id)], found);
    }

    [Fact]
    public void A_clean_volume_is_continued_behind_its_last_needle()
    {
        Needles.Write(_disk, [Small(1)], [Small(2), Small(3)]);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Equal((3, 3L, true), (found.NeedleCount, found.HighestNeedle.Value, found.CanContinue));
        Assert.Empty(found.Torn);
        Assert.Equal(found.FileBytes, found.EndBytes);
        Append(found, Small(4));
        Assert.Equal([1L, 2, 3, 4], Ids());
    }

    [Fact]
    public void An_empty_volume_is_continued()
    {
        Needles.Write(_disk);
        Append(VolumeRecovery.Inspect(_folder, Needles.Volume), Small(1));
        Assert.Equal([1L], Ids());
    }

    [Fact]
    public void A_torn_needle_is_covered_by_a_gap_and_its_place_is_not_used_again()
    {
        var torn = Needles.Write(_disk, [Small(1)], [Small(2)])[1];
        _disk.FlipBit(Path, torn.OffsetBytes + torn.DataStartBytes, 0);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Equal([new DamagedRange(torn.OffsetBytes, found.FileBytes)], found.Torn.AsEnumerable());
        Assert.Empty(found.Rotten);
        var next = Append(found, Small(3));
        Assert.True(next.OffsetBytes > found.FileBytes);
        Assert.Equal([1L, 0, 3], Ids());
        var again = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Empty(again.Torn);
        Assert.Empty(again.Rotten);
        using var reader = VolumeReader.Open(_folder, Needles.Volume);
        Assert.Throws<VolumeCorruptException>(() => Needles.Read(reader, torn));
    }

    [Fact]
    public void A_file_that_was_cut_within_a_needle_is_continued_at_the_next_boundary()
    {
        Needles.Write(_disk, [Small(1)], [Small(2)]);
        using (var file = _disk.Open(Path, DiskAccess.ReadWrite)) file.SetLength(file.LengthBytes - 13);
        Append(VolumeRecovery.Inspect(_folder, Needles.Volume), Small(3));
        Assert.Equal([1L, 0, 3], Ids());
        Assert.True(VolumeRecovery.Inspect(_folder, Needles.Volume).CanContinue);
    }

    [Fact]
    public void A_whole_needle_behind_a_torn_one_of_its_batch_stays()
    {
        var locations = Needles.Write(_disk, [Small(1)], [Small(2), Small(3)]);
        _disk.FlipBit(Path, locations[1].OffsetBytes, 0);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Equal([new DamagedRange(locations[1].OffsetBytes, locations[2].OffsetBytes)], found.Torn.AsEnumerable());
        Append(found, Small(4));
        Assert.Equal([1L, 3, 0, 4], Ids());
        using var reader = VolumeReader.Open(_folder, Needles.Volume);
        Assert.Equal(Small(3).Data.ToArray(), Needles.Read(reader, locations[2]));
        Assert.Empty(VolumeRecovery.Inspect(_folder, Needles.Volume).Rotten.AsEnumerable());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void Damage_before_a_later_batch_is_rot_and_the_volume_is_not_continued(int at)
    {
        var locations = Needles.Write(_disk, [Small(1), Small(2)], [Small(3)]);
        _disk.FlipBit(Path, locations[0].OffsetBytes + at, 3);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        var first = new DamagedRange(locations[0].OffsetBytes, locations[1].OffsetBytes);
        Assert.Equal([first], found.Rotten.AsEnumerable());
        Assert.Empty(found.Torn);
        Assert.Equal(2, found.NeedleCount);
        Assert.Throws<InvalidOperationException>(() => VolumeFile.Continue(_folder, found, Needles.Settings));
    }

    [Fact]
    public void Rot_and_a_torn_tail_side_by_side_are_told_apart_at_the_start_of_the_last_batch()
    {
        var locations = Needles.Write(_disk, [Small(1)], [Small(2), Small(3)]);
        _disk.FlipBit(Path, locations[0].OffsetBytes, 0);
        _disk.FlipBit(Path, locations[1].OffsetBytes, 0);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        var first = new DamagedRange(locations[0].OffsetBytes, locations[1].OffsetBytes);
        Assert.Equal([first], found.Rotten.AsEnumerable());
        Assert.Equal([new DamagedRange(locations[1].OffsetBytes, locations[2].OffsetBytes)], found.Torn.AsEnumerable());
    }

    [Fact]
    public void What_a_checkpoint_covers_is_not_read_again()
    {
        WriteWithCheckpoint(Small(1), Small(2));
        _disk.FlipBit(Path, Superblock.Bytes, 0);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Equal((2, 2L), (found.NeedleCount, found.HighestNeedle.Value));
        Assert.Equal(found.FileBytes, found.ScannedFromBytes);
        Assert.True(found.CanContinue);
    }

    [Fact]
    public void A_checkpoint_speaks_only_of_what_was_flushed()
    {
        using (var volume = VolumeFile.Create(_folder, Needles.Superblock, Needles.Settings))
        {
            volume.Append([Small(1)]);
            volume.Flush();
            volume.Append([Small(2)]);
            volume.WriteCheckpoint();
        }

        Assert.Equal(1, VolumeCheckpoint.Read(_folder, Needles.Superblock)!.NeedleCount);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Equal((2, 2L), (found.NeedleCount, found.HighestNeedle.Value));
    }

    [Fact]
    public void A_file_shorter_than_its_checkpoint_has_lost_something()
    {
        WriteWithCheckpoint(Small(1), Small(2));
        long length;
        using (var file = _disk.Open(Path, DiskAccess.ReadWrite))
        {
            length = file.LengthBytes;
            file.SetLength(length - 40);
        }

        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.Equal([new DamagedRange(length - 40, length)], found.Rotten.AsEnumerable());
    }

    [Fact]
    public void A_damaged_or_foreign_checkpoint_is_ignored()
    {
        WriteWithCheckpoint(Small(1));
        for (var at = 0; at < VolumeCheckpoint.Bytes; at++)
        {
            _disk.FlipBit(_folder.CheckpointOf(Needles.Volume), at, at % 8);
            Assert.Equal(Superblock.Bytes, VolumeRecovery.Inspect(_folder, Needles.Volume).ScannedFromBytes);
            _disk.FlipBit(_folder.CheckpointOf(Needles.Volume), at, at % 8);
        }

        new VolumeCheckpoint(Needles.Volume, Salt: 1, false, 1 << 20, 1, default).Write(_folder);
        Assert.Equal(Superblock.Bytes, VolumeRecovery.Inspect(_folder, Needles.Volume).ScannedFromBytes);
    }

    [Fact]
    public void A_volume_stored_within_a_volume_is_not_taken_for_needles()
    {
        var inner = new SimulatedDisk(seed: 2);
        Needles.Write(inner, Enumerable.Range(1, 20).Select(i => Small(i)).ToArray());
        using var file = inner.Open(Path, DiskAccess.Read);
        var copy = new byte[file.LengthBytes];
        file.Read(0, copy);
        var location = Needles.Write(_disk, [Needles.Data(100, "a volume", copy)], [Small(101)])[0];
        _disk.FlipBit(Path, location.OffsetBytes, 0);
        Assert.Equal([101L], Ids());
    }

    [Fact]
    public void A_damaged_superblock_or_another_volume_in_its_place_is_told()
    {
        Needles.Write(_disk, [Small(1)]);
        var error = Assert.Throws<VolumeCorruptException>(() =>
        {
            _disk.Rename(Path, _folder.FileOf(new(8)));
            VolumeRecovery.Inspect(_folder, new(8));
        });
        Assert.Equal("volume 8", error.Expected);
        Assert.Equal("7", error.Found);
        _disk.FlipBit(_folder.FileOf(new(8)), 4000, 0);
        Assert.Throws<VolumeCorruptException>(() => VolumeRecovery.Inspect(_folder, new(8)));
    }

    private static Needle Small(long id) => Needles.Data(id, $"key {id}", Needles.Bytes((int)id, 50));

    private IEnumerable<long> Ids() => Needles.Scan(_folder).Select(needle => needle.Header.Id.Value);

    private void WriteWithCheckpoint(params Needle[] needles)
    {
        using var volume = VolumeFile.Create(_folder, Needles.Superblock, Needles.Settings);
        volume.Append(needles);
        volume.Flush();
        volume.WriteCheckpoint();
    }

    private NeedleLocation Append(RecoveredVolume found, Needle needle)
    {
        using var volume = VolumeFile.Continue(_folder, found, Needles.Settings);
        var location = volume.Append([needle])[0];
        volume.Flush();
        return location;
    }
}
