using Akka.Actor;
using Akka.Event;

namespace Ciaos.Actors.Notifications;

// Looks now and then which webhooks there are and whether something has happened, and has a follower for each webhook,
// so that none waits for another. It owns the followers and the connections to the webhooks. What it asks for is read
// on the thread pool; when that fails, the next look asks again. Where no bucket has webhooks a look is one row of the
// catalog.
internal sealed class NotificationsActor : ReceiveActor, IWithTimers, IDisposable
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<WebhookId, IActorRef> _followers = [];
    private readonly NotificationSource _source;
    private readonly NotificationSettings _settings;
    private readonly Webhooks _webhooks;
    private long _bucketsVersion;
    private long _length = -1;
    private bool _mustList = true;
    private bool _isLooking;
    private bool _isStopping;

    public NotificationsActor(NotificationSource source, NotificationSettings settings)
    {
        (_source, _settings, _webhooks) = (source, settings, new Webhooks(settings));
        Receive<Look>(_ => BeginLook());
        Receive<Looked>(EndLook);
        Receive<Terminated>(Forget);
        Receive<Stop>(_ =>
        {
            _isStopping = true;
            foreach (var follower in _followers.Values) follower.Tell(FollowerActor.Stop.Instance);
            StopWhenDone();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NotificationSource source, NotificationSettings settings) =>
        Akka.Actor.Props.Create(() => new NotificationsActor(source, settings));

    protected override void PreStart() => BeginLook();

    protected override void PostStop() => Dispose();

    public void Dispose()
    {
        _webhooks.Dispose();
        _source.Dispose();
    }

    private void BeginLook()
    {
        if (_isStopping) return;
        _isLooking = true;
        var (known, mustList, hasFollowers) = (_bucketsVersion, _mustList, _followers.Count > 0);
        _mustList = false;
        _ = Task.Run(() =>
        {
            var version = _source.BucketsVersion();
            var webhooks = version == known && !mustList ? null : _source.Webhooks();
            var length = hasFollowers || webhooks is { Count: > 0 } ? _source.Length() : 0;
            return new Looked(version, webhooks, length, null);
        }).PipeTo(Self, Self, failure: failure => new Looked(_bucketsVersion, null, _length, failure));
    }

    private void EndLook(Looked looked)
    {
        _isLooking = false;
        if (_isStopping)
        {
            StopWhenDone();
            return;
        }

        _mustList |= looked.Failure is not null;
        if (looked.Failure?.GetBaseException() is { } failure)
            _log.Warning("It could not be read which webhooks there are: {0}", failure.Message);
        foreach (var webhook in looked.Webhooks ?? [])
        {
            if (!_followers.ContainsKey(webhook))
                _followers[webhook] = Context.Watch(Context.ActorOf(
                    FollowerActor.Props(_source.Follow(webhook, _webhooks.CallAsync, _settings), _settings)));
        }

        if (looked.Webhooks is not null || looked.Length != _length)
            foreach (var follower in _followers.Values) follower.Tell(FollowerActor.Grown.Instance);
        (_bucketsVersion, _length) = (looked.BucketsVersion, looked.Length);
        Timers.StartSingleTimer(Look.Instance, Look.Instance, _settings.PollInterval);
    }

    // The bucket may have got it again while its follower ended: look at all of them.
    private void Forget(Terminated stopped)
    {
        foreach (var (webhook, follower) in _followers)
            if (follower.Equals(stopped.ActorRef)) _followers.Remove(webhook);
        _mustList = true;
        StopWhenDone();
    }

    private void StopWhenDone()
    {
        if (_isStopping && !_isLooking && _followers.Count == 0) Context.Stop(Self);
    }

    /// <summary>Breaks off what is under way; the actor stops when nothing is.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    /// <param name="Webhooks">Null: as before.</param>
    private sealed record Looked(long BucketsVersion, List<WebhookId>? Webhooks, long Length, Exception? Failure);
}
