using Ciaos.Actors.Check;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Check.CheckProblemKind;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Check;

/// <summary>Each kind of harm is found, and named. That a check changes nothing, every one of them looks at.</summary>
public class StoreCheckSpec(StoredFixture stored) : IClassFixture<StoredFixture>
{
    private const string Key = "key50";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_store_of_all_kinds_of_operations_is_clean(bool isQuick)
    {
        using var store = stored.Copy();
        var report = store.Check(isQuick);
        Assert.Empty(report.Problems);
        Assert.Empty(report.Notes);
        Assert.Equal(CheckAdvice.Nothing, report.Advice);
        Assert.Equal((stored.Keys, stored.LiveBytes), (report.Keys, report.KeyBytes));
        Assert.Equal(0, report.UnrecordedEvents);
        Assert.Equal(store.Events().Count, report.Events);
    }

    [Fact]
    public void The_uses_of_bytes_add_up_to_the_files()
    {
        using var store = stored.Copy();
        var report = store.Check();
        Assert.True(report.Volumes.Count > 2);
        foreach (var use in report.Volumes.Append(report.Total))
            Assert.Equal(
                use.FileBytes,
                use.LiveBytes + use.DeadBytes + use.UnreferencedBytes + use.EventBytes + use.OverheadBytes
                + use.DamagedBytes);
        Assert.Equal(
            report.Volumes.Sum(use => new FileInfo(store.VolumePath(use.Volume)).Length), report.Total.FileBytes);
        Assert.InRange(report.Total.LiveBytes, report.KeyBytes, report.KeyBytes * 2);
        var deletedBytes = Enumerable.Range(30, 15).Sum(i => i * StoredFixture.Step);
        Assert.InRange(report.Total.DeadBytes, deletedBytes, 2 * deletedBytes);
        Assert.Equal((0, 0), (report.Total.UnreferencedBytes, report.Total.DamagedBytes));
        Assert.True(report.Total.EventBytes > 10_000);
    }

