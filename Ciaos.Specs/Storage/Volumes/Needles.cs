using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;

namespace Ciaos.Specs.Storage.Volumes;

/// <summary>Volumes and needles for specs.</summary>
internal static class Needles
{
    public static readonly VolumeId Volume = new(7);
    public static readonly Superblock Superblock = new(Volume, 1_700_000_000_000_000, 0x0123456789ABCDEF);
    public static readonly VolumeFileSettings Settings = new(64 * 1024, 64 * 1024);

    public static VolumeFolder Folder(IDisk disk) => new(disk, "volumes");

    public static Needle Data(long id, string key, byte[] data, params (string Name, string Text)[] metadata) =>
        new(
            NeedleKind.Data, new NeedleId(id), new BucketId(3), ObjectKey.Create(key), new ObjectId(id), 0, true,
            UploadOperation.Create, BodyFormat.Raw,
            metadata.ToDictionary(entry => entry.Name, entry => entry.Text, StringComparer.Ordinal), data);

    public static Needle Tombstone(long id, string key, long ends) =>
        Data(id, key, []) with
        {
            Kind = NeedleKind.Tombstone,
            Object = new ObjectId(ends),
            Operation = default,
            Format = default,
        };

    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Read(VolumeReader reader, NeedleLocation needle)
    {
        var data = new byte[needle.DataBytes];
        reader.Read(needle, 0, data);
        return data;
    }

    /// <summary>All whole needles of the volume, as its scanner sees them.</summary>
    public static List<(NeedleHeader Header, string Key, byte[] Data)> Scan(VolumeFolder folder)
    {
        using var file = folder.Disk.Open(folder.FileOf(Volume), DiskAccess.Read);
        using var scanner = new VolumeScanner(file, Superblock.Read(file, Volume), Superblock.Bytes);
        var found = new List<(NeedleHeader, string, byte[])>();
        while (scanner.MoveNext()) found.Add((scanner.Header, scanner.ReadKey(), scanner.ReadData()));
        return found;
    }

    /// <summary>A volume that holds these needles, flushed after each batch.</summary>
    public static NeedleLocation[] Write(SimulatedDisk disk, params Needle[][] batches)
    {
        using var volume = VolumeFile.Create(Folder(disk), Superblock, Settings);
        var locations = new List<NeedleLocation>();
        foreach (var batch in batches)
        {
            locations.AddRange(volume.Append(batch));
            volume.Flush();
        }

        return locations.ToArray();
    }
}
