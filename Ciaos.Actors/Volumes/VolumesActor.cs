using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeEvents;
using static Ciaos.Actors.Volumes.VolumeProtocol;
using static Ciaos.Actors.Volumes.VolumeWriting;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// Keeps all volumes: gives out their ids, opens and replaces their writers, and sends every append to one of them.
/// Owns which volumes there are (persisted) and which are open. Runs on the default dispatcher, and does no I/O but
/// asking for the free space.
/// </summary>
/// <remarks>
/// A volume that is full or whose write has failed is sealed by an event and replaced; what it did not acknowledge is
/// sent to another one, a limited number of times. While the disk is full, data is rejected at once and the events of
/// the index are taken from the reserve; a timer looks whether space has returned. A writer that throws is stopped and
/// its volume recovered. If the journal fails, this actor stops (Akka's rule): its parent has to start it again.
/// </remarks>
public sealed class VolumesActor : ReceivePersistentActor, IWithTimers
{
    // Of a small disk, reserving space must not take a large part.
    private const int PreallocationShare = 64;

    private readonly VolumeFolder _folder;
    private readonly VolumesSettings _settings;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _salts;
    private readonly NeedleIds? _ids;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StoreMetrics? _metrics = StoreMetricsSetup.Of(Context.System);
    private readonly FreeSpace _space;
    private readonly VolumeWriters _writers = new();
    private readonly Queue<Store> _waiting = new();
    private readonly Dictionary<VolumeId, DateTimeOffset> _new = [];
    private VolumesState _state = VolumesState.Empty;
    private int _failuresInARow;
    private string _failure = "";
    private bool _isClosing;

    public VolumesActor(
        VolumeFolder folder, VolumesSettings settings, TimeProvider time, Func<ulong> salts, NeedleIds? ids)
    {
        (_folder, _settings, _time, _salts, _ids) = (folder, settings, time, salts, ids);
        _space = new FreeSpace(folder.Disk, settings.MinFreeBytes);
        Recover<IVolumeEvent>(@event => _state = _state.Apply(@event));
        Recover<RecoveryCompleted>(_ => Start());
        Command<Append>(append => Accept(new Store(append.Needle, Sender, append.FromReserve, FailedAttempts: 0)));
        Command<NotStored>(Retry);
        Command<Opened>(OnOpened);
        Command<NotOpened>(OnNotOpened);
        Command<Filled>(OnFilled);
        Command<Broken>(OnBroken);
        Command<RanOutOfSpace>(ranOut => OnDiskFull(ranOut.Detail));
        Command<Terminated>(OnTerminated);
        Command<LookAround>(_ => OnLookAround());
        Command<GetEventWriter>(_ =>
        {
            var (volume, writer) = _writers.ForSmall();
            Sender.Tell(new EventWriter(writer, volume));
        });
        Command<GetStatus>(_ => Sender.Tell(Status()));
        Command<VolumeProtocol.Close>(_ => BeginClosing());
    }

    public override string PersistenceId => "volumes";

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsFailing => _failuresInARow >= _settings.MaxAttempts;

    /// <param name="salts">Random numbers, one for each new volume.</param>
    /// <param name="ids">Told the ids that are in use, where the node gives out ids itself.</param>
    public static Props Props(
        VolumeFolder folder, VolumesSettings settings, TimeProvider time, Func<ulong> salts, NeedleIds? ids = null) =>
        Akka.Actor.Props.Create(() => new VolumesActor(folder, settings, time, salts, ids));

    // An I/O error never gets here. What does is a mistake of ours, and the volume is better recovered than believed.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop()
    {
        foreach (var store in _waiting) Reject(store, RejectReason.DiskFailed, "The volumes' actor was stopped");
        base.PostStop();
    }

    private void Start()
    {
        _ids?.NotBefore(_state.HighestNeedle);
        _folder.Disk.CreateFolder(_folder.Path);
        Look();
        _metrics?.Volumes.Set(_state);
        Timers.StartPeriodicTimer(nameof(LookAround), LookAround.Instance, _settings.FreeSpaceInterval);
        OpenVolumes();
    }

