using System.Globalization;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>Where the volumes of one disk lie, and what their files are called.</summary>
/// <param name="path">The folder, relative to the disk's root.</param>
public sealed class VolumeFolder(IDisk disk, string path)
{
    private const string VolumeExtension = ".vol";

    public IDisk Disk { get; } = disk;

    public string Path { get; } = path;

    public string FileOf(VolumeId volume) => $"{Path}/{volume.FileName}";

    public string CheckpointOf(VolumeId volume) => System.IO.Path.ChangeExtension(FileOf(volume), ".ckpt");

    /// <summary>The volumes that have a file, in the order of their ids.</summary>
    public IReadOnlyList<VolumeId> List() =>
        Disk.List(Path)
            .Where(name => name.EndsWith(VolumeExtension, StringComparison.Ordinal))
            .Select(name => name[..^VolumeExtension.Length])
            .Where(name => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => (Name: name, Id: new VolumeId(long.Parse(name, CultureInfo.InvariantCulture))))
            .Where(volume => volume.Id.FileName == volume.Name + VolumeExtension)
            .Select(volume => volume.Id)
            .OrderBy(volume => volume.Value)
            .ToList();
}
