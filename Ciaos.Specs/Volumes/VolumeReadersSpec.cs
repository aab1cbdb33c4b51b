using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Volumes;

public sealed class VolumeReadersSpec : IDisposable
{
    private const int VolumeCount = 10;

    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly NeedleLocation[] _needles;
    private readonly VolumeReaders _readers;
    private int _opened;

    public VolumeReadersSpec()
    {
        var folder = new VolumeFolder(_disk, "volumes");
        _needles = Enumerable.Range(1, VolumeCount).Select(i => WriteVolume(folder, new VolumeId(i))).ToArray();
        _disk.BeforeOperation = operation =>
        {
            if (operation.Kind == DiskOperationKind.Open) Interlocked.Increment(ref _opened);
        };
        _readers = new VolumeReaders(folder, maxOpen: 3);
    }

    public void Dispose() => _readers.Dispose();

    [Fact]
    public void Each_volume_is_opened_once_while_there_is_room()
    {
        for (var i = 0; i < 30; i++) AssertReads(i % 3);
        Assert.Equal(3, _opened);
    }

    [Fact]
    public void The_one_not_used_for_longest_is_closed_first()
    {
        AssertReads(0);
        AssertReads(1);
        AssertReads(2);
        AssertReads(0);
        AssertReads(3);
        Assert.Equal(3, _readers.OpenCount);
        Assert.Equal(4, _opened);
        AssertReads(0);
        Assert.Equal(4, _opened);
        AssertReads(1);
        Assert.Equal(5, _opened);
    }

    [Fact]
    public void Many_threads_read_exactly_and_stay_within_the_limit()
    {
        var fourThreads = new ParallelOptions { MaxDegreeOfParallelism = 4 };
        Parallel.For(0, 2_000, fourThreads, i => AssertReads(i * 7 % VolumeCount));
        Assert.InRange(_readers.OpenCount, 1, 3);
    }

    [Fact]
    public void A_volume_that_is_missing_is_told_each_time_and_takes_no_room()
    {
        var missing = _needles[0] with { Volume = new VolumeId(99) };
        for (var i = 0; i < 3; i++) Assert.Throws<FileNotFoundException>(() => _readers.Read(missing, 0, new byte[1]));
        Assert.Equal(0, _readers.OpenCount);
    }

    private static NeedleLocation WriteVolume(VolumeFolder folder, VolumeId id)
    {
        using var volume = VolumeFile.Create(folder, new Superblock(id, 0, 1), VolumeFileSettings.Default);
        var location = volume.Append([Storage.Volumes.Needles.Data(1, "k", [(byte)id.Value])])[0];
        volume.Flush();
        return location;
    }

    private void AssertReads(int index)
    {
        var data = new byte[1];
        _readers.Read(_needles[index], 0, data);
        Assert.Equal(index + 1, data[0]);
    }
}