    private void Accept(Store store)
    {
        var size = NeedleFormat.SizeBytes(store.Needle);
        var objection = NeedleFormat.Objection(store.Needle);
        if (_isClosing) Reject(store, RejectReason.Stopping, "The node is stopping");
        else if (objection is not null) Reject(store, RejectReason.TooLarge, objection);
        else if (size > _settings.Volume.MaxNeedleBytes) Reject(store, RejectReason.TooLarge, TooLarge(size));
        else if (store.FailedAttempts >= _settings.MaxAttempts) Reject(store, RejectReason.DiskFailed, _failure);
        else if (!store.FromReserve && !_space.TryTake(size)) Reject(store, RejectReason.DiskFull, _space.Detail);
        else Send(store);
    }

    private void Send(Store store)
    {
        if (_writers.For(store.Needle) is { } writer)
        {
            _metrics?.Mailboxes.Sent(Mailbox.VolumeWriters);
            writer.Tell(store);
        }
        else if (IsFailing) Reject(store, RejectReason.DiskFailed, _failure);
        else if (!_space.IsEnough && !_writers.AreOpening) Reject(store, RejectReason.DiskFull, _space.Detail);
        else if (_waiting.Count >= _settings.MaxWaiting) Reject(store, RejectReason.DiskFailed, "Too many wait");
        else _waiting.Enqueue(store);
    }

    private void Retry(NotStored notStored)
    {
        foreach (var store in notStored.Stores)
            Accept(notStored.HasFailed ? store with { FailedAttempts = store.FailedAttempts + 1 } : store);
    }

    private void OnOpened(Opened opened)
    {
        if (opened.Torn > 0)
            _log.Info("Volume {0}: a crash tore {1} ranges, none acknowledged", opened.Volume.Value, opened.Torn);
        _ids?.NotBefore(opened.HighestNeedle);
        if (!_new.Remove(opened.Volume, out var created)) Use(opened.Volume);
        else Persist(new VolumeCreated(opened.Volume, created), made =>
        {
            _state = _state.Apply(made);
            _metrics?.Volumes.Set(_state);
            Use(made.Volume);
            OpenVolumes();
        });
    }

    private void Use(VolumeId volume)
    {
        _writers.Open(volume);
        SendWaiting();
    }

    private void OnNotOpened(NotOpened notOpened)
    {
        _writers.Close(notOpened.Volume);
        _new.Remove(notOpened.Volume);
        switch (notOpened.Obstacle)
        {
            case Obstacle.IsSealed:
                Seal(notOpened.Volume, notOpened.LengthBytes, SealCause.Full, notOpened.HighestNeedle);
                break;
            case Obstacle.IsDamaged:
                _log.Error("Volume {0} is quarantined. {1}", notOpened.Volume.Value, notOpened.Detail);
                _metrics?.Errors.Add(StoreError.VolumeQuarantined);
                Persist(new VolumeQuarantined(notOpened.Volume, notOpened.Detail), Applied);
                break;
            case Obstacle.DiskFull:
                OnDiskFull(notOpened.Detail);
                SendWaiting();
                break;
            default:
                OnFailure(notOpened.Volume, notOpened.Detail);
                OpenVolumes();
                break;
        }
    }

    private void OnFilled(Filled filled)
    {
        _failuresInARow = 0;
        Seal(filled.Volume, filled.LengthBytes, SealCause.Full, filled.HighestNeedle);
    }

    // That a volume could be made does not show that the disk is well: only what it stored does. Otherwise every append
    // to a disk that can be written no more would make another volume.
    private void OnBroken(Broken broken)
    {
        if (broken.HasStored) _failuresInARow = 0;
        if (broken.DiskIsFull) OnDiskFull(broken.Detail);
        else OnFailure(broken.Volume, broken.Detail);
        Seal(broken.Volume, broken.LengthBytes, SealCause.WriteFailed, broken.HighestNeedle);
    }

    private void OnFailure(VolumeId volume, string detail)
    {
        _failuresInARow++;
        _failure = detail;
        _log.Error("Volume {0} cannot be written ({1} in a row): {2}", volume.Value, _failuresInARow, detail);
    }

