using System.Collections.Immutable;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Finds out what a volume holds after its writer has gone, however it went. It only reads:
/// <see cref="VolumeFile.Continue"/> acts on the result.
/// </summary>
/// <remarks>
/// Damage has two causes that look alike. A crash tears what was not flushed: nobody was told that it is stored.
/// Rot spoils what was: that must be reported. What tells them apart is where the durable part ended:
/// a batch is written only after the one before it was flushed, and every needle says where its batch began. So all
/// that lies before the beginning of any whole needle's batch, or before the checkpoint, was durable, and damage in it
/// is rot. Damage behind it is torn. (Rot in the very last batch before a crash is taken for torn. Nothing is lost by
/// that: see the next paragraph.)
/// <para>
/// Nothing is cut off. Whole needles behind torn ones stay, and the torn ranges are listed in a gap needle, behind
/// which writing goes on. So no acknowledged needle can ever be cut, no place is used twice (an old location can only
/// find its own needle or none), and the bytes stay for whoever wants to look at them until the volume is compacted.
/// </para>
/// </remarks>
public static class VolumeRecovery
{
    /// <exception cref="FileNotFoundException">The volume has no file.</exception>
    /// <exception cref="VolumeCorruptException">Its superblock is damaged, or of an unknown version.</exception>
    public static RecoveredVolume Inspect(VolumeFolder folder, VolumeId volume)
    {
        using var file = folder.Disk.Open(folder.FileOf(volume), DiskAccess.Read);
        var superblock = Superblock.Read(file, volume);
        var checkpoint = VolumeCheckpoint.Read(folder, superblock);
        var from = checkpoint?.LengthBytes ?? Superblock.Bytes;
        using var scanner = new VolumeScanner(file, superblock, from);
        var tally = new Tally
        {
            DurableBytes = from,
            Needles = checkpoint?.NeedleCount ?? 0,
            HighestNeedle = checkpoint?.HighestNeedle ?? default,
            IsSealed = checkpoint?.IsSealed ?? false,
        };
        while (scanner.MoveNext()) tally.Add(scanner);
        var damage = scanner.Damage.Where(range => !tally.IsKnownGap(range)).ToList();
        var missing = from - file.LengthBytes;
        if (missing > 0) damage.Add(new DamagedRange(file.LengthBytes, from));
        var torn = damage.Select(range => range with { StartBytes = Math.Max(range.StartBytes, tally.DurableBytes) });
        var rotten = damage.Select(range => range with { EndBytes = Math.Min(range.EndBytes, tally.DurableBytes) });
        return new RecoveredVolume(
            superblock, from, tally.DurableBytes, scanner.EndBytes, file.LengthBytes,
            tally.Needles, tally.HighestNeedle, tally.IsSealed,
            rotten.Where(range => range.LengthBytes > 0).ToImmutableArray(),
            torn.Where(range => range.LengthBytes > 0).ToImmutableArray());
    }

    private sealed class Tally
    {
        private readonly List<DamagedRange> _gaps = [];

        public long DurableBytes { get; set; }

        public long Needles { get; set; }

        public NeedleId HighestNeedle { get; set; }

        public bool IsSealed { get; set; }

        public void Add(VolumeScanner scanner)
        {
            Needles++;
            DurableBytes = Math.Max(DurableBytes, scanner.Location.OffsetBytes - scanner.Header.BatchBytes);
            if (scanner.Header.Id.Value > HighestNeedle.Value) HighestNeedle = scanner.Header.Id;
            IsSealed = scanner.Header.Kind == NeedleKind.Seal;
            if (scanner.Header.Kind == NeedleKind.Gap) _gaps.AddRange(GapNeedle.Read(scanner.ReadData()));
        }

        public bool IsKnownGap(DamagedRange range) =>
            _gaps.Exists(gap => gap.StartBytes <= range.StartBytes && range.EndBytes <= gap.EndBytes);
    }
}
