using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Rebuild;

/// <summary>A volume as the scan found it.</summary>
/// <param name="EndBytes">Where its last whole needle ends.</param>
/// <param name="IsIntact">Between its beginning and that place everything is whole.</param>
/// <param name="Undurable">What is whole and may be in the system's memory alone.</param>
/// <param name="Unreadable">Why nothing of it could be read; null where it could.</param>
internal sealed record ScannedVolume(
    VolumeId Id, long CreatedMicros, long EndBytes, bool IsSealed, bool IsIntact,
    ImmutableArray<(long FromBytes, long ToBytes)> Undurable, NeedleId Highest, string? Unreadable)
{
    /// <summary>False: a crash has kept it from being made, and nothing was ever in it.</summary>
    public bool WasMade => Unreadable is not null || EndBytes > 0;
}

/// <summary>
/// Reads all volumes once, from their beginning to their end, and puts what it finds into a <see cref="Scratch"/>.
/// Where something is damaged it says so and goes on behind it.
/// </summary>
/// <param name="seen">Told of every whole needle.</param>
internal sealed class VolumesScan(
    VolumeFolder folder, Scratch scratch, RebuildReport report, bool verifiesData, Action<RebuildProgress> progress,
    Action<VolumeScanner>? seen = null)
{
    // What is passed over where the disk gives an error.
    private const long UnreadableStepBytes = 64 * 1024;

    private readonly SortedDictionary<long, ScannedVolume> _volumes = [];
    private long _doneBytes;
    private long _totalBytes;

    public IReadOnlyDictionary<long, ScannedVolume> Volumes => _volumes;

    /// <summary>The highest bucket that any needle names.</summary>
    public long HighestBucket { get; private set; }

    public void Run()
    {
        var ids = folder.List();
        foreach (var id in ids) _totalBytes += LengthOf(id);
        report.VolumeBytes = _totalBytes;
        report.Volumes = ids.Count;
        foreach (var id in ids)
        {
            _volumes.Add(id.Value, Scan(id));
            _doneBytes += LengthOf(id);
        }

        scratch.JoinPieces();
        report.UnreadableAtScan += scratch.CompleteNeedlePuts();
    }

    private long LengthOf(VolumeId id)
    {
        try
        {
            using var file = folder.Disk.Open(folder.FileOf(id), DiskAccess.Read);
            return file.LengthBytes;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private ScannedVolume Scan(VolumeId id)
    {
        try
        {
            using var file = folder.Disk.Open(folder.FileOf(id), DiskAccess.Read);
            var superblock = Superblock.Read(file, id);
            return Scan(file, superblock);
        }
        catch (VolumeCorruptException) when (LengthOf(id) <= Superblock.Bytes)
        {
            // A crash kept it from being made: until its superblock and its name are durable, nothing is put into it.
            return new ScannedVolume(id, 0, 0, IsSealed: false, IsIntact: true, [], default, null);
        }
        catch (IOException failure)
        {
            report.Add(new VolumeDamage(id.Value, 0, 0, failure.Message));
            return new ScannedVolume(id, 0, 0, IsSealed: false, IsIntact: false, [], default, failure.Message);
        }
    }

    private ScannedVolume Scan(IDiskFile file, Superblock superblock)
    {
        var durable = VolumeCheckpoint.Read(folder, superblock)?.LengthBytes ?? Superblock.Bytes;
        var found = new Found { DurableBytes = durable };
        for (long from = Superblock.Bytes; from < file.LengthBytes;)
        {
            using var scanner = new VolumeScanner(file, superblock, from, verifiesData) { Spoilt = TakeSpoilt };
            var error = Pass(scanner, found);
            found.Damage.AddRange(scanner.Damage);
            found.EndBytes = Math.Max(found.EndBytes, scanner.EndBytes);
            if (error is null) break;
            from = Math.Min(file.LengthBytes, scanner.PositionBytes + UnreadableStepBytes) / 8 * 8;
            found.Damage.Add(new DamagedRange(scanner.PositionBytes, from));
        }

        found.Undurable.AddRange(UndurableOf(file, found));
        if (file.LengthBytes < found.DurableBytes)
            found.Damage.Add(new DamagedRange(file.LengthBytes, found.DurableBytes));
        return Conclude(superblock, found);
    }

    private IOException? Pass(VolumeScanner scanner, Found found)
    {
        try
        {
            while (scanner.MoveNext()) Take(scanner, found);
            return null;
        }
        catch (IOException failure)
        {
            return failure;
        }
    }

    private void Take(VolumeScanner scanner, Found found)
    {
        var header = scanner.Header;
        report.Needles++;
        seen?.Invoke(scanner);
        found.DurableBytes = Math.Max(found.DurableBytes, scanner.Location.OffsetBytes - header.BatchBytes);
        found.Highest = new NeedleId(Math.Max(found.Highest.Value, header.Id.Value));
        found.IsSealed = header.Kind == NeedleKind.Seal;
        HighestBucket = Math.Max(HighestBucket, header.Bucket.Value);
        switch (header.Kind)
        {
            case NeedleKind.Data:
                scratch.Add(scanner);
                break;
            case NeedleKind.Events:
                TakeEvents(scanner);
                break;
            case NeedleKind.Gap:
                found.Gaps.AddRange(scanner.ReadGaps());
                break;
        }

        progress(new RebuildProgress("Scanning", _doneBytes + scanner.PositionBytes, _totalBytes, AreBytes: true));
    }

    // Its data is gone, but whose it was is known.
    private void TakeSpoilt(VolumeScanner scanner)
    {
        if (scanner.Header.Kind == NeedleKind.Data) scratch.AddSpoilt(scanner);
    }

    private void TakeEvents(VolumeScanner scanner)
    {
        report.EventNeedles++;
        try
        {
            foreach (var run in EventNeedle.Decode(scanner.ReadData())) scratch.Add(run, scanner.Header.Id);
        }
        catch (SerializationException wrong)
        {
            var place = scanner.Location;
            report.UnreadableAtScan++;
            report.Add(new VolumeDamage(
                place.Volume.Value, place.OffsetBytes, place.OffsetBytes + scanner.Header.TotalBytes,
                $"events that are not understood: {wrong.Message}"));
        }
    }

    // What a crash tore was never acknowledged; all other damage was. Recovery tells them apart in the same way.
    private ScannedVolume Conclude(Superblock superblock, Found found)
    {
        var unknown = found.Damage.FindAll(range => !found.Gaps.Exists(
            gap => gap.StartBytes <= range.StartBytes && range.EndBytes <= gap.EndBytes));
        foreach (var range in unknown)
        {
            var rotEnd = Math.Min(range.EndBytes, found.DurableBytes);
            if (rotEnd > range.StartBytes)
                report.Add(new VolumeDamage(superblock.Volume.Value, range.StartBytes, rotEnd, "no whole needle"));
            report.TornBytes += Math.Max(0, range.EndBytes - Math.Max(range.StartBytes, found.DurableBytes));
        }

        return new ScannedVolume(
            superblock.Volume, superblock.CreatedMicroseconds, found.EndBytes, found.IsSealed,
            unknown.TrueForAll(range => range.StartBytes >= found.EndBytes), [.. found.Undurable], found.Highest,
            null);
    }

    // Whole needles alone: nothing refers to what is torn. Where nothing is known to be durable, the superblock may
    // not be either.
    private static IEnumerable<(long FromBytes, long ToBytes)> UndurableOf(IDiskFile file, Found found)
    {
        var from = found.DurableBytes == Superblock.Bytes ? 0 : found.DurableBytes;
        var end = Math.Min(found.EndBytes, file.LengthBytes);
        foreach (var range in found.Damage.Where(range => range.EndBytes > from).OrderBy(range => range.StartBytes))
        {
            if (range.StartBytes > from) yield return (from, Math.Min(range.StartBytes, end));
            from = Math.Max(from, range.EndBytes);
            if (from >= end) yield break;
        }

        if (from < end) yield return (from, end);
    }

    private sealed class Found
    {
        public List<DamagedRange> Damage { get; } = [];

        public List<DamagedRange> Gaps { get; } = [];

        public List<(long FromBytes, long ToBytes)> Undurable { get; } = [];

        public long DurableBytes { get; set; }

        public long EndBytes { get; set; } = Superblock.Bytes;

        public NeedleId Highest { get; set; }

        public bool IsSealed { get; set; }
    }
}

/// <summary>Tells whether the bytes that events speak of are there.</summary>
internal sealed class SegmentCheck(IReadOnlyDictionary<long, ScannedVolume> volumes, Scratch scratch)
{
    /// <summary>Volumes that events speak of and that are not there.</summary>
    public SortedSet<long> Missing { get; } = [];

    /// <summary>What is missing, in words; null where every byte has its needle.</summary>
    public string? Objection(IEnumerable<Segment> segments)
    {
        var last = default(NeedleLocation);
        foreach (var segment in segments)
        {
            if (segment.Needle == last || segment.Needle == default) continue;
            last = segment.Needle;
            if (!volumes.TryGetValue(last.Volume.Value, out var volume))
            {
                Missing.Add(last.Volume.Value);
                return $"volume {last.Volume.Value} is missing";
            }

            if (!IsThere(volume, last))
                return $"volume {last.Volume.Value} has no needle at byte {last.OffsetBytes}";
        }

        return null;
    }

    private bool IsThere(ScannedVolume volume, NeedleLocation needle) => volume.IsIntact
        ? needle.OffsetBytes + needle.DataStartBytes + needle.DataBytes <= volume.EndBytes
        : scratch.Has(needle);
}