    [Fact]
    public void A_flipped_bit_of_data_is_found_unless_data_is_not_read()
    {
        using var store = stored.Copy();
        var needle = store.NeedleOf(StoredFixture.Large);
        store.Flip(store.VolumePath(needle.Volume.Value), needle.OffsetBytes + needle.DataStartBytes + 77);
        var report = store.Check();
        Assert.Equal([VolumeDamaged, SegmentCorrupt], report.Counts.Keys);
        var lost = Assert.Single(report.Problems, problem => problem.Kind == SegmentCorrupt);
        Assert.Equal(
            (StoredFixture.Large, 1, needle.Volume.Value, needle.OffsetBytes),
            (lost.Key, lost.Bucket, lost.Volume, lost.OffsetBytes));
        Assert.Equal(CheckAdvice.Restore, report.Advice);
        Assert.Equal(stored.Keys, report.Keys);
        Assert.Empty(store.Kinds(isQuick: true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_bit_of_a_head_is_found(bool isQuick)
    {
        using var store = stored.Copy();
        var needle = store.NeedleOf(Key);
        store.Flip(store.VolumePath(needle.Volume.Value), needle.OffsetBytes + 24);
        var report = store.Check(isQuick);
        Assert.Equal([VolumeDamaged, SegmentCorrupt], report.Counts.Keys);
        Assert.Contains(report.Problems, problem => problem is { Kind: SegmentCorrupt, Key: Key });
    }

    // Then volumes do not hold the event either, and it is not the journal that is damaged.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_bit_of_a_head_that_an_event_is_told_by_is_damage_of_the_volume_alone(bool isQuick)
    {
        using var store = stored.Copy();
        var put = store.LastNeedlePut();
        store.Flip(store.VolumePath(put.Volume.Value), put.OffsetBytes + 24);
        var report = store.Check(isQuick);
        Assert.Equal([VolumeDamaged, SegmentCorrupt], report.Counts.Keys);
        Assert.Equal(CheckAdvice.Restore, report.Advice);
    }

    [Fact]
    public void A_volume_without_a_file_is_missing_and_so_is_what_lies_in_it()
    {
        using var store = stored.Copy();
        var volume = store.NeedleOf(Key).Volume.Value;
        File.Delete(store.VolumePath(volume));
        var report = store.Check();
        Assert.Superset(new HashSet<CheckProblemKind>([VolumeMissing, SegmentMissing]), report.Counts.Keys.ToHashSet());
        Assert.Contains(report.Problems, problem => problem.Kind == VolumeMissing && problem.Volume == volume);
        Assert.Contains(report.Problems, problem => problem is { Kind: SegmentMissing, Key: Key });
        Assert.Equal(CheckAdvice.Restore, report.Advice);
    }

    [Fact]
    public void A_volume_whose_superblock_is_damaged_cannot_be_read()
    {
        using var store = stored.Copy();
        store.Flip(store.VolumePath(store.NeedleOf(Key).Volume.Value), 20);
        var report = store.Check();
        Assert.Contains(VolumeUnreadable, report.Counts.Keys);
        Assert.Contains(report.Problems, problem => problem is { Kind: SegmentMissing, Key: Key });
    }

    [Fact]
    public void A_volume_that_lost_its_end_is_told()
    {
        using var store = stored.Copy();
        var needle = store.NeedleOf(Key);
        using (var file = new FileStream(store.VolumePath(needle.Volume.Value), FileMode.Open))
            file.SetLength(needle.OffsetBytes);
        var report = store.Check();
        Assert.Contains(report.Problems, problem => problem.Kind == VolumeCut && problem.Volume == needle.Volume.Value);
        Assert.Contains(report.Problems, problem => problem is { Kind: SegmentMissing, Key: Key });
    }

    [Fact]
    public void Where_zeros_took_the_place_of_a_needle_objects_are_dangling()
    {
        using var store = stored.Copy();
        var needle = store.NeedleOf(Key);
        var path = store.VolumePath(needle.Volume.Value);
        var length = new FileInfo(path).Length;
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(needle.OffsetBytes);
            file.SetLength(length);
        }

        File.Delete(Path.ChangeExtension(path, ".ckpt"));
        Assert.Contains(store.Check().Problems, problem => problem is { Kind: SegmentDangling, Key: Key });
    }

    [Fact]
    public void Files_that_are_none_of_a_volume_are_named()
    {
        using var store = stored.Copy();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(store.VolumePath(1))!, "notes.txt"), "buy milk");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(store.VolumePath(1))!, "1.vol"), "");
        var report = store.Check();
        Assert.Equal(2, report.Counts[FileUnknown]);
        Assert.Equal(CheckAdvice.MoveFilesAway, report.Advice);
        Assert.Contains("notes.txt", report.Problems[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_that_the_journal_does_not_know_is_named()
    {
        using var store = stored.Copy();
        File.Copy(store.VolumePath(1), store.VolumePath(99));
        var report = store.Check();
        Assert.Contains(report.Problems, problem => problem is { Kind: VolumeUnknown, Volume: 99 });

        using (var file = new FileStream(store.VolumePath(99), FileMode.Open)) file.SetLength(Superblock.Bytes);
        Assert.Empty(store.Kinds());
    }

    [Fact]
    public void A_checkpoint_that_is_damaged_or_wrong_is_named()
    {
        using var store = stored.Copy();
        store.Flip(Path.ChangeExtension(store.VolumePath(1), ".ckpt"), 34);
        Assert.Equal([CheckpointWrong], store.Kinds());
        using var disk = Ciaos.Storage.Disks.PhysicalDisk.WithoutLock(Path.GetDirectoryName(store.CatalogPath)!);
        var folder = new VolumeFolder(disk, "volumes");
        using (var file = disk.Open(folder.FileOf(new VolumeId(1)), Ciaos.Storage.Disks.DiskAccess.Read))
        {
            var superblock = Superblock.Read(file, new VolumeId(1));
            new VolumeCheckpoint(superblock.Volume, superblock.Salt, false, file.LengthBytes, 3, new NeedleId(7))
                .Write(folder);
        }

        var report = store.Check();
        Assert.Equal([CheckpointWrong], report.Counts.Keys);
        Assert.Contains("needles", report.Problems[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_volume_that_is_full_by_the_journal_must_end_with_a_seal()
    {
        using var store = stored.Copy();
        var last = store.Events().Last(entry => entry.Decode(out _) is Actors.Volumes.VolumeEvents.VolumeCreated);
        var created = (Actors.Volumes.VolumeEvents.VolumeCreated)last.Decode(out _)!;
        var number = store.Events().Count(entry => entry.Row.PersistenceId == "volumes") + 1;
        var sealing = Actors.Volumes.VolumeEventSerializer.Encode(new Actors.Volumes.VolumeEvents.VolumeSealed(
            created.Volume, 4096, Actors.Volumes.VolumeEvents.SealCause.Full));
        HarmedStore.Change(
            store.JournalPath,
            "INSERT INTO journal "
            + "(created, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) "
            + "VALUES (0, 'volumes', @n, @m, 'volume-sealed', 97101, '')", ("@n", number), ("@m", sealing));
        Assert.Equal([SealMissing], store.Kinds());
    }

    [Fact]
    public void Without_a_journal_volumes_alone_are_checked()
    {
        using var store = stored.Copy();
        File.Delete(store.JournalPath);
        var report = store.Check();
        Assert.Equal([JournalUnreadable], report.Counts.Keys);
        Assert.Equal(CheckAdvice.RebuildIndex, report.Advice);
        Assert.True(report.Needles > 100);
    }

    [Fact]
    public void Without_journal_and_volumes_there_is_no_store()
    {
        using var store = new HarmedStore(Directory.CreateTempSubdirectory("ciaos-harmed-").FullName);
        using (Ciaos.Storage.Disks.PhysicalDisk.Open(Path.GetDirectoryName(store.CatalogPath)!)) { }
        Assert.Throws<CheckRefusedException>(() => store.Check());
    }
}