    private void OnDiskFull(string detail)
    {
        if (_space.IsEnough) _log.Warning("Data is refused: {0}", detail);
        _metrics?.Errors.Add(StoreError.VolumeDiskFull);
        _space.RanOut(detail);
    }

    private void Seal(VolumeId volume, long lengthBytes, SealCause cause, NeedleId highestNeedle)
    {
        _writers.Close(volume);
        Persist(new VolumeSealed(volume, lengthBytes, cause, highestNeedle), Applied);
    }

    private void Applied(IVolumeEvent @event)
    {
        _state = _state.Apply(@event);
        _metrics?.Volumes.Set(_state);
        OpenVolumes();
    }

    // First those that may be appended to already, then new ones.
    private void OpenVolumes()
    {
        if (_isClosing || IsFailing)
        {
            SendWaiting();
            return;
        }

        foreach (var volume in _state.Active.Select(id => new VolumeId(id)).Where(volume => !_writers.Has(volume)))
            StartWriter(volume, VolumeActor.Continue(_folder, volume, VolumeSettings()));
        if (_writers.Count < _settings.ActiveVolumes && _space.IsEnough && _new.Count == 0) CreateVolume();
    }

    // First the file, then the event: so every volume that the journal knows had a file once, and one that has none is
    // lost. A file that a crash has kept the event from is never used, and neither is its id. One at a time, so that no
    // id has a file while the one before it has none.
    private void CreateVolume()
    {
        var used = _new.Keys.Concat(_folder.List()).Append(_state.Last).Max(volume => volume.Value);
        var created = _time.GetUtcNow();
        var micros = (created - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var superblock = new Superblock(new VolumeId(used + 1), micros, _salts());
        _new.Add(superblock.Volume, created);
        StartWriter(superblock.Volume, VolumeActor.Create(_folder, superblock, VolumeSettings()));
    }

    private void StartWriter(VolumeId volume, Props props) =>
        _writers.Add(volume, Context.Watch(Context.ActorOf(props)));

    private VolumeSettings VolumeSettings()
    {
        var volume = _settings.Volume;
        var step = Math.Min(volume.File.PreallocationStepBytes, _space.FreeBytes / PreallocationShare);
        return volume with { File = volume.File with { PreallocationStepBytes = step } };
    }

    private void SendWaiting()
    {
        for (var count = _waiting.Count; count > 0; count--) Accept(_waiting.Dequeue());
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_writers.Remove(terminated.ActorRef) is { } volume && !_isClosing)
        {
            _new.Remove(volume);
            OnFailure(volume, "its writer has stopped unexpectedly");
            OpenVolumes();
        }

        if (_isClosing && _writers.AllGone) Context.Stop(Self);
    }

    private void OnLookAround()
    {
        var wasEnough = _space.IsEnough;
        Look();
        if (_space.IsEnough && !wasEnough) _log.Info("Data is taken again: {0} bytes are free", _space.FreeBytes);
        if (IsFailing) _failuresInARow = _settings.MaxAttempts - 1;
        OpenVolumes();
    }

    private void Look()
    {
        _space.Look();
        _metrics?.Volumes.SetDisk(_space.FreeBytes, _space.IsEnough && !IsFailing);
    }

    private void BeginClosing()
    {
        _isClosing = true;
        SendWaiting();
        if (_writers.AllGone) Context.Stop(Self);
        else _writers.CloseAll();
    }

    private VolumesStatus Status()
    {
        var canWrite = _writers.IsAnyOpen && _space.IsEnough && !_isClosing;
        var detail = canWrite ? ""
            : !_space.IsEnough ? _space.Detail
            : IsFailing ? _failure
            : _isClosing ? "The node is stopping"
            : "Volumes are being opened";
        return new VolumesStatus(canWrite, detail, _space.FreeBytes, _state.Active.Count, _state.Sealed.Count);
    }

    private string TooLarge(long size) =>
        $"The needle has {size} bytes, a volume can hold {_settings.Volume.MaxNeedleBytes}";

    private static void Reject(Store store, RejectReason reason, string detail) =>
        store.ReplyTo.Tell(new Rejected(store.Needle.Id, reason, detail));

    private sealed record LookAround
    {
        public static readonly LookAround Instance = new();
    }
}
