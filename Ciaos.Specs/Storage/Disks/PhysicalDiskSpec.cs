using Ciaos.Storage.Disks;
using Xunit;

namespace Ciaos.Specs.Storage.Disks;

public sealed class PhysicalDiskSpec : DiskContract, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ciaos-disk-").FullName;
    private readonly PhysicalDisk _disk;

    public PhysicalDiskSpec() => _disk = PhysicalDisk.Open(_root);

    protected override IDisk Disk => _disk;

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void A_second_opener_of_the_same_folder_is_told_why_it_cannot()
    {
        var error = Assert.ThrowsAny<IOException>(() => PhysicalDisk.Open(_root));
        Assert.Contains(_root, error.Message, StringComparison.Ordinal);
        Assert.Contains("does another node use it?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_can_be_opened_again_after_it_was_closed()
    {
        var root = Path.Combine(_root, "made", "on", "demand");
        PhysicalDisk.Open(root).Dispose();
        using var again = PhysicalDisk.Open(root);
        Assert.Equal(root, again.Root);
        Assert.True(again.FreeBytes > 0);
    }

    [Fact]
    public void A_full_device_is_told_from_a_failing_one()
    {
        if (!OperatingSystem.IsLinux()) return;
        var handle = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        using var full = new PhysicalDiskFile("/dev/full", handle);
        var error = Assert.Throws<DiskFullException>(() => full.Write(0, [new byte[10], new byte[20]]));
        Assert.Equal("/dev/full", error.Path);
        Assert.Equal(30, error.NeededBytes);
        var failure = Assert.Throws<DiskFailedException>(full.Flush);
        Assert.Contains("/dev/full", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Space_that_does_not_exist_cannot_be_reserved()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var file = _disk.Create("huge");
        // More than a file may have: a size that only the disk does not have would take all there is on the way to its
        // failure, from everybody else on the machine.
        Assert.ThrowsAny<IOException>(() => file.Preallocate(1L << 62));
        Assert.Equal(0, file.LengthBytes);
    }
}
