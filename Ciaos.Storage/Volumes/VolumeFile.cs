using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// The one writer of a volume. Not safe for many threads.
/// </summary>
/// <remarks>
/// Failure strategy. Space is reserved before anything is written, so a full disk is met while the volume is unharmed:
/// <see cref="DiskFullException"/> from <see cref="Append"/> while <see cref="IsUsable"/> stays true.
/// After any other failed write, or a failed flush, nobody knows what the file holds: the system may have
/// dropped the pages and the next flush would report success. The writer then refuses every further use. Its owner
/// gives the volume up at <see cref="DurableBytes"/>, and appends what was not acknowledged to another volume.
/// Nothing is ever overwritten, and recovery (<see cref="VolumeRecovery"/>) relies on one rule kept here: a batch is
/// written only after the one before it was flushed.
/// </remarks>
public sealed class VolumeFile : IDisposable
{
    private readonly VolumeFolder _folder;
    private readonly IDiskFile _file;
    private readonly VolumeFileSettings _settings;
    private long _reservedBytes;
    private long _checkpointBytes;
    private (long Count, NeedleId Highest) _durableNeedles;
    private Exception? _failure;

    private VolumeFile(
        VolumeFolder folder, IDiskFile file, VolumeFileSettings settings, Superblock superblock, long endBytes)
    {
        _folder = folder;
        _file = file;
        _settings = settings;
        Superblock = superblock;
        EndBytes = endBytes;
        DurableBytes = endBytes;
        _checkpointBytes = endBytes;
        _reservedBytes = endBytes;
    }

    public Superblock Superblock { get; }

    /// <summary>Where the next needle will begin.</summary>
    public long EndBytes { get; private set; }

    /// <summary>All before this has been flushed.</summary>
    public long DurableBytes { get; private set; }

    /// <summary>Needles of every kind, flushed or not.</summary>
    public long NeedleCount { get; private set; }

    /// <summary>The highest id among them; 0 where none has one.</summary>
    public NeedleId HighestNeedle { get; private set; }

    public bool IsSealed { get; private set; }

    public bool IsUsable => _failure is null;

    /// <summary>Enough was appended since the last checkpoint.</summary>
    public bool IsCheckpointDue => DurableBytes - _checkpointBytes >= _settings.CheckpointIntervalBytes;

    /// <summary>Makes a new volume: when this returns, its file is durable.</summary>
    /// <exception cref="IOException">Among others, where the file exists: an id is never used twice.</exception>
    public static VolumeFile Create(VolumeFolder folder, Superblock superblock, VolumeFileSettings settings)
    {
        var file = folder.Disk.Create(folder.FileOf(superblock.Volume));
        try
        {
            file.Write(0, [superblock.ToBytes()]);
            CrashPoints.Reach(CrashPoint.VolumeSuperblockWritten);
            file.Flush();
            CrashPoints.Reach(CrashPoint.VolumeFlushed);
            folder.Disk.SyncFolder(folder.Path);
            CrashPoints.Reach(CrashPoint.VolumeCreated);
            return new VolumeFile(folder, file, settings, superblock, Superblock.Bytes);
        }
        catch (IOException)
        {
            file.Dispose();
            TryDelete(folder, superblock.Volume);
            throw;
        }
    }

