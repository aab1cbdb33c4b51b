using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

public class VolumeFileSpec
{
    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly VolumeFolder _folder;

    public VolumeFileSpec() => _folder = Needles.Folder(_disk);

    [Fact]
    public void Needles_are_read_back_as_they_were_appended()
    {
        using var volume = Create();
        var needles = new[]
        {
            Needles.Data(1, "a key", Needles.Bytes(1, 100), ("content-type", "text/plain"), ("x", "ü")),
            Needles.Data(2, "schlüssel/😀", Needles.Bytes(2, 300_000)),
            Needles.Data(3, "empty", []),
            Needles.Tombstone(4, "a key", ends: 1),
        };
        var locations = volume.Append(needles);
        volume.Flush();
        using var reader = VolumeReader.Open(_folder, Needles.Volume);
        for (var i = 0; i < 3; i++) Assert.Equal(needles[i].Data.ToArray(), Needles.Read(reader, locations[i]));
        var found = Needles.Scan(_folder);
        Assert.Equal(needles.Select(needle => needle.Key.Value), found.Select(needle => needle.Key));
        Assert.Equal(needles.Select(needle => needle.Kind), found.Select(needle => needle.Header.Kind));
        Assert.Equal(needles.Select(needle => needle.Object), found.Select(needle => needle.Header.Object));
        Assert.Equal(4, volume.NeedleCount);
    }

    [Fact]
    public void A_needle_says_all_that_the_index_needs_to_be_rebuilt()
    {
        using var volume = Create();
        var needle = Needles.Data(9, "k", [1, 2], ("content-type", "image/png"), ("note", "")) with
        {
            ChunkOrdinal = 5,
            IsLastChunk = false,
            Operation = UploadOperation.Append,
            Format = BodyFormat.FileDataList,
        };
        volume.Append([needle]);
        volume.Flush();
        using var file = _disk.Open(_folder.FileOf(Needles.Volume), DiskAccess.Read);
        using var scanner = new VolumeScanner(file, Superblock.Read(file, Needles.Volume), Superblock.Bytes);
        Assert.True(scanner.MoveNext());
        var header = scanner.Header;
        Assert.Equal(
            (needle.Kind, needle.Id, needle.Bucket, needle.Object),
            (header.Kind, header.Id, header.Bucket, header.Object));
        Assert.Equal(
            (5, false, UploadOperation.Append, BodyFormat.FileDataList),
            (header.ChunkOrdinal, header.IsLastChunk, header.Operation, header.Format));
        Assert.Equal(needle.Metadata, scanner.ReadMetadata());
        Assert.False(scanner.MoveNext());
    }

