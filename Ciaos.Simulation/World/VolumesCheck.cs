using System.Globalization;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Simulation.World;

/// <summary>
/// What recovery must make of volumes when it reads them from their first byte: on a disk that loses only what was not
/// flushed, everything in them is whole, or known to be torn.
/// </summary>
internal static class VolumesCheck
{
    /// <summary>The first thing that is wrong; null where nothing is. No node may be running. Checkpoints are
    /// deleted.</summary>
    public static string? Objection(IDisk disk, string folder)
    {
        var volumes = new VolumeFolder(disk, folder);
        foreach (var volume in volumes.List())
        {
            disk.Delete(volumes.CheckpointOf(volume));
            if (Objection(volumes, volume) is { } objection) return objection;
        }

        return null;
    }

    /// <summary>What a scan takes for whole that holds this byte; null where that is nothing.</summary>
    public static string? WholeAt(VolumeFolder volumes, VolumeId volume, long place)
    {
        try
        {
            using var file = volumes.Disk.Open(volumes.FileOf(volume), DiskAccess.Read);
            var superblock = Superblock.Read(file, volume);
            if (place < Superblock.Bytes) return "the superblock";
            using var scanner = new VolumeScanner(file, superblock, Superblock.Bytes);
            while (scanner.MoveNext())
            {
                var (header, start) = (scanner.Header, scanner.Location.OffsetBytes);
                if (place >= start && place < start + header.DataStartBytes + header.DataBytes)
                    return string.Create(CultureInfo.InvariantCulture, $"the needle at {start}");
            }

            return null;
        }
        catch (VolumeCorruptException)
        {
            return null;
        }
    }

    private static string? Objection(VolumeFolder volumes, VolumeId volume)
    {
        try
        {
            var found = VolumeRecovery.Inspect(volumes, volume);
            var damage = found.Rotten.AddRange(found.Torn);
            return damage.IsEmpty ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"Volume {volume.Value} is damaged, and nothing in it says so: {string.Join(", ", damage)}");
        }
        catch (VolumeCorruptException)
        {
            // A crash came before its first flush: nothing was ever in it.
            return null;
        }
    }
}
