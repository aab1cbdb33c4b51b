using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

/// <summary>Thousands of seeded lives of one volume: batches, crashes at any point, recovery, more batches.</summary>
public class VolumeCrashSpec
{
    [Fact]
    public void Every_flushed_needle_survives_and_every_other_one_is_whole_or_absent()
    {
        for (var seed = 0; seed < 2_000; seed++) new Life(seed).Run();
    }

    /// <summary>One volume and the model of it.</summary>
    private sealed class Life(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly SimulatedDisk _disk = new(seed);
        private readonly Dictionary<long, byte[]> _written = [];
        private readonly Dictionary<long, NeedleLocation> _acknowledged = [];
        private long _lastId;

        private VolumeFolder Folder => Needles.Folder(_disk);

        public void Run()
        {
            var volume = VolumeFile.Create(Folder, Needles.Superblock, new VolumeFileSettings(4096, 2048));
            for (var crash = 0; crash < 3; crash++)
            {
                Live(volume);
                volume.Dispose();
                if (_random.Next(4) > 0) _disk.Crash();
                _disk.Faults = DiskFaults.None;
                volume = Recover();
            }

            volume.Dispose();
        }

        private void Live(VolumeFile volume)
        {
            if (_random.Next(3) == 0) _disk.Faults = new DiskFaults(0, 0.05, 0.1, TimeSpan.Zero);
            try
            {
                for (var batches = _random.Next(6); batches > 0; batches--) AppendBatch(volume);
            }
            catch (DiskFailedException)
            {
                Assert.False(volume.IsUsable && _disk.Faults == DiskFaults.None, $"seed {seed}");
            }
        }

        private void AppendBatch(VolumeFile volume)
        {
            var needles = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => RandomNeedle()).ToArray();
            var locations = volume.Append(needles);
            if (_random.Next(5) == 0) return;
            volume.Flush();
            for (var i = 0; i < needles.Length; i++) _acknowledged[needles[i].Id.Value] = locations[i];
            if (volume.IsCheckpointDue || _random.Next(4) == 0) volume.WriteCheckpoint();
        }

        private Needle RandomNeedle()
        {
            var bytes = _random.Next(4) == 0 ? _random.Next(5_000) : _random.Next(200);
            if (_random.Next(200) == 0) bytes = 150_000;
            var data = new byte[bytes];
            _random.NextBytes(data);
            _written[++_lastId] = data;
            return Needles.Data(_lastId, $"key/{_lastId}", data);
        }

        private VolumeFile Recover()
        {
            var found = VolumeRecovery.Inspect(Folder, Needles.Volume);
            Assert.True(found.Rotten.IsEmpty, $"seed {seed}: a crash was taken for rot, {found}");
            var volume = VolumeFile.Continue(Folder, found, new VolumeFileSettings(4096, 2048));
            var whole = Needles.Scan(Folder).Where(needle => needle.Header.Kind == NeedleKind.Data).ToList();
            foreach (var (header, _, data) in whole)
            {
                Assert.True(_written[header.Id.Value].AsSpan().SequenceEqual(data), $"seed {seed}: needle {header.Id}");
            }

            using var reader = VolumeReader.Open(Folder, Needles.Volume);
            foreach (var (id, location) in _acknowledged)
            {
                var data = Needles.Read(reader, location);
                Assert.True(_written[id].AsSpan().SequenceEqual(data), $"seed {seed}: needle {id}");
            }

            Assert.True(_acknowledged.Count <= whole.Count, $"seed {seed}");
            Assert.True(found.HighestNeedle.Value >= _acknowledged.Keys.DefaultIfEmpty().Max(), $"seed {seed}");
            return volume;
        }
    }
}
