using System.Collections.Immutable;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

/// <summary>
/// Volumes with a past (batches, crashes that tore, gaps, checkpoints, seals) whose bytes are then changed in known
/// ranges: nothing wrong is ever given out as whole, and every needle outside of those ranges is still found.
/// </summary>
public class VolumeFuzzSpec
{
    private static readonly VolumeFileSettings Settings = new(8 * 1024, 4 * 1024);

    [Fact]
    public void What_was_not_touched_is_found_and_what_is_found_is_right() => Fuzz.Run(800, random =>
    {
        var volume = new Volume(random);
        volume.Spoil();
        volume.CheckScan();
        volume.CheckReads();
        volume.CheckRecovery();
    });

    [Fact]
    public void A_spoilt_checkpoint_is_passed_over_or_true() => Fuzz.Run(500, random =>
    {
        var volume = new Volume(random);
        volume.SpoilCheckpoint();
        volume.CheckRecovery();
    });

    [Fact]
    public void Places_that_nobody_gave_out_are_refused() => Fuzz.Run(500, random =>
    {
        var volume = new Volume(random);
        for (var i = 0; i < 40; i++) volume.ReadAnywhere();
    });

    [Fact]
    public void Bytes_that_are_no_metadata_are_told_apart() => Fuzz.Run(20_000, random =>
    {
        var bytes = new byte[200];
        var entries = new Dictionary<string, string>(StringComparer.Ordinal) { ["a-type"] = "image/png", ["ü"] = "б" };
        var length = NeedleMetadata.Write(entries, bytes);
        var mutated = Fuzz.Mutate(random, bytes[..length], bytes);
        if (!NeedleMetadata.TryRead(mutated, out var read)) return;
        Assert.True(read.Sum(entry => entry.Key.Length + entry.Value.Length) <= mutated.Length);
    });

    private sealed class Volume
    {
        private readonly Random _random;
        private readonly SimulatedDisk _disk;
        private readonly VolumeFolder _folder;
        private readonly Dictionary<long, (NeedleLocation Location, Needle Needle)> _byOffset = [];
        private readonly List<(long Start, long End)> _touched = [];
        private long _lastId;

        public Volume(Random random)
        {
            _random = random;
            _disk = new SimulatedDisk(random.Next());
            _folder = Needles.Folder(_disk);
            var file = VolumeFile.Create(_folder, Needles.Superblock, Settings);
            for (var lives = random.Next(1, 4); lives > 0; lives--)
            {
                for (var batches = random.Next(1, 4); batches > 0; batches--) Append(file, flushed: true);
                if (random.Next(2) == 0) file.WriteCheckpoint();
                if (lives == 1) break;
                Append(file, flushed: false);
                file.Dispose();
                _disk.Crash();
                ForgetTorn();
                file = VolumeFile.Continue(_folder, VolumeRecovery.Inspect(_folder, Needles.Volume), Settings);
            }

            if (random.Next(3) == 0) file.Seal(SealReason.Full);
            file.Dispose();
        }

        private string Path => _folder.FileOf(Needles.Volume);

        public void Spoil()
        {
            using var file = _disk.Open(Path, DiskAccess.ReadWrite);
            for (var changes = _random.Next(1, 6); changes > 0; changes--)
            {
                var at = _random.NextInt64(Superblock.Bytes, Math.Max(Superblock.Bytes + 1, file.LengthBytes));
                switch (_random.Next(7))
                {
                    case 0:
                        Touch(at, long.MaxValue);
                        file.SetLength(at);
                        break;
                    case 1:
                        Write(file, at & -512, new byte[512]);
                        break;
                    case 2:
                        Write(file, at & -8, Part(file, 8));
                        break;
                    case 3:
                        Write(file, at, Part(file, 1));
                        break;
                    case 4:
                        Write(file, at & -8, Foreign());
                        break;
                    default:
                        var one = new byte[1];
                        if (file.Read(at, one) == 0) break;
                        one[0] ^= (byte)(1 << _random.Next(8));
                        Write(file, at, one);
                        break;
                }
            }
        }

        public void SpoilCheckpoint()
        {
            var path = _folder.CheckpointOf(Needles.Volume);
            if (!_disk.Exists(path)) return;
            var bytes = new byte[VolumeCheckpoint.Bytes];
            using var file = _disk.Open(path, DiskAccess.ReadWrite);
            file.Read(0, bytes);
            file.SetLength(0);
            file.Write(0, [Fuzz.Mutate(_random, bytes, Foreign())]);
        }

        public void CheckScan()
        {
            using var file = _disk.Open(Path, DiskAccess.Read);
            using var scanner = new VolumeScanner(file, Needles.Superblock, Superblock.Bytes);
            var found = new HashSet<long>();
            while (scanner.MoveNext())
            {
                var offset = scanner.Location.OffsetBytes;
                Assert.True(found.Add(offset));
                if (scanner.Header.Kind is NeedleKind.Gap or NeedleKind.Seal) continue;
                var (location, needle) = _byOffset[offset];
                Assert.Equal(location, scanner.Location);
                Assert.Equal(needle.Id, scanner.Header.Id);
                Assert.Equal(needle.Key.Value, scanner.ReadKey());
                Assert.Equal(needle.Metadata, scanner.ReadMetadata());
                Assert.True(needle.Data.Span.SequenceEqual(scanner.ReadData()));
            }

            Assert.DoesNotContain(_byOffset, it => IsWhole(it.Value) && !found.Contains(it.Key));
        }

