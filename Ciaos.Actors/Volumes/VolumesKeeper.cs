using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Metrics;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeProtocol;

namespace Ciaos.Actors.Volumes;

// Keeps the volumes' actor alive and is its address to everybody else. A persistent actor stops when its journal fails;
// then this one starts it again after a pause that doubles with every failure, and rejects appends meanwhile. It also
// rejects those that the stopped actor, or the writer of a volume, took with it to its end: they become dead letters.
// It owns no data.
public sealed class VolumesKeeper : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StoreMetrics? _metrics = StoreMetricsSetup.Of(Context.System);
    private readonly Props _volumes;
    private IActorRef? _running;
    private TimeSpan _pause = ShortestPause;
    private bool _isClosing;

    public VolumesKeeper(Props volumes)
    {
        _volumes = volumes;
        Receive<Close>(_ => BeginClosing());
        Receive<Terminated>(_ => OnStopped());
        Receive<Start>(_ => StartVolumes());
        Receive<Settled>(_ => _pause = ShortestPause);
        Receive<DeadLetter>(Reject);
        Receive<Append>(append => Sender.Tell(Refusal(append.Needle)), _ => _running is null);
        Receive<GetStatus>(_ => Sender.Tell(new VolumesStatus(false, Reason, 0, 0, 0)), _ => _running is null);
        ReceiveAny(message => _running?.Forward(message));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private string Reason =>
        _isClosing ? "The node is stopping" : "The volumes' journal has failed; they start again soon";

    /// <param name="volumes">Of the actor to keep: <see cref="VolumesActor"/>.</param>
    public static Props Props(Props volumes) => Akka.Actor.Props.Create(() => new VolumesKeeper(volumes));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        StartVolumes();
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    private void StartVolumes()
    {
        _running = Context.Watch(Context.ActorOf(_volumes));
        Timers.StartSingleTimer(nameof(Settled), Settled.Instance, LongestPause);
    }

    private void OnStopped()
    {
        _running = null;
        if (_isClosing)
        {
            Context.Stop(Self);
            return;
        }

        Timers.Cancel(nameof(Settled));
        _log.Error("The volumes' actor has stopped and starts again in {0}", _pause);
        Timers.StartSingleTimer(nameof(Start), Start.Instance, _pause);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    private void BeginClosing()
    {
        _isClosing = true;
        Timers.CancelAll();
        if (_running is null) Context.Stop(Self);
        else _running.Tell(Close.Instance);
    }

    // The volumes' actor is a child of this one, the volumes' writers are children of that.
    private void Reject(DeadLetter letter)
    {
        var parent = letter.Recipient.Path.Parent;
        if (parent != Self.Path && parent?.Parent != Self.Path) return;
        switch (letter.Message)
        {
            case Append append:
                letter.Sender.Tell(Refusal(append.Needle));
                break;
            case VolumeWriting.Store store:
                _metrics?.Mailboxes.Taken(Mailbox.VolumeWriters);
                store.ReplyTo.Tell(Refusal(store.Needle));
                break;
            case VolumeWriting.NotStored notStored:
                foreach (var store in notStored.Stores) store.ReplyTo.Tell(Refusal(store.Needle));
                break;
        }
    }

    private Rejected Refusal(Needle needle) => new(
        needle.Id, _isClosing ? RejectReason.Stopping : RejectReason.DiskFailed, Reason);

    private sealed record Start
    {
        public static readonly Start Instance = new();
    }

    // It has run for so long that the next failure is another one.
    private sealed record Settled
    {
        public static readonly Settled Instance = new();
    }
}
