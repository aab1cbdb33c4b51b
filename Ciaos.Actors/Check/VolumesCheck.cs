using System.Globalization;
using Ciaos.Actors.Rebuild;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Check;

/// <summary>
/// Reads all volumes, and compares them with their checkpoints and with what the journal says of them. What it finds of
/// needles and events is in the scratch afterwards.
/// </summary>
internal sealed class VolumesCheck(
    VolumeFolder folder, Scratch scratch, CheckSettings settings, CheckReport report, Action<RebuildProgress> progress)
{
    private const string CheckpointExtension = ".ckpt";
    private const string TemporaryExtension = ".tmp";

    private readonly RebuildReport _scanned = new();
    private readonly Dictionary<long, Tally> _tallies = [];
    private VolumesScan? _scan;

    public IReadOnlyDictionary<long, ScannedVolume> Volumes => _scan!.Volumes;

    /// <summary>Durable places without a whole needle.</summary>
    public IReadOnlyList<VolumeDamage> Damage => _scanned.Damage;

    public IReadOnlyCollection<Tally> Tallies => _tallies.Values;

    public void Scan()
    {
        _scan = new VolumesScan(folder, scratch, _scanned, !settings.IsQuick, progress, See);
        _scan.Run();
        report.Needles = _scanned.Needles;
        foreach (var volume in _scan.Volumes.Values) Conclude(volume);
        if (scratch.Conflicts > 0)
            report.Note(Text(
                $"Volumes hold two different events under {scratch.Conflicts} numbers; the later one counts"));
        if (_scanned.TornBytes > 0)
            report.Note(Text(
                $"{_scanned.TornBytes} bytes were torn by a crash before anybody was told that they are stored"));
    }

    public long FileBytes(VolumeId volume) => _tallies.GetValueOrDefault(volume.Value)?.FileBytes ?? 0;

    /// <summary>Its bytes are no whole needle.</summary>
    public bool IsDamaged(NeedleLocation needle) => Damage.Any(damage =>
        damage.Volume == needle.Volume.Value && (damage.ToBytes == 0
            || (needle.OffsetBytes < damage.ToBytes
                && needle.OffsetBytes + needle.DataStartBytes + needle.DataBytes > damage.FromBytes)));

    /// <summary>Tells what is wrong with the files, now that it is known which of them are needed.</summary>
    /// <param name="journal">What the journal says last of each volume; null where it cannot be asked.</param>
    /// <param name="needed">Volumes that objects lie in.</param>
    public void Compare(IReadOnlyDictionary<long, IVolumeEvent>? journal, IReadOnlySet<long> needed)
    {
        foreach (var damage in Damage) Report(damage, journal, needed);
        foreach (var id in journal?.Keys.Order() ?? Enumerable.Empty<long>())
        {
            if (!Volumes.TryGetValue(id, out var volume)) ReportMissing(journal![id], needed.Contains(id));
            else if (!volume.WasMade) ReportUnmade(journal![id]);
            else if (volume.Unreadable is null && journal![id] is VolumeSealed sealing) Compare(sealing, volume);
        }

        foreach (var name in folder.Disk.List(folder.Path)) CheckName(name, journal);
    }

    private void See(VolumeScanner scanner)
    {
        var id = scanner.Location.Volume;
        if (!_tallies.TryGetValue(id.Value, out var tally)) _tallies.Add(id.Value, tally = NewTally(id));
        tally.Add(scanner);
    }

    private Tally NewTally(VolumeId id)
    {
        using var file = folder.Disk.Open(folder.FileOf(id), DiskAccess.Read);
        return new Tally(id, VolumeCheckpoint.Read(folder, Superblock.Read(file, id)));
    }

    private void Conclude(ScannedVolume volume)
    {
        if (volume.Unreadable is not null || !volume.WasMade) return;
        if (!_tallies.TryGetValue(volume.Id.Value, out var tally))
            _tallies.Add(volume.Id.Value, tally = NewTally(volume.Id));
        using (var file = folder.Disk.Open(folder.FileOf(volume.Id), DiskAccess.Read))
            tally.FileBytes = file.LengthBytes;
        var checkpoint = folder.CheckpointOf(volume.Id);
        var objection = tally.Checkpoint is null && folder.Disk.Exists(checkpoint)
            ? "is damaged, or belongs to another volume"
            : Damage.Any(damage => damage.Volume == volume.Id.Value) ? null : tally.Objection;
        if (objection is not null)
            report.Add(new CheckProblem(
                CheckProblemKind.CheckpointWrong, $"{checkpoint} {objection}", volume.Id.Value));
    }

    private void Report(
        VolumeDamage damage, IReadOnlyDictionary<long, IVolumeEvent>? journal, IReadOnlySet<long> needed)
    {
        var id = damage.Volume;
        if (damage.ToBytes == 0)
        {
            // A crash may have left a volume that was just being made.
            if (needed.Contains(id) || journal is null || journal.GetValueOrDefault(id) is VolumeSealed)
                report.Add(new CheckProblem(CheckProblemKind.VolumeUnreadable, damage.Detail, id));
            else
                report.Note(Text($"Volume {id} cannot be read, and nothing lies in it: {damage.Detail}"));
            return;
        }

        var isBehindEnd = _tallies.TryGetValue(id, out var tally) && damage.FromBytes >= tally.FileBytes;
        var kind = isBehindEnd ? CheckProblemKind.VolumeCut
            : damage.Detail.StartsWith("events", StringComparison.Ordinal) ? CheckProblemKind.EventsUnreadable
            : CheckProblemKind.VolumeDamaged;
        var detail = isBehindEnd
            ? Text($"Volume {id} ends at byte {damage.FromBytes}, but was durable up to {damage.ToBytes}")
            : Text($"Volume {id}, bytes {damage.FromBytes} to {damage.ToBytes}: {damage.Detail}");
        report.Add(new CheckProblem(kind, detail, id, damage.FromBytes));
    }

    private void ReportMissing(IVolumeEvent last, bool isNeeded)
    {
        var id = last.Volume.Value;
        if (isNeeded || last is VolumeCreated or VolumeSealed { LengthBytes: > Superblock.Bytes })
            report.Add(new CheckProblem(
                CheckProblemKind.VolumeMissing, Text($"Volume {id} has no file {folder.FileOf(last.Volume)}"), id));
        else
            report.Note(Text($"Volume {id} has no file, and nothing lies in it"));
    }

    private void Compare(VolumeSealed sealing, ScannedVolume volume)
    {
        var id = volume.Id.Value;

        // The last needle is whole without its padding.
        if (_tallies[id].FileBytes <= sealing.LengthBytes - NeedleFormat.AlignmentBytes)
            report.Add(new CheckProblem(
                CheckProblemKind.VolumeCut,
                Text($"Volume {id} has {_tallies[id].FileBytes} bytes, but was sealed at {sealing.LengthBytes}"), id));
        else if (sealing.Cause == SealCause.Full && !volume.IsSealed)
            report.Add(new CheckProblem(
                CheckProblemKind.SealMissing, Text($"Volume {id} is sealed in the journal, but not in its file"), id));
    }

    private void CheckName(string name, IReadOnlyDictionary<long, IVolumeEvent>? journal)
    {
        var stem = name.EndsWith(TemporaryExtension, StringComparison.Ordinal)
            ? name[..^TemporaryExtension.Length]
            : name;
        var isVolume = name.EndsWith(".vol", StringComparison.Ordinal);
        var isName = (isVolume || stem.EndsWith(CheckpointExtension, StringComparison.Ordinal))
            && long.TryParse(Path.GetFileNameWithoutExtension(stem), NumberStyles.None, CultureInfo.InvariantCulture,
                out var id)
            && Path.ChangeExtension(new VolumeId(id).FileName, null) == Path.GetFileNameWithoutExtension(stem);
        id = isName ? long.Parse(Path.GetFileNameWithoutExtension(stem), CultureInfo.InvariantCulture) : 0;
        if (!isName)
            report.Add(new CheckProblem(
                CheckProblemKind.FileUnknown, $"{folder.Path}/{name} is no file of a volume"));
        else if (isVolume && journal?.ContainsKey(id) == false)
            ReportUnknown(new VolumeId(id));
    }

    // The event comes when the superblock is durable; but a rebuild tells of every file that it has found.
    private void ReportUnmade(IVolumeEvent last)
    {
        var id = last.Volume.Value;
        if (last is VolumeSealed { LengthBytes: <= Superblock.Bytes })
            report.Note(Text($"Volume {id} was never made, and nothing lies in it"));
        else
            report.Add(new CheckProblem(
                CheckProblemKind.VolumeUnreadable, Text($"Volume {id} has lost its superblock, and all behind it"),
                id));
    }

    // A volume's file is made before its event: a crash may come between, when nothing is in it yet.
    private void ReportUnknown(VolumeId id)
    {
        using var file = folder.Disk.Open(folder.FileOf(id), DiskAccess.Read);
        if (file.LengthBytes <= Superblock.Bytes)
            report.Note(Text($"The journal does not know volume {id.Value}, in which nothing lies"));
        else
            report.Add(new CheckProblem(
                CheckProblemKind.VolumeUnknown, Text($"The journal does not know volume {id.Value}"), id.Value));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>What the needles of a volume add up to.</summary>
    internal sealed class Tally(VolumeId volume, VolumeCheckpoint? checkpoint)
    {
        private long _needlesBefore;
        private long _highestBefore;
        private bool _isAtBoundary;

        public VolumeId Volume { get; } = volume;

        public VolumeCheckpoint? Checkpoint { get; } = checkpoint;

        public long FileBytes { get; set; }

        public long NeedleBytes { get; private set; }

        public long DataBytes { get; private set; }

        public long EventBytes { get; private set; }

        /// <summary>What the checkpoint says that the volume does not; null where it is right.</summary>
        public string? Objection => Checkpoint switch
        {
            null => null,
            { LengthBytes: > Superblock.Bytes } when !_isAtBoundary =>
                Text($"ends at {Checkpoint.LengthBytes}, where no needle does"),
            _ when Checkpoint.NeedleCount != _needlesBefore =>
                Text($"counts {Checkpoint.NeedleCount} needles, there are {_needlesBefore}"),
            _ when Checkpoint.HighestNeedle.Value != _highestBefore =>
                Text($"names needle {Checkpoint.HighestNeedle.Value} as the highest, which is {_highestBefore}"),
            _ => null,
        };

        public void Add(VolumeScanner scanner)
        {
            var (header, endBytes) = (scanner.Header, scanner.Location.OffsetBytes + scanner.Header.TotalBytes);
            NeedleBytes += header.TotalBytes;
            if (header.Kind == NeedleKind.Data) DataBytes += header.DataBytes;
            if (header.Kind == NeedleKind.Events) EventBytes += header.DataBytes;
            if (Checkpoint is null || endBytes > Checkpoint.LengthBytes) return;
            _needlesBefore++;
            _highestBefore = Math.Max(_highestBefore, header.Id.Value);
            _isAtBoundary = endBytes == Checkpoint.LengthBytes;
        }
    }
}
