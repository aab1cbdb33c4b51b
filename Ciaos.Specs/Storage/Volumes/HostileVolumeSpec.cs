using System.Diagnostics;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

/// <summary>Volumes whose bytes somebody has changed: they may be refused, never believed, and never cost
/// much.</summary>
public class HostileVolumeSpec
{
    private const int NeedleCount = 12;

    [Fact]
    public void Whatever_is_changed_no_wrong_byte_is_ever_read() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Mutate(seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_file_full_of_heads_that_only_look_real_is_searched_in_bounded_time_and_memory()
    {
        var disk = new SimulatedDisk(seed: 1);
        Needles.Write(disk, [Needles.Data(1, "first", [1])]);
        var lure = new byte[8 << 20];
        for (var at = 0; at + 24 <= lure.Length; at += 24)
        {
            "N2\x01"u8.CopyTo(lure.AsSpan(at));

            // A key of 1,024 bytes and metadata of 8,192.
            new byte[] { 0, 0x80, 0x08, 0x80, 0x40 }.CopyTo(lure, at + 12);
        }

        using (var file = disk.Open(Needles.Folder(disk).FileOf(Needles.Volume), DiskAccess.ReadWrite))
        {
            file.Write(file.LengthBytes, [lure]);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var found = VolumeRecovery.Inspect(Needles.Folder(disk), Needles.Volume);
        Assert.Equal(1, found.NeedleCount);
        Assert.Equal(lure.Length, Assert.Single(found.Torn).LengthBytes);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "quadratic search");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_length_that_claims_gigabytes_allocates_nothing()
    {
        foreach (var (at, value) in new[] { (4, -1), (12, 0x7FFFFFFF), (12, -1), (13, -1), (14, -1) })
        {
            var disk = new SimulatedDisk(seed: 1);
            Needles.Write(disk, [Needles.Data(1, "first", [1])], [Needles.Data(2, "second", [2])]);
            using (var file = disk.Open(Needles.Folder(disk).FileOf(Needles.Volume), DiskAccess.ReadWrite))
            {
                file.Write(Superblock.Bytes + at, [BitConverter.GetBytes(value)]);
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(["second"], Needles.Scan(Needles.Folder(disk)).Select(needle => needle.Key));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }
    }

    private static bool Mutate(int seed)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(seed);
        var folder = Needles.Folder(disk);
        var needles = Enumerable.Range(1, NeedleCount)
            .Select(i => (Id: i, Bytes: random.Next(4) == 0 ? 70_000 : random.Next(300)))
            .Select(it => Needles.Data(it.Id, $"key {it.Id}", Needles.Bytes(seed + it.Id, it.Bytes)))
            .ToArray();
        var locations = Needles.Write(disk, needles[..4], needles[4..9], needles[9..]);
        using (var file = disk.Open(folder.FileOf(Needles.Volume), DiskAccess.ReadWrite)) Spoil(file, random);
        var original = needles.ToDictionary(needle => needle.Id.Value, needle => needle.Data.ToArray());
        try
        {
            foreach (var (header, key, data) in Needles.Scan(folder))
            {
                Assert.Equal($"key {header.Id.Value}", key);
                Assert.True(original[header.Id.Value].AsSpan().SequenceEqual(data), key);
            }

            VolumeRecovery.Inspect(folder, Needles.Volume);
            using var reader = VolumeReader.Open(folder, Needles.Volume);
            for (var i = 0; i < NeedleCount; i++) ReadOrRefuse(reader, locations[i], original[i + 1]);
        }
        catch (VolumeCorruptException)
        {
            // The superblock was hit: the volume is refused as a whole.
        }

        return true;
    }

    private static void ReadOrRefuse(VolumeReader reader, NeedleLocation location, byte[] expected)
    {
        try
        {
            Assert.True(expected.AsSpan().SequenceEqual(Needles.Read(reader, location)), location.ToString());
        }
        catch (VolumeCorruptException)
        {
            // Refused: as good as read.
        }
    }

    private static void Spoil(IDiskFile file, Random random)
    {
        for (var changes = random.Next(1, 20); changes > 0; changes--)
        {
            var at = random.NextInt64(random.Next(4) == 0 ? 0 : Superblock.Bytes, file.LengthBytes);
            switch (random.Next(4))
            {
                case 0:
                    file.SetLength(Math.Max(Superblock.Bytes, at));
                    break;
                case 1:
                    var moved = new byte[random.Next(1, 400)];
                    file.Read(random.NextInt64(file.LengthBytes), moved);
                    file.Write(at & -8, [moved]);
                    break;
                default:
                    var noise = new byte[random.Next(1, 9)];
                    random.NextBytes(noise);
                    file.Write(at, [noise]);
                    break;
            }
        }
    }
}
