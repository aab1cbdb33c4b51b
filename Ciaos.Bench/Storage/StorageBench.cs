using System.Collections.Frozen;
using System.Diagnostics;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Bench.Storage;

/// <summary>Volumes without actors, on a real disk: what the layers above can reach at best.</summary>
internal static class StorageBench
{
    private const int SmallBytes = 4096;
    private const int BatchNeedles = 64;
    private const int ChunkBytes = 4 << 20;
    private const long Mebibyte = 1 << 20;

    /// <param name="args">The folder to work in (default: the system's temporary folder).</param>
    public static Task Run(string[] args, BenchReport report)
    {
        MeasureCrc(report);
        var root = Path.Combine(args.Length > 0 ? args[0] : Path.GetTempPath(), $"ciaos-bench-{Environment.ProcessId}");
        try
        {
            using var disk = PhysicalDisk.Open(root);
            disk.CreateFolder("volumes");
            var folder = new VolumeFolder(disk, "volumes");
            var small = MeasureAppend(report, folder, new VolumeId(1), SmallBytes, BatchNeedles, batches: 1000);
            MeasureRead(report, folder, small, "read 4 KiB, random, cached", count: 200_000);
            var chunks = MeasureAppend(report, folder, new VolumeId(2), ChunkBytes, batchNeedles: 4, batches: 32);
            MeasureRead(report, folder, chunks, "read 4 MiB, cached", count: 500);
            MeasureRecovery(report, folder, new VolumeId(1));
            MeasureRecovery(report, folder, new VolumeId(2));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void MeasureCrc(BenchReport report)
    {
        foreach (var bytes in new[] { 512, 4096, NeedleFormat.BlockBytes, 1 << 20 })
        {
            var data = new byte[bytes];
            new Random(1).NextBytes(data);
            var rounds = (1L << 31) / bytes;
            var sum = 0u;
            var watch = new Watch();
            for (var i = 0L; i < rounds; i++) sum ^= Crc32C.Append(sum, data);
            report.Add(Of($"CRC-32C of {bytes} bytes", rounds, rounds * bytes, watch));
        }
    }

    private static NeedleLocation[] MeasureAppend(
        BenchReport report, VolumeFolder folder, VolumeId id, int dataBytes, int batchNeedles, int batches)
    {
        using var volume = VolumeFile.Create(folder, new Superblock(id, 0, 42), VolumeFileSettings.Default);
        var data = new byte[dataBytes];
        new Random(1).NextBytes(data);
        var locations = new List<NeedleLocation>();
        var nextId = 0L;
        var watch = new Watch();
        for (var batch = 0; batch < batches; batch++)
        {
            var needles = new Needle[batchNeedles];
            for (var i = 0; i < needles.Length; i++) needles[i] = Make(++nextId, data);
            locations.AddRange(volume.Append(needles));
            volume.Flush();
        }

        report.Add(Of($"append {dataBytes} bytes, {batchNeedles} a flush", nextId, nextId * dataBytes, watch));
        return locations.ToArray();
    }

    private static void MeasureRead(
        BenchReport report, VolumeFolder folder, NeedleLocation[] needles, string name, int count)
    {
        using var reader = VolumeReader.Open(folder, needles[0].Volume);
        var random = new Random(1);
        var destination = new byte[needles[0].DataBytes];
        var watch = new Watch();
        for (var i = 0; i < count; i++) reader.Read(needles[random.Next(needles.Length)], 0, destination);
        report.Add(Of(name, count, (long)count * destination.Length, watch));
    }

    private static void MeasureRecovery(BenchReport report, VolumeFolder folder, VolumeId id)
    {
        var watch = new Watch();
        var found = VolumeRecovery.Inspect(folder, id);
        report.Add(Of("recover without a checkpoint", found.NeedleCount, found.FileBytes, watch));
    }

    private static Needle Make(long id, byte[] data) => new(
        NeedleKind.Data, new NeedleId(id), new BucketId(1), ObjectKey.Create($"bench/{id}"), new ObjectId(id), 0, true,
        UploadOperation.Create, BodyFormat.Raw, FrozenDictionary<string, string>.Empty, data);

    private static Figure Of(string name, long count, long bytes, Watch watch)
    {
        var (wall, cpu) = watch.Elapsed;
        return new Figure(
            name, count / wall.TotalSeconds, (double)bytes / Mebibyte / wall.TotalSeconds,
            cpu.TotalMicroseconds / count);
    }

    private sealed record Figure(
        [property: Column("case")] string Case,
        [property: Column("per second")] double PerSecond,
        [property: Column("MiB/s")] double MebibytesPerSecond,
        [property: Column("CPU us/op", "N2")] double CpuMicrosPerOperation);

    private sealed class Watch
    {
        private readonly long _began = Stopwatch.GetTimestamp();
        private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;

        public (TimeSpan Wall, TimeSpan Cpu) Elapsed =>
            (Stopwatch.GetElapsedTime(_began), Environment.CpuUsage.TotalTime - _cpu);
    }
}
