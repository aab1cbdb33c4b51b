using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeProtocol;
using static Ciaos.Actors.Volumes.VolumeWriting;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// The one writer of a volume. Owns its only write handle. Runs on ciaos.volume.dispatcher, where blocking is allowed.
/// </summary>
/// <remarks>
/// Group commit: the first append sends a Commit, which queues behind the appends that are already in the mailbox, so
/// one write and one flush cover them all; only then are they answered.
/// After a failed write or flush nobody knows what the file holds: the actor says so to its parent, gives back what it
/// has not acknowledged, and everything that still arrives, until the parent stops it. The parent stores it elsewhere.
/// That a needle is then in two volumes is harmless: nothing refers to a needle that was not acknowledged.
/// </remarks>
internal sealed class VolumeActor : ReceiveActor, IWithTimers
{
    private readonly VolumeFolder _folder;
    private readonly VolumeId _volume;
    private readonly Superblock? _new;
    private readonly VolumeSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StoreMetrics? _metrics = StoreMetricsSetup.Of(Context.System);
    private readonly List<Store> _batch = [];
    private long _batchBytes;
    private VolumeFile? _file;
    private bool _hasStored;
    private long _countedBytes;

    public VolumeActor(VolumeFolder folder, VolumeId volume, Superblock? @new, VolumeSettings settings)
    {
        _folder = folder;
        _volume = volume;
        _new = @new;
        _settings = settings;
        Writable();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>A new volume is made from its superblock.</summary>
    public static Props Create(VolumeFolder folder, Superblock superblock, VolumeSettings settings) =>
        Props.Create(() => new VolumeActor(folder, superblock.Volume, superblock, settings))
            .WithDispatcher("ciaos.volume.dispatcher");

    /// <summary>A volume that was written to before is recovered and continued.</summary>
    public static Props Continue(VolumeFolder folder, VolumeId volume, VolumeSettings settings) =>
        Props.Create(() => new VolumeActor(folder, volume, null, settings))
            .WithDispatcher("ciaos.volume.dispatcher");

    protected override void PreStart()
    {
        try
        {
            var torn = Open();
            if (_file is null) return;
            CountBytes();
            Context.Parent.Tell(new Opened(_volume, _file.HighestNeedle, torn));
            if (_settings.Durability == VolumeDurability.Interval)
                Timers.StartPeriodicTimer(nameof(FlushNow), FlushNow.Instance, _settings.FlushInterval);
        }
        catch (Exception e) when (e is FileNotFoundException or VolumeCorruptException)
        {
            Refuse(Obstacle.IsDamaged, 0, e.Message);
        }
        catch (IOException e)
        {
            Refuse(e is DiskFullException ? Obstacle.DiskFull : Obstacle.DiskFailed, 0, e.Message);
        }
    }

    protected override void PostStop()
    {
        if (_file is null) return;
        if (_file.IsUsable) CommitBatch();
        if (_batch.Count > 0) GiveBackAfterMistake();
        if (_file.IsUsable) EndInOrder();
        CountNoMore();
        _file.Dispose();
    }

    /// <returns>How many torn ranges a crash had left.</returns>
    private int Open()
    {
        if (_new is not null)
        {
            _file = VolumeFile.Create(_folder, _new, _settings.File);
            return 0;
        }

        var found = VolumeRecovery.Inspect(_folder, _volume);
        if (found.IsSealed)
        {
            VolumeFile.End(_folder, _volume, [(found.DurableBytes, found.FileBytes)]);
            Refuse(Obstacle.IsSealed, found.FileBytes, "sealed", found.HighestNeedle);
            return 0;
        }

        if (!found.CanContinue)
        {
            var places = string.Join(", ", found.Rotten.Select(range => $"{range.StartBytes} to {range.EndBytes}"));
            Refuse(Obstacle.IsDamaged, found.FileBytes, $"Acknowledged needles are damaged from byte {places}");
            return 0;
        }

        _file = VolumeFile.Continue(_folder, found, _settings.File);
        WriteCheckpoint();
        return found.Torn.Length;
    }

    private void Refuse(Obstacle obstacle, long lengthBytes, string detail, NeedleId highestNeedle = default)
    {
        Context.Parent.Tell(new NotOpened(_volume, obstacle, lengthBytes, detail, highestNeedle));
        Become(GivingBack);
    }

    private void Writable()
    {
        Receive<Store>(store =>
        {
            _metrics?.Mailboxes.Taken(Mailbox.VolumeWriters);
            Gather(store);
        });
        Receive<Commit>(_ => CommitBatch());
        Receive<FlushNow>(_ => FlushWhatWasWritten());
        Receive<VolumeWriting.Close>(_ => Context.Stop(Self));
    }

    private void GivingBack()
    {
        Receive<Store>(store =>
        {
            _metrics?.Mailboxes.Taken(Mailbox.VolumeWriters);
            Context.Parent.Tell(new NotStored([store], HasFailed: false));
        });
        Receive<Commit>(_ => { });
        Receive<FlushNow>(_ => { });
        Receive<VolumeWriting.Close>(_ => Context.Stop(Self));
    }

    private void Gather(Store store)
    {
        var size = NeedleFormat.SizeBytes(store.Needle, _file!.Superblock.Version);
        if (_file.EndBytes + _batchBytes + size > _settings.NeedlesEndBytes)
        {
            Finish(store);
            return;
        }

        if (_batch.Count > 0 && _batchBytes + size > _settings.MaxBatchBytes) CommitBatch();
        if (!_file.IsUsable)
        {
            Context.Parent.Tell(new NotStored([store], HasFailed: false));
            return;
        }

        if (_batch.Count == 0) Self.Tell(Commit.Instance);
        _batch.Add(store);
        _batchBytes += size;
        if (_batch.Count >= _settings.MaxBatchNeedles) CommitBatch();
    }

    private void CommitBatch()
    {
        if (_batch.Count == 0) return;
        try
        {
            var written = new MergedNeedles(_batch);
            var locations = Write(written.Needles);
            for (var i = 0; i < _batch.Count; i++)
                _batch[i].ReplyTo.Tell(new Appended(_batch[i].Needle.Id, locations[written.PlaceOf(i)]));
            _hasStored = true;
            ForgetBatch();
        }
        catch (DiskFullException e) when (_file!.IsUsable)
        {
            RejectBatch(e);
        }
        catch (IOException e)
        {
            Break(e);
        }

        if (_file is { IsUsable: true, IsCheckpointDue: true }) WriteCheckpoint();
    }

    private NeedleLocation[] Write(List<Needle> needles)
    {
        var begun = _metrics?.Time.GetTimestamp() ?? 0;
        var locations = _file!.Append(needles);
        if (_settings.Durability == VolumeDurability.Sync) Flush();
        _metrics?.VolumeCommitted(_batch.Count, CountBytes(), _metrics.Time.GetElapsedTime(begun));
        return locations;
    }

    private void Flush()
    {
        try
        {
            _file!.Flush();
        }
        catch (IOException)
        {
            _metrics?.Errors.Add(StoreError.VolumeFsync);
            throw;
        }
    }

    /// <returns>How many bytes have come since the last time.</returns>
    private long CountBytes()
    {
        var added = _file!.EndBytes - _countedBytes;
        _countedBytes += added;
        _metrics?.Volumes.AddActive(added);
        return added;
    }

    // From now on its keeper knows its length, or it is opened again.
    private void CountNoMore()
    {
        _metrics?.Volumes.AddActive(-_countedBytes);
        _countedBytes = 0;
    }

    // What frees space is tried once more without the rest.
    private void RejectBatch(DiskFullException e)
    {
        Context.Parent.Tell(new RanOutOfSpace(_volume, e.Message));
        var reserved = _batch.FindAll(store => store.FromReserve);
        var isLastTry = reserved.Count == _batch.Count;
        foreach (var store in _batch)
        {
            if (isLastTry || !store.FromReserve)
                store.ReplyTo.Tell(new Rejected(store.Needle.Id, RejectReason.DiskFull, e.Message));
        }

        ForgetBatch();
        if (isLastTry) return;
        _batch.AddRange(reserved);
        CommitBatch();
    }

    private void Break(IOException e)
    {
        _metrics?.Errors.Add(StoreError.VolumeWrite);
        CountNoMore();
        var acknowledged = _settings.Durability == VolumeDurability.Sync ? _file!.DurableBytes : _file!.EndBytes;
        Context.Parent.Tell(new Broken(
            _volume, acknowledged, _hasStored, e is DiskFullException, e.Message, _file!.HighestNeedle));
        if (_batch.Count > 0) Context.Parent.Tell(new NotStored(_batch.ToArray(), HasFailed: true));
        ForgetBatch();
        Become(GivingBack);
    }

    // The parent must know that the volume is closed before the needle comes back to it.
    private void Finish(Store next)
    {
        CommitBatch();
        if (_file!.IsUsable) SealFull();
        Context.Parent.Tell(new NotStored([next], HasFailed: false));
    }

    // A volume without its seal is not a full one, whatever it holds: it ends where a write failed.
    private void SealFull()
    {
        try
        {
            _file!.Seal(SealReason.Full);
        }
        catch (IOException e)
        {
            _log.Warning("Volume {0} is full, but has no seal: {1}", _volume.Value, e.Message);
            Break(e);
            return;
        }

        WriteCheckpoint();
        CountNoMore();
        Context.Parent.Tell(new Filled(_volume, _file.DurableBytes, _file.HighestNeedle));
        Become(GivingBack);
    }

    // An exception that is no I/O error stops this actor in the middle of a batch.
    private void GiveBackAfterMistake()
    {
        Context.Parent.Tell(new NotOpened(_volume, Obstacle.DiskFailed, 0, "its writer failed unexpectedly"));
        Context.Parent.Tell(new NotStored(_batch.ToArray(), HasFailed: true));
    }

    private void FlushWhatWasWritten()
    {
        try
        {
            Flush();
        }
        catch (IOException e)
        {
            Break(e);
        }
    }

    private void EndInOrder()
    {
        try
        {
            if (!_file!.IsSealed) _file.Flush();
            WriteCheckpoint();
        }
        catch (IOException e)
        {
            _log.Error(e, "Volume {0} could not be flushed at its end", _volume.Value);
        }
    }

    // Only recovery is slower without.
    private void WriteCheckpoint()
    {
        try
        {
            _file!.WriteCheckpoint();
        }
        catch (IOException e)
        {
            _log.Warning("No checkpoint of volume {0}: {1}", _volume.Value, e.Message);
        }
    }

    private void ForgetBatch()
    {
        _batch.Clear();
        _batchBytes = 0;
    }

    private sealed record Commit
    {
        public static readonly Commit Instance = new();
    }

    private sealed record FlushNow
    {
        public static readonly FlushNow Instance = new();
    }
}
