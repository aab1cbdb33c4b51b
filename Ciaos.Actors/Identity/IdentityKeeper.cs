using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Actors.Identity;

// Keeps the identities' actor alive, and is its address to everybody else. It owns no data. When its child stops,
// because the journal failed, it starts it again after a pause that doubles with every failure; meanwhile it answers
// with the reason, and also what the child took with it to its end.
internal sealed class IdentityKeeper : ReceiveActor, IWithTimers
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IdentitySettings _settings;
    private readonly Props _child;
    private readonly List<IActorRef> _awaitReady = [];
    private readonly List<IActorRef> _stoppers = [];
    private Refused _failure = new(RefuseReason.Unavailable, "The identities are being read from the journal");
    private IActorRef? _running;
    private IActorRef? _last;
    private TimeSpan _pause;
    private bool _isReady;
    private bool _isFinal;
    private bool _isWrongMasterKey;

    public IdentityKeeper(IdentitySettings settings, Props child)
    {
        (_settings, _child, _pause) = (settings, child, settings.RestartBackoffMin);
        Receive<Ready>(_ =>
        {
            (_isReady, _pause) = (true, settings.RestartBackoffMin);
            AnswerWaiters();
        });
        Receive<AwaitReady>(_ =>
        {
            if (_isReady || _isFinal) Sender.Tell(Status());
            else _awaitReady.Add(Sender);
        });
        Receive<GetStatus>(_ => Sender.Tell(Status()));
        Receive<Failing>(failing =>
        {
            (_failure, _isReady) = (failing.Failure, false);
            (_isFinal, _isWrongMasterKey) = (failing.IsFinal, failing.IsWrongMasterKey);
        });
        Receive<Stop>(BeginStop);
        Receive<Terminated>(_ => ChildStopped());
        Receive<Start>(_ => StartChild());
        Receive<DeadLetter>(letter =>
        {
            if (letter.Message is ICommand or ReadAudit && letter.Recipient.Equals(_last)) letter.Sender.Tell(_failure);
        });
        ReceiveAny(Forward);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IdentitySettings settings, Props child) =>
        Akka.Actor.Props.Create(() => new IdentityKeeper(settings, child));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        _failure = new Refused(RefuseReason.Unavailable, $"The keeper of identities has failed: {failure.Message}");
        (_isFinal, _isWrongMasterKey) = (IsFinal(failure), failure is WrongMasterKeyException);
        return Directive.Stop;
    });

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        StartChild();
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <summary>It would be no better the next time.</summary>
    public static bool IsFinal(Exception failure) =>
        failure is WrongMasterKeyException or SettingsException or CryptographicException or IOException
            or UnauthorizedAccessException;

    private void StartChild()
    {
        if (_stoppers.Count > 0) return;
        _running = _last = Context.Watch(Context.ActorOf(_child));
    }

    private void ChildStopped()
    {
        (_running, _isReady) = (null, false);
        if (_stoppers.Count > 0)
        {
            foreach (var stopper in _stoppers) stopper.Tell(Stopped.Instance);
            return;
        }

        if (_isFinal)
        {
            AnswerWaiters();
            return;
        }

        _log.Warning("The keeper of identities has stopped and starts again in {0}: {1}", _pause, _failure.Detail);
        Timers.StartSingleTimer(Start.Instance, Start.Instance, _pause);
        var doubled = _pause * 2;
        _pause = doubled < _settings.RestartBackoffMax ? doubled : _settings.RestartBackoffMax;
    }

    private void AnswerWaiters()
    {
        foreach (var waiter in _awaitReady) waiter.Tell(Status());
        _awaitReady.Clear();
    }

    private void BeginStop(Stop stop)
    {
        _failure = new Refused(RefuseReason.Unavailable, "The node is stopping");
        _stoppers.Add(Sender);
        if (_running is null) Sender.Tell(Stopped.Instance);
        else _running.Tell(stop);
    }

    private IdentityStatus Status() => new(_isReady, _isReady ? "" : _failure.Detail, _isWrongMasterKey);

    private void Forward(object message)
    {
        if (_running is not null && _stoppers.Count == 0) _running.Forward(message);
        else Sender.Tell(_failure);
    }

    /// <summary>Answered by <see cref="IdentityStatus"/> when it is ready, or never will be.</summary>
    public sealed record AwaitReady
    {
        public static readonly AwaitReady Instance = new();
    }

    /// <summary>Answered by <see cref="IdentityStatus"/> at once.</summary>
    public sealed record GetStatus
    {
        public static readonly GetStatus Instance = new();
    }

    /// <param name="Detail">Why it does not serve; empty when it does.</param>
    public sealed record IdentityStatus(bool IsReady, string Detail, bool IsWrongMasterKey);

    /// <summary>Finish and stop. Answered by <see cref="Stopped"/>.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    public sealed record Stopped
    {
        public static readonly Stopped Instance = new();
    }

    /// <summary>From the child: it has recovered and serves.</summary>
    public sealed record Ready
    {
        public static readonly Ready Instance = new();
    }

    /// <summary>From the child: it is about to stop, because of this.</summary>
    /// <param name="IsFinal">It never will serve with these settings and this master key.</param>
    public sealed record Failing(Refused Failure, bool IsFinal, bool IsWrongMasterKey);

    private sealed record Start
    {
        public static readonly Start Instance = new();
    }
}
