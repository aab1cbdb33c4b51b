using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Simulation.World;

/// <summary>A bit of a volume has flipped at rest.</summary>
/// <param name="Objection">What is wrong: nobody notices. Null: somebody does, or nothing was there.</param>
internal sealed record BitRot(string? Objection)
{
    /// <summary>Null: there is no byte that could rot.</summary>
    public static BitRot? Flip(Machine machine, string volumes, Random random)
    {
        var folder = new VolumeFolder(machine.Disk, volumes);
        var all = folder.List();
        if (all.Count == 0) return null;
        var volume = all[random.Next(all.Count)];
        var path = folder.FileOf(volume);
        var length = machine.Look(disk =>
        {
            using var file = disk.Open(path, DiskAccess.Read);
            return file.LengthBytes;
        });
        if (length == 0) return null;
        var place = random.NextInt64(length);
        var was = machine.Look(_ => VolumesCheck.WholeAt(folder, volume, place));
        machine.Disk.FlipBit(path, place, random.Next(8));
        var isMissed = was is not null && was == machine.Look(_ => VolumesCheck.WholeAt(folder, volume, place));
        return new BitRot(
            isMissed ? $"A bit at byte {place} of {path} has flipped, and {was} is taken for whole" : null);
    }
}
