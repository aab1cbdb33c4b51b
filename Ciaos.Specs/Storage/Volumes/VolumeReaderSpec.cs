using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

public class VolumeReaderSpec
{
    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly List<DiskOperation> _reads = [];

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(131_000)]
    [InlineData(600_000)]
    public void Every_range_is_exact(int dataBytes)
    {
        var data = Needles.Bytes(dataBytes, dataBytes);
        using var reader = Open(data, out var location);
        var random = new Random(dataBytes);
        for (var i = 0; i < 200; i++)
        {
            var offset = random.Next(dataBytes + 1);
            var count = random.Next(dataBytes - offset + 1);
            var bytes = new byte[count];
            reader.Read(location, offset, bytes);
            Assert.True(data.AsSpan(offset, count).SequenceEqual(bytes), $"{count} bytes from {offset}");
        }
    }

    [Fact]
    public void A_small_needle_takes_one_read()
    {
        using var reader = Open(Needles.Bytes(1, 60_000), out var location);
        _reads.Clear();
        reader.Read(location, 100, new byte[50_000]);
        var read = Assert.Single(_reads);
        Assert.Equal((location.OffsetBytes, location.DataStartBytes + 60_000L), (read.OffsetBytes, read.LengthBytes));
    }

    [Fact]
    public void Of_a_large_needle_only_the_head_and_the_touched_blocks_are_read()
    {
        using var reader = Open(Needles.Bytes(1, 4 << 20), out var location);
        _reads.Clear();
        reader.Read(location, 1_000_000, new byte[200_000]);
        var first = 1_000_000 / 65_536;
        var last = 1_199_999 / 65_536;
        Assert.Equal(location.DataStartBytes + ((last - first + 1) * 65_536L), _reads.Sum(read => read.LengthBytes));
        Assert.InRange(_reads.Count, 2, 4);
        _reads.Clear();
        reader.Read(location, 0, new byte[4 << 20]);
        Assert.Equal(2, _reads.Count);
    }

    [Fact]
    public void A_flipped_bit_in_a_needle_is_always_told_and_never_read()
    {
        var data = Needles.Bytes(3, 200);
        using var reader = Open(data, out var location);
        var path = Needles.Folder(_disk).FileOf(Needles.Volume);
        for (var at = 0; at < location.DataStartBytes + 200; at++)
        {
            _disk.FlipBit(path, location.OffsetBytes + at, at % 8);
            var error = Assert.Throws<VolumeCorruptException>(() => reader.Read(location, 0, new byte[200]));
            Assert.Equal(path, error.File);
            Assert.InRange(error.OffsetBytes, location.OffsetBytes, location.OffsetBytes + location.DataStartBytes);
            Assert.Contains(error.Found, error.Message, StringComparison.Ordinal);
            _disk.FlipBit(path, location.OffsetBytes + at, at % 8);
        }

        Assert.Equal(data, Needles.Read(reader, location));
    }

    [Fact]
    public void A_rotten_block_spoils_only_the_ranges_that_touch_it()
    {
        var data = Needles.Bytes(4, 400_000);
        using var reader = Open(data, out var location);
        var dataStart = location.OffsetBytes + location.DataStartBytes;
        _disk.FlipBit(Needles.Folder(_disk).FileOf(Needles.Volume), dataStart + 150_000, 5);
        var before = new byte[131_072];
        reader.Read(location, 0, before);
        Assert.Equal(data[..131_072], before);
        var error = Assert.Throws<VolumeCorruptException>(() => reader.Read(location, 131_071, new byte[2]));
        Assert.Equal(dataStart + 131_072, error.OffsetBytes);
        var behind = new byte[400_000 - 196_608];
        reader.Read(location, 196_608, behind);
        Assert.Equal(data[196_608..], behind);
    }

    [Fact]
    public void A_location_that_is_no_needle_is_told()
    {
        using var reader = Open(Needles.Bytes(1, 100), out var location);
        foreach (var wrong in new[]
                 {
                     location with { OffsetBytes = location.OffsetBytes + 8 },
                     location with { DataStartBytes = location.DataStartBytes + 1 },
                     location with { DataBytes = 99 },
                     location with { OffsetBytes = 1 << 30 },
                 })
        {
            Assert.Throws<VolumeCorruptException>(() => reader.Read(wrong, 0, new byte[1]));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(location, 100, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read(location, -1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => reader.Read(location with { DataStartBytes = int.MaxValue }, 0, new byte[1]));
    }

    [Fact]
    public void A_damaged_superblock_is_told()
    {
        Open([1], out _).Dispose();
        _disk.FlipBit(Needles.Folder(_disk).FileOf(Needles.Volume), 50, 0);
        Assert.Throws<VolumeCorruptException>(() => VolumeReader.Open(Needles.Folder(_disk), Needles.Volume));
    }

    [Fact]
    public void A_disk_error_is_not_taken_for_corruption()
    {
        using var reader = Open([1], out var location);
        _disk.Faults = DiskFaults.None with { ReadErrorRate = 1 };
        Assert.Throws<DiskFailedException>(() => reader.Read(location, 0, new byte[1]));
    }

    private VolumeReader Open(byte[] data, out NeedleLocation location)
    {
        location = Needles.Write(_disk, [Needles.Data(1, "before", [1])], [Needles.Data(2, "key", data)])[1];
        _disk.BeforeOperation = operation =>
        {
            if (operation.Kind == DiskOperationKind.Read) _reads.Add(operation);
        };
        return VolumeReader.Open(Needles.Folder(_disk), Needles.Volume);
    }
}