    [Fact]
    public void A_small_object_costs_at_most_40_bytes_beyond_its_key_and_data()
    {
        using var volume = Create();
        for (var bytes = 1; bytes < 40; bytes++)
        {
            var before = volume.EndBytes;
            volume.Append([Needles.Data(1_700_000_000_000_000 + bytes, "key", new byte[bytes])]);
            Assert.InRange(volume.EndBytes - before - bytes - 3, 30, 40);
            Assert.Equal(0, volume.EndBytes % 8);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_size_is_known_before_it_is_written(int version)
    {
        using var volume = VolumeFile.Create(
            _folder, Needles.Superblock with { Version = version }, Needles.Settings);
        foreach (var bytes in new[] { 0, 1, 65_535, 65_536, 65_537, 200_000 })
        {
            var needle = Needles.Data(1, "k/ä", new byte[bytes], ("a", "b"));
            var before = volume.EndBytes;
            volume.Append([needle]);
            Assert.Equal(volume.EndBytes - before, NeedleFormat.SizeBytes(needle, version));
        }
    }

    [Fact]
    public void A_batch_is_one_write_and_a_flush_without_news_is_none()
    {
        using var volume = Create();
        var operations = new List<DiskOperationKind>();
        _disk.BeforeOperation = operation => operations.Add(operation.Kind);
        volume.Append(Enumerable.Range(1, 64).Select(i => Needles.Data(i, "k", new byte[2_000])).ToArray());
        volume.Flush();
        volume.Flush();
        Assert.Equal([DiskOperationKind.Preallocate, DiskOperationKind.Write, DiskOperationKind.Flush], operations);
    }

    [Fact]
    public void After_a_failed_flush_the_writer_refuses_every_use()
    {
        using var volume = Create();
        volume.Append([Needles.Data(1, "k", [1])]);
        var durable = volume.DurableBytes;
        _disk.Faults = DiskFaults.None with { FlushErrorRate = 1 };
        Assert.Throws<DiskFailedException>(volume.Flush);
        _disk.Faults = DiskFaults.None;
        Assert.False(volume.IsUsable);
        Assert.Equal(durable, volume.DurableBytes);
        Assert.Throws<InvalidOperationException>(volume.Flush);
        Assert.Throws<InvalidOperationException>(() => volume.Append([Needles.Data(2, "k", [1])]));
        Assert.Throws<InvalidOperationException>(() => volume.Seal(SealReason.Full));
        Assert.Throws<InvalidOperationException>(volume.WriteCheckpoint);
    }

    [Fact]
    public void After_a_failed_write_the_writer_refuses_every_use()
    {
        using var volume = Create();
        _disk.Faults = DiskFaults.None with { WriteErrorRate = 1 };
        Assert.Throws<DiskFailedException>(() => volume.Append([Needles.Data(1, "k", [1])]));
        Assert.Throws<InvalidOperationException>(volume.Flush);
    }

    [Fact]
    public void A_full_disk_is_met_before_anything_is_written_and_the_writer_goes_on_when_space_returns()
    {
        using var volume = Create();
        volume.Append([Needles.Data(1, "k", new byte[60_000])]);
        volume.Flush();
        var end = volume.EndBytes;
        _disk.CapacityBytes = 150_000;
        Assert.Throws<DiskFullException>(() => volume.Append([Needles.Data(2, "k", new byte[100_000])]));
        Assert.True(volume.IsUsable);
        Assert.Equal(end, volume.EndBytes);
        volume.Append([Needles.Data(3, "fits without a whole step", new byte[70_000])]);
        _disk.CapacityBytes = long.MaxValue;
        volume.Append([Needles.Data(4, "k", new byte[100_000])]);
        volume.Flush();
        Assert.Equal([1L, 3, 4], Needles.Scan(_folder).Select(needle => needle.Header.Id.Value));
    }

    [Fact]
    public void A_sealed_volume_ends_with_its_seal_gives_back_space_and_takes_no_more()
    {
        using var volume = Create();
        volume.Append([Needles.Data(1, "k", [1])]);
        volume.Seal(SealReason.Full);
        Assert.Throws<InvalidOperationException>(() => volume.Append([Needles.Data(2, "k", [1])]));
        Assert.Equal([NeedleKind.Data, NeedleKind.Seal], Needles.Scan(_folder).Select(needle => needle.Header.Kind));
        using var file = _disk.Open(_folder.FileOf(Needles.Volume), DiskAccess.Read);
        Assert.Equal(volume.EndBytes, file.LengthBytes);
        Assert.Equal(long.MaxValue - file.LengthBytes, _disk.FreeBytes);
        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.True(found.IsSealed);
        Assert.False(found.CanContinue);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_an_ended_volume_holds_is_durable_whatever_became_of_its_last_flush(bool hasFailed)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var disk = new SimulatedDisk(seed);
            var folder = Needles.Folder(disk);
            using (var volume = VolumeFile.Create(folder, Needles.Superblock, Needles.Settings))
            {
                volume.Append([Needles.Data(1, "k", new byte[2000])]);
                disk.Faults = DiskFaults.None with { FlushErrorRate = hasFailed ? 1 : 0 };
                if (hasFailed) Assert.Throws<DiskFailedException>(volume.Flush);
            }

            disk.Kill();
            disk.Faults = DiskFaults.None;
            VolumeFile.End(folder, Needles.Volume, [(Superblock.Bytes, FileBytes(disk, folder))]);
            Assert.Equal(long.MaxValue - FileBytes(disk, folder), disk.FreeBytes);
            disk.Crash();
            Assert.Equal([1L], Needles.Scan(folder).Select(needle => needle.Header.Id.Value));
        }
    }

    [Fact]
    public void An_id_is_never_used_twice()
    {
        Create().Dispose();
        Assert.ThrowsAny<IOException>(Create);
    }

    private static long FileBytes(SimulatedDisk disk, VolumeFolder folder)
    {
        using var file = disk.Open(folder.FileOf(Needles.Volume), DiskAccess.Read);
        return file.LengthBytes;
    }

    private VolumeFile Create() => VolumeFile.Create(_folder, Needles.Superblock, Needles.Settings);
}