        public void CheckReads()
        {
            using var reader = VolumeReader.Open(_folder, Needles.Volume);
            foreach (var it in _byOffset.Values)
            {
                var data = new byte[it.Location.DataBytes];
                if (TryRead(reader, it.Location, 0, data)) Assert.True(it.Needle.Data.Span.SequenceEqual(data));
                else Assert.False(IsWhole(it), $"{it.Location} was not touched");
            }
        }

        public void CheckRecovery()
        {
            var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
            if (!found.CanContinue) return;
            using (var file = VolumeFile.Continue(_folder, found, Settings)) Append(file, flushed: true);
            CheckReads();
            CheckScan();
            Assert.True(VolumeRecovery.Inspect(_folder, Needles.Volume).HighestNeedle.Value >= _lastId);
        }

        public void ReadAnywhere()
        {
            using var reader = VolumeReader.Open(_folder, Needles.Volume);
            var truth = _byOffset.Values.ElementAt(_random.Next(_byOffset.Count));
            var location = truth.Location with
            {
                OffsetBytes = truth.Location.OffsetBytes + _random.Next(-3, 4),
                DataStartBytes = truth.Location.DataStartBytes + _random.Next(-2, 3),
                DataBytes = truth.Location.DataBytes + _random.Next(-2, 3),
            };
            var data = new byte[_random.Next(0, 2000)];
            var offset = _random.Next(-2, Math.Max(1, truth.Location.DataBytes));
            if (!TryRead(reader, location, offset, data)) return;
            Assert.Equal(truth.Location, location);
            Assert.True(truth.Needle.Data.Span.Slice(offset, data.Length).SequenceEqual(data));
        }

        private static bool TryRead(VolumeReader reader, NeedleLocation location, int offset, byte[] data)
        {
            try
            {
                reader.Read(location, offset, data);
                return true;
            }
            catch (Exception refused) when (refused is VolumeCorruptException or ArgumentOutOfRangeException)
            {
                return false;
            }
        }

        private void Append(VolumeFile file, bool flushed)
        {
            var needles = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => NewNeedle()).ToArray();
            var locations = file.Append(needles);
            if (flushed) file.Flush();
            for (var i = 0; i < needles.Length; i++) _byOffset[locations[i].OffsetBytes] = (locations[i], needles[i]);
        }

        private Needle NewNeedle()
        {
            var bytes = _random.Next(8) == 0 ? _random.Next(200_000) : _random.Next(600);
            var needle = Needles.Data(
                ++_lastId, $"key/{_lastId}", Needles.Bytes((int)_lastId, bytes), ("content-type", "image/png"));
            return _random.Next(6) == 0 ? Needles.Tombstone(_lastId, "gone", 1) : needle;
        }

        /// <summary>What a crash took of a batch that was not flushed may be there or not: from here on only what is
        /// whole now counts.</summary>
        private void ForgetTorn()
        {
            var whole = Needles.Scan(_folder).Select(needle => needle.Header.Id.Value).ToHashSet();
            foreach (var (offset, it) in _byOffset.Where(it => !whole.Contains(it.Value.Needle.Id.Value)).ToList())
                _byOffset.Remove(offset);
        }

        private bool IsWhole((NeedleLocation Location, Needle Needle) it)
        {
            var (start, end) = (
                it.Location.OffsetBytes,
                it.Location.OffsetBytes + it.Location.DataStartBytes + it.Location.DataBytes);
            return _touched.TrueForAll(range => range.End <= start || end <= range.Start);
        }

        private byte[] Part(IDiskFile file, int alignment)
        {
            var part = new byte[_random.Next(1, 3000)];
            var from = _random.NextInt64(file.LengthBytes) & -alignment;
            return part[..file.Read(from, part)];
        }

        /// <summary>Needles of another volume, at places of their own.</summary>
        private byte[] Foreign()
        {
            var disk = new SimulatedDisk(seed: 1);
            var folder = new VolumeFolder(disk, "others");
            using var volume = VolumeFile.Create(
                folder, Needles.Superblock with { Salt = (ulong)_random.NextInt64() }, Settings);
            volume.Append([Needles.Data(1_000_000, "foreign", Needles.Bytes(7, _random.Next(500)))]);
            volume.Flush();
            using var file = disk.Open(folder.FileOf(Needles.Volume), DiskAccess.Read);
            var bytes = new byte[volume.EndBytes - Superblock.Bytes];
            file.Read(Superblock.Bytes, bytes);
            return bytes;
        }

        private void Write(IDiskFile file, long at, byte[] bytes)
        {
            Touch(at, at + bytes.Length);
            file.Write(at, [bytes]);
        }

        private void Touch(long start, long end) => _touched.Add((start, end));
    }
}
