using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Cryptography;
using Ciaos.Actors.Encryption;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Bench.Encryption;

/// <summary>What encryption costs an object of 64 MiB: written to a volume and read back, with and without, by
/// turns.</summary>
internal static class EncryptionBench
{
    private const int ObjectMebibytes = 64;
    private const int ChunkBytes = 4 << 20;
    private const int PieceBytes = 4 * NeedleFormat.BlockBytes;
    private const int Rounds = 12;

    private static readonly DataKey Key = new(new byte[DataKey.SizeBytes]);

    /// <param name="args">The folder to work in (default: the system's temporary folder).</param>
    public static Task Run(string[] args, BenchReport report)
    {
        var root = Path.Combine(args.Length > 0 ? args[0] : Path.GetTempPath(), $"ciaos-bench-{Environment.ProcessId}");
        try
        {
            using var disk = PhysicalDisk.Open(root);
            disk.CreateFolder("volumes");
            var folder = new VolumeFolder(disk, "volumes");
            var (plain, encrypted) = (new Best(), new Best());
            for (var round = 0; round < Rounds; round++)
            {
                Measure(folder, new VolumeId((2 * round) + 1), isEncrypted: false, plain);
                Measure(folder, new VolumeId((2 * round) + 2), isEncrypted: true, encrypted);
            }

            report.Add(Of("encrypt and write", plain.Write, encrypted.Write));
            report.Add(Of("read and decrypt", plain.Read, encrypted.Read));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Measure(VolumeFolder folder, VolumeId id, bool isEncrypted, Best best)
    {
        var sealer = new NeedleSealer(Key, RandomNumberGenerator.Fill);
        var buffer = new byte[ChunkBytes];
        var chunkBytes = isEncrypted ? NeedleEncryption.RoomBytes(ChunkBytes) : ChunkBytes;
        var places = new List<NeedleLocation>();
        using (var volume = VolumeFile.Create(folder, new Superblock(id, 0, 42), VolumeFileSettings.Default))
        {
            var watch = Stopwatch.StartNew();
            for (var chunk = 1; chunk <= ObjectMebibytes * (1 << 20) / ChunkBytes; chunk++)
            {
                var length = isEncrypted ? sealer.Seal(buffer, chunkBytes) : chunkBytes;
                places.AddRange(volume.Append([Make(chunk, buffer.AsMemory(0, length))]));
            }

            volume.Flush();
            best.Wrote(watch.Elapsed);
        }

        using var reader = new Reader(VolumeReader.Open(folder, id));
        using var opened = new SealedNeedles(reader, Key);
        var needles = isEncrypted ? opened : (INeedleReader)reader;
        var time = Stopwatch.StartNew();
        foreach (var place in places)
            for (var at = 0; at < chunkBytes; at += PieceBytes)
                needles.Read(place, at, buffer.AsSpan(0, Math.Min(PieceBytes, chunkBytes - at)));
        best.HasRead(time.Elapsed);
    }

    private static Needle Make(long id, ReadOnlyMemory<byte> data) => new(
        NeedleKind.Data, new NeedleId(id), new BucketId(1), ObjectKey.Create($"bench/{id}"), new ObjectId(id), 0, true,
        UploadOperation.Create, BodyFormat.Raw, FrozenDictionary<string, string>.Empty, data);

    private static Figure Of(string name, TimeSpan plain, TimeSpan encrypted) =>
        new(name, Rate(plain), Rate(encrypted), plain / encrypted);

    private static double Rate(TimeSpan time) => ObjectMebibytes / time.TotalSeconds;

    private sealed record Figure(
        [property: Column("case")] string Case,
        [property: Column("MiB/s without")] double PlainMebibytesPerSecond,
        [property: Column("MiB/s with")] double EncryptedMebibytesPerSecond,
        [property: Column("ratio", "N2")] double Ratio);

    /// <summary>The shortest times: others were disturbed.</summary>
    private sealed class Best
    {
        public TimeSpan Write { get; private set; } = TimeSpan.MaxValue;

        public TimeSpan Read { get; private set; } = TimeSpan.MaxValue;

        public void Wrote(TimeSpan time) => Write = time < Write ? time : Write;

        public void HasRead(TimeSpan time) => Read = time < Read ? time : Read;
    }

    private sealed class Reader(VolumeReader volume) : INeedleReader, IDisposable
    {
        public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination) =>
            volume.Read(needle, offsetBytes, destination);

        public void Dispose() => volume.Dispose();
    }
}
