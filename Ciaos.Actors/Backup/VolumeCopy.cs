using System.Globalization;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Backup;

/// <summary>Copies volumes, durably. Bytes that the disk does not give back are left as zeros and reported.</summary>
/// <param name="lastEvents">The last event of each stream that the copied journal knows.</param>
internal sealed class VolumeCopy(
    VolumeFolder source, VolumeFolder target, IReadOnlyDictionary<long, long> lastEvents, BackupReport report)
{
    private const int PieceBytes = 1024 * 1024;
    private const int UnreadableStepBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[PieceBytes];

    /// <summary>A volume that may be appended to meanwhile: up to the first event that came after the journal was
    /// copied.</summary>
    public void CopyOpen(VolumeId volume)
    {
        using var from = source.Disk.Open(source.FileOf(volume), DiskAccess.Read);
        if (from.LengthBytes < Superblock.Bytes) return; // It is being made, and holds nothing yet.
        Copy(volume, from, EndOf(from, Superblock.Read(from, volume)));
    }

    /// <summary>A volume that is not appended to any more.</summary>
    public void CopyEnded(VolumeId volume)
    {
        using var from = source.Disk.Open(source.FileOf(volume), DiskAccess.Read);
        Copy(volume, from, from.LengthBytes);
        NoteCheckpoint(volume, from);
    }

    /// <summary>An earlier backup had it.</summary>
    public void NoteTaken(VolumeId volume)
    {
        report.VolumesTaken++;
        using var from = source.Disk.Open(source.FileOf(volume), DiskAccess.Read);
        NoteCheckpoint(volume, from);
    }

    // It only spares recovery work, so that one that cannot be read is left out.
    private void NoteCheckpoint(VolumeId volume, IDiskFile from)
    {
        try
        {
            if (VolumeCheckpoint.Read(source, Superblock.Read(from, volume)) is { IsSealed: true } checkpoint)
                checkpoint.Write(target);
        }
        catch (VolumeCorruptException)
        {
            return;
        }
    }

    private long EndOf(IDiskFile file, Superblock superblock)
    {
        using var scanner = new VolumeScanner(file, superblock, Superblock.Bytes, verifiesData: false);
        while (scanner.MoveNext())
            if (scanner.Header.Kind == NeedleKind.Events && IsLater(scanner.ReadData()))
                return scanner.Location.OffsetBytes;
        return Math.Min(scanner.EndBytes, file.LengthBytes);
    }

    private bool IsLater(byte[] data)
    {
        try
        {
            return EventNeedle.Decode(data).Any(run =>
                run.FirstSequence + Math.Max(1, run.Events.Length) - 1 > lastEvents.GetValueOrDefault(run.Stream));
        }
        catch (SerializationException)
        {
            // Of a later version of the program, or damaged: a check of the copy tells of it.
            return false;
        }
    }

    private void Copy(VolumeId volume, IDiskFile from, long lengthBytes)
    {
        var path = target.FileOf(volume);
        using var to = target.Disk.Create(path);
        for (long at = 0; at < lengthBytes;)
        {
            var wanted = (int)Math.Min(_piece.Length, lengthBytes - at);
            var count = Read(volume, from, at, wanted);
            if (count == 0) break;
            to.Write(at, [_piece.AsMemory(0, count)]);
            at += count;
            report.VolumeBytes += count;
        }

        to.Flush();
    }

    private int Read(VolumeId volume, IDiskFile from, long offsetBytes, int count)
    {
        try
        {
            return from.Read(offsetBytes, _piece.AsSpan(0, count));
        }
        catch (IOException)
        {
            return ReadAround(volume, from, offsetBytes, count);
        }
    }

    private int ReadAround(VolumeId volume, IDiskFile from, long offsetBytes, int count)
    {
        for (var done = 0; done < count; done += UnreadableStepBytes)
        {
            var step = _piece.AsSpan(done, Math.Min(UnreadableStepBytes, count - done));
            try
            {
                if (from.Read(offsetBytes + done, step) < step.Length) return done;
            }
            catch (IOException failure)
            {
                step.Clear();
                report.Problems.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Volume {volume.Value}: {step.Length} bytes from byte {offsetBytes + done} on cannot be read "
                    + $"({failure.Message})"));
            }
        }

        return count;
    }
}
