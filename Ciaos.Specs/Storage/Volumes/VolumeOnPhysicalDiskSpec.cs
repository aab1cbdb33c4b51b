using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

/// <summary>The whole life of a volume on the file system of the machine.</summary>
public sealed class VolumeOnPhysicalDiskSpec : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ciaos-volume-").FullName;
    private readonly PhysicalDisk _disk;

    public VolumeOnPhysicalDiskSpec()
    {
        _disk = PhysicalDisk.Open(_root);
        _disk.CreateFolder("volumes");
    }

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void It_is_written_torn_recovered_continued_sealed_and_read()
    {
        var folder = Needles.Folder(_disk);
        var stored = new Dictionary<NeedleLocation, byte[]>();
        using (var volume = VolumeFile.Create(folder, Needles.Superblock, VolumeFileSettings.Default))
        {
            Append(volume, stored, Enumerable.Range(1, 50).Select(i => Needles.Bytes(i, 37 * i)).ToArray());
            Append(volume, stored, Needles.Bytes(99, 1_000_000));
            volume.WriteCheckpoint();
        }

        using (var file = _disk.Open(folder.FileOf(Needles.Volume), DiskAccess.ReadWrite))
        {
            file.Write(file.LengthBytes, [Needles.Bytes(7, 1_001)]);
        }

        var found = VolumeRecovery.Inspect(folder, Needles.Volume);
        Assert.Equal((51, 1_001L), (found.NeedleCount, Assert.Single(found.Torn).LengthBytes));
        using (var volume = VolumeFile.Continue(folder, found, VolumeFileSettings.Default))
        {
            Append(volume, stored, Needles.Bytes(100, 70_000));
            volume.Seal(SealReason.Full);
            Assert.Equal(volume.EndBytes, new FileInfo(Path.Combine(_root, folder.FileOf(Needles.Volume))).Length);
        }

        Assert.Equal([Needles.Volume], folder.List());
        using var reader = VolumeReader.Open(folder, Needles.Volume);
        Assert.All(stored, pair => Assert.True(pair.Value.AsSpan().SequenceEqual(Needles.Read(reader, pair.Key))));
        Assert.True(VolumeRecovery.Inspect(folder, Needles.Volume).IsSealed);
    }

    private static void Append(VolumeFile volume, Dictionary<NeedleLocation, byte[]> stored, params byte[][] contents)
    {
        var needles = contents
            .Select((data, i) => Needles.Data(volume.NeedleCount + i + 1, $"key {i}", data))
            .ToArray();
        var locations = volume.Append(needles);
        volume.Flush();
        for (var i = 0; i < locations.Length; i++) stored[locations[i]] = contents[i];
    }
}
