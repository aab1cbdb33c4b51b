using Akka.Actor;
using Akka.Event;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

// Keeps one persistent actor of the index alive. It owns no data. When its child stops, because the journal or the
// catalog failed, it starts it again after a pause that doubles with every failure; meanwhile it answers commands with
// the reason, and also those that the child took with it to its end. A shard's keeper is the entity that cluster
// sharding starts and stops.
internal sealed class KeeperActor : ReceiveActor, IWithTimers
{
    private readonly int _shard;
    private readonly Props _child;
    private readonly IndexSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _awaitReady = [];
    private readonly List<IActorRef> _stoppers = [];
    private readonly HashSet<BucketId> _closed = [];
    private Failed _failure = new(FailReason.Unavailable, "The index is starting");
    private IActorRef? _running;
    private IActorRef? _last;
    private TimeSpan _pause;
    private bool _isReady;
    private bool _isFinal;

    public KeeperActor(int shard, Props child, IndexSettings settings)
    {
        (_shard, _child, _settings, _pause) = (shard, child, settings, settings.RestartBackoffMin);
        Receive<ShardProtocol.GetStatus>(_ => Sender.Tell(Status()));
        Receive<ShardProtocol.Ready>(_ =>
        {
            _isReady = true;
            _pause = _settings.RestartBackoffMin;
            AnswerWaiters();
        });
        Receive<ShardProtocol.AwaitReady>(_ =>
        {
            if (_isReady || _isFinal) Sender.Tell(Status());
            else _awaitReady.Add(Sender);
        });
        Receive<ShardProtocol.Failing>(failing =>
            (_failure, _isReady, _isFinal) = (failing.Failure, false, failing.IsFinal));
        Receive<ShardProtocol.Stop>(stop => Stop(stop));
        Receive<Terminated>(_ => ChildStopped());
        Receive<Start>(_ => StartChild());
        Receive<DeadLetter>(letter =>
        {
            if (letter.Message is IKeyCommand or BucketProtocol.ICommand && letter.Recipient.Equals(_last))
                letter.Sender.Tell(_failure);
        });
        Receive<ShardProtocol.CloseBucket>(close =>
        {
            if (_running is not null) _closed.Add(close.Bucket);
            Forward(close);
        });
        Receive<ShardProtocol.OpenBucket>(open =>
        {
            _closed.Remove(open.Bucket);
            _running?.Forward(open);
        });
        Receive<ShardProtocol.OpenBuckets>(open =>
        {
            _closed.Clear();
            _running?.Forward(open);
        });
        ReceiveAny(Forward);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private string Name => _shard == IndexSystem.BucketsShard ? "The keeper of buckets" : $"Shard {_shard}";

    /// <param name="shard">Which shard it keeps, or <see cref="IndexSystem.BucketsShard"/>.</param>
    public static Props Props(int shard, Props child, IndexSettings settings) =>
        Akka.Actor.Props.Create(() => new KeeperActor(shard, child, settings));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        _failure = IndexFailures.Of($"{Name} has failed", failure);
        return Directive.Stop;
    });

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        StartChild();
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void StartChild()
    {
        if (_stoppers.Count > 0) return;
        _running = _last = Context.Watch(Context.ActorOf(_child));

        // It comes before all commands: what is closed stays so while it is decided whether the bucket is deleted.
        foreach (var bucket in _closed)
            _running.Tell(new ShardProtocol.CloseBucket(_shard, bucket), ActorRefs.Nobody);
    }

    private void ChildStopped()
    {
        (_running, _isReady) = (null, false);
        if (_stoppers.Count > 0)
        {
            AnswerStoppers();
            return;
        }

        if (_isFinal)
        {
            AnswerWaiters();
            return;
        }

        _log.Warning("{0} has stopped and starts again in {1}: {2}", Name, _pause, _failure.Detail);
        Timers.StartSingleTimer(Start.Instance, Start.Instance, _pause);
        var doubled = _pause * 2;
        _pause = doubled < _settings.RestartBackoffMax ? doubled : _settings.RestartBackoffMax;
    }

    private void AnswerWaiters()
    {
        foreach (var waiter in _awaitReady) waiter.Tell(Status());
        _awaitReady.Clear();
    }

    private void Stop(ShardProtocol.Stop stop)
    {
        _stoppers.Add(Sender);
        if (_running is null) AnswerStoppers();
        else _running.Tell(stop);
    }

    private void AnswerStoppers()
    {
        foreach (var stopper in _stoppers) stopper.Tell(new ShardProtocol.Stopped(_shard));
    }

    private ShardProtocol.Status Status() => new(_shard, _isReady, _isReady ? "" : _failure.Detail, _isFinal);

    private void Forward(object message)
    {
        if (_running is not null) _running.Forward(message);
        else Sender.Tell(_failure);
    }

    private sealed record Start
    {
        public static readonly Start Instance = new();
    }
}
