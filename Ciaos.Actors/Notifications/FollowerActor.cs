using Akka.Actor;
using Akka.Event;

namespace Ciaos.Actors.Notifications;

// Owns the telling of one webhook: takes steps, one at a time on the thread pool, as long as there is something to
// tell; then waits until it is told that there may be more. When the webhook does not take what it was sent, or journal
// or disk fail, it tries again after a pause that doubles with every failure. Others are not held up. It stops when the
// bucket does not have the webhook any more.
internal sealed class FollowerActor : ReceiveActor, IWithTimers, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly WebhookFollower _follower;
    private readonly NotificationSettings _settings;
    private TimeSpan _pause;
    private bool _isRunning;
    private bool _isWaiting;
    private bool _mayHaveMore;

    public FollowerActor(WebhookFollower follower, NotificationSettings settings)
    {
        (_follower, _settings, _pause) = (follower, settings, settings.RetryMin);
        Receive<Grown>(_ =>
        {
            _mayHaveMore = true;
            Continue();
        });
        Receive<Retry>(_ =>
        {
            _isWaiting = false;
            Continue();
        });
        Receive<Stepped>(End);
        Receive<Stop>(_ =>
        {
            _stop.Cancel();
            if (!_isRunning) Context.Stop(Self);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(WebhookFollower follower, NotificationSettings settings) =>
        Akka.Actor.Props.Create(() => new FollowerActor(follower, settings));

    protected override void PostStop()
    {
        _stop.Cancel();
        Dispose();
    }

    public void Dispose() => _stop.Dispose();

    private void Continue()
    {
        if (_isRunning || _isWaiting || !_mayHaveMore) return;
        (_isRunning, _mayHaveMore) = (true, false);
        var stop = _stop.Token;
        _ = Task.Run(() => _follower.StepAsync(stop)).PipeTo(
            Self, Self, outcome => new Stepped(outcome, null), failure => new Stepped(default, failure));
    }

    private void End(Stepped stepped)
    {
        _isRunning = false;
        if (_stop.IsCancellationRequested || (stepped.Failure is null && stepped.Outcome == FollowOutcome.Ended))
        {
            Context.Stop(Self);
        }
        else if (stepped.Failure is not null || stepped.Outcome == FollowOutcome.NotTaken)
        {
            Wait(stepped.Failure?.GetBaseException());
        }
        else
        {
            _pause = _settings.RetryMin;
            _mayHaveMore |= stepped.Outcome == FollowOutcome.More;
            Continue();
        }
    }

    private void Wait(Exception? failure)
    {
        (_isWaiting, _mayHaveMore) = (true, true);
        _log.Warning(
            "Webhook {0} is tried again in {1}: {2}", _follower.Id, _pause,
            failure?.Message ?? "it has not taken what it was sent");
        Timers.StartSingleTimer(Retry.Instance, Retry.Instance, _pause);
        var doubled = _pause * 2;
        _pause = doubled < _settings.RetryMax ? doubled : _settings.RetryMax;
    }

    /// <summary>There may be something to tell.</summary>
    public sealed record Grown
    {
        public static readonly Grown Instance = new();
    }

    /// <summary>Breaks off what is under way, then the actor stops.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Retry
    {
        public static readonly Retry Instance = new();
    }

    private sealed record Stepped(FollowOutcome Outcome, Exception? Failure);
}