    /// <summary>Goes on with a volume as recovery found it. What recovery found whole is durable when this
    /// returns.</summary>
    /// <exception cref="InvalidOperationException">The volume is sealed or rotten.</exception>
    public static VolumeFile Continue(VolumeFolder folder, RecoveredVolume found, VolumeFileSettings settings)
    {
        if (!found.CanContinue) throw new InvalidOperationException("A sealed or rotten volume is not written to");
        var file = folder.Disk.Open(folder.FileOf(found.Superblock.Volume), DiskAccess.ReadWrite);
        try
        {
            RewriteUndurable(file, found);
            folder.Disk.SyncFolder(folder.Path);
            var end = found.Torn.IsEmpty ? found.EndBytes : NeedleFormat.Align(found.FileBytes);
            var volume = new VolumeFile(folder, file, settings, found.Superblock, end)
            {
                NeedleCount = found.NeedleCount,
                HighestNeedle = found.HighestNeedle,
                _durableNeedles = (found.NeedleCount, found.HighestNeedle),
                _checkpointBytes = found.ScannedFromBytes,
            };
            volume.CoverTornRanges(found);
            return volume;
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Ends a volume that nobody writes to any more: these ranges are durable when this returns, though a process that
    /// died may have left them in the system's memory alone, the space that was reserved behind the end is given back,
    /// and the last needle has its zeros. Before anything is noted that speaks of them.
    /// </summary>
    /// <exception cref="IOException">Nothing may be noted of them: a part cannot be read, or not be made
    /// durable.</exception>
    public static void End(VolumeFolder folder, VolumeId volume, IEnumerable<(long FromBytes, long ToBytes)> undurable)
    {
        using var file = folder.Disk.Open(folder.FileOf(volume), DiskAccess.ReadWrite);
        foreach (var (fromBytes, toBytes) in undurable) file.Rewrite(fromBytes, toBytes);
        file.SetLength(NeedleFormat.Align(file.LengthBytes));
        file.Flush();
        folder.Disk.SyncFolder(folder.Path);
        CrashPoints.Reach(CrashPoint.RecoveryRewritten);
    }

    /// <summary>Writes needles behind the last one. They are durable after <see cref="Flush"/>.</summary>
    /// <param name="needles">None of which <see cref="NeedleFormat.Objection"/> objects to.</param>
    /// <exception cref="DiskFullException">See the failure strategy.</exception>
    public NeedleLocation[] Append(IReadOnlyList<Needle> needles)
    {
        ThrowIfUnusable();
        using var batch = new NeedleBatch(needles, Superblock, EndBytes, DurableBytes);
        Reserve(batch.EndBytes);
        Guard(() => _file.Write(EndBytes, batch.Buffers));
        CrashPoints.Reach(CrashPoint.BatchWritten);
        EndBytes = batch.EndBytes;
        NeedleCount += needles.Count;
        foreach (var needle in needles)
        {
            if (needle.Id.Value > HighestNeedle.Value) HighestNeedle = needle.Id;
        }

        return batch.Locations;
    }

    /// <summary>Returns when all that was appended is durable.</summary>
    public void Flush()
    {
        ThrowIfUnusable();
        if (DurableBytes == EndBytes) return;
        Guard(_file.Flush);
        CrashPoints.Reach(CrashPoint.BatchFlushed);
        DurableBytes = EndBytes;
        _durableNeedles = (NeedleCount, HighestNeedle);
    }

    /// <summary>Ends the volume for good with a seal needle, and gives back the space that was reserved behind
    /// it.</summary>
    public void Seal(SealReason reason)
    {
        Flush();
        CrashPoints.Reach(CrashPoint.SealBegun);
        Append([SealNeedle.Create(NeedleCount, EndBytes, reason)]);
        CrashPoints.Reach(CrashPoint.SealWritten);
        Flush();
        CrashPoints.Reach(CrashPoint.SealFlushed);
        IsSealed = true;
        Guard(() => _file.SetLength(EndBytes));
    }

    /// <summary>Notes how far the volume is durable. A failure harms nothing: recovery will read more.</summary>
    public void WriteCheckpoint()
    {
        if (!IsUsable) throw Unusable();
        var (count, highest) = _durableNeedles;
        new VolumeCheckpoint(Superblock.Volume, Superblock.Salt, IsSealed, DurableBytes, count, highest).Write(_folder);
        _checkpointBytes = DurableBytes;
    }

    public void Dispose() => _file.Dispose();

    // Nothing was ever in it. What cannot be deleted stays, and nobody uses its id.
    private static void TryDelete(VolumeFolder folder, VolumeId volume)
    {
        try
        {
            folder.Disk.Delete(folder.FileOf(volume));
        }
        catch (IOException)
        {
            // The failure that led here is the one to tell.
        }
    }

    // The writer may have died without the system. Without a checkpoint even the superblock may not be durable, and the
    // file's name never need be.
    private static void RewriteUndurable(IDiskFile file, RecoveredVolume found)
    {
        if (found.ScannedFromBytes == Superblock.Bytes) file.Rewrite(0, Superblock.Bytes);
        file.Rewrite(found.DurableBytes, found.FileBytes);

        // Nothing that is noted of the volume may lie behind the file's end, not even zeros that a crash cut off.
        if (found.FileBytes < found.EndBytes) file.SetLength(found.EndBytes);
        file.Flush();
        CrashPoints.Reach(CrashPoint.RecoveryRewritten);
    }

    private void CoverTornRanges(RecoveredVolume found)
    {
        if (found.Torn.IsEmpty) return;
        var last = found.Torn[^1];
        var ranges = last.EndBytes < found.FileBytes
            ? found.Torn
            : found.Torn.SetItem(found.Torn.Length - 1, last with { EndBytes = EndBytes });
        Append([GapNeedle.Create(ranges)]);
        Flush();
        CrashPoints.Reach(CrashPoint.RecoveryCovered);
    }

    private void Reserve(long upToBytes)
    {
        if (upToBytes <= _reservedBytes) return;
        var step = Math.Max(1, _settings.PreallocationStepBytes);
        var wanted = (upToBytes + step - 1) / step * step;
        try
        {
            _file.Preallocate(wanted);
        }
        catch (DiskFullException) when (wanted > upToBytes)
        {
            wanted = upToBytes;
            _file.Preallocate(wanted);
        }

        catch (IOException e) when (e is not DiskFullException)
        {
            _failure = e;
            throw;
        }

        _reservedBytes = wanted;
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    private void ThrowIfUnusable()
    {
        if (!IsUsable) throw Unusable();
        if (IsSealed) throw new InvalidOperationException($"The volume {_file.Path} is sealed");
    }

    private InvalidOperationException Unusable() =>
        new($"The volume {_file.Path} is not written to after a failed write or flush", _failure);
}
