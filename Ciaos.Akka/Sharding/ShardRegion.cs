using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Util;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Passes messages on to the entities that they are for, and starts those as needed. An entity's path is
/// region/shard/entity, its identifiers percent-encoded.
/// </summary>
// Owns the table of entities. A message for one that runs costs one look-up and goes straight to it; only starts and
// stops go through the shard, the entity's parent. What comes while an entity starts or stops waits here, in order. All
// waits until this node is a member of the cluster. When the region stops or fails, its entities stop with it.
public sealed class ShardRegion : ActorBase, IWithTimers
{
    private readonly ShardRegionConfig _config;
    private readonly IMessageExtractor _extractor;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, ShardEntity> _entities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IActorRef> _shards = new(StringComparer.Ordinal);
    private readonly Queue<(object Message, IActorRef Sender)> _waitingForCluster = new();
    private readonly int _bufferSize;
    private int _buffered;
    private int _tick;
    private bool _isMember;
    private bool _isShuttingDown;

    internal ShardRegion(ShardRegionConfig config)
    {
        _config = config;
        _extractor = config.MessageExtractor;
        _bufferSize = config.Settings.TuningParameters.BufferSize;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        var self = Self;
        _cluster.RegisterOnMemberUp(() => self.Tell(Signal.MemberUp, ActorRefs.NoSender));
        _cluster.RegisterOnMemberRemoved(() => self.Tell(Signal.MemberRemoved, ActorRefs.NoSender));
        var idleAfter = _config.Settings.PassivateIdleEntityAfter;
        if (idleAfter > TimeSpan.Zero) Timers.StartPeriodicTimer(Signal.Tick, Signal.Tick, idleAfter / 2);
    }

    protected override void PostStop()
    {
        foreach (var (message, sender) in _waitingForCluster) Drop(message, sender);
        foreach (var entity in _entities.Values) DropWaiting(entity);
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Shard.Report report:
                if (_entities.TryGetValue(report.EntityId, out var entity)) Handle(report, entity);
                return true;
            case Signal signal:
                Handle(signal);
                return true;
            case GracefulShutdown:
                ShutDown();
                return true;
            case IShardRegionQuery query:
                return Answer(query);
            case StartEntity start:
                if (Find(start.EntityId, start) is null) Drop(start, Sender);
                return true;
            default:
                return Deliver(message, Sender);
        }
    }

    private bool Deliver(object message, IActorRef sender)
    {
        if (!_isMember) return Wait(_waitingForCluster, message, sender);
        var id = _extractor.EntityId(message);
        if (id is null)
        {
            _log.Warning("{0}: Message does not have an extractor defined in shard so it was ignored: {1}",
                _config.TypeName, message);
            return false;
        }
        if (Find(id, message) is not { } entity || _extractor.EntityMessage(message) is not { } payload)
        {
            Drop(message, sender);
            return true;
        }
        if (entity.Ref is null || entity.IsStopping) return Wait(entity.Waiting, payload, sender);
        entity.LastTick = _tick;
        entity.Ref.Tell(payload, sender);
        return true;
    }

    // The entity, which is started if it is not there. Null if that cannot be done.
    private ShardEntity? Find(string id, object message)
    {
        if (_entities.TryGetValue(id, out var entity)) return entity;
        if (_isShuttingDown) return null;
        var shardId = id.Length == 0 ? "" : _extractor.ShardId(id, message);
        if (string.IsNullOrEmpty(shardId))
        {
            _log.Warning("{0}: {1} must not be empty, dropping message [{2}]",
                _config.TypeName, id.Length == 0 ? "Id" : "Shard", message.GetType());
            return null;
        }
        entity = new ShardEntity(id, shardId);
        _entities.Add(id, entity);
        Start(entity);
        return entity;
    }

    private void Start(ShardEntity entity)
    {
        if (!_shards.TryGetValue(entity.ShardId, out var shard))
        {
            var (self, entityProps) = (Self, _config.EntityProps);
            shard = Context.ActorOf(
                Props.Create(() => new Shard(self, entityProps)), Uri.EscapeDataString(entity.ShardId));
            _shards.Add(entity.ShardId, shard);
        }
        shard.Tell(new Shard.Start(entity.Id));
    }

    private void Handle(Shard.Report report, ShardEntity entity)
    {
        switch (report)
        {
            case Shard.Started started:
                entity.Ref = started.Entity;
                entity.LastTick = _tick;
                DeliverWaiting(entity, started.Entity);
                if (_isShuttingDown) Stop(entity, _config.HandOffStopMessage);
                break;
            case Shard.Failed failed:
                _log.Error(failed.Cause, "{0}: Entity [{1}] cannot be started", _config.TypeName, entity.Id);
                Remove(entity);
                break;
            case Shard.WantsToStop wish when wish.Entity.Equals(entity.Ref):
                Stop(entity, wish.StopMessage);
                break;
            case Shard.Stopped stopped when stopped.Entity.Equals(entity.Ref):
                (entity.Ref, entity.IsStopping) = (null, false);
                if (entity.Waiting.Count > 0 && !_isShuttingDown) Start(entity);
                else Remove(entity);
                break;
        }
    }

    private void DeliverWaiting(ShardEntity entity, IActorRef actor)
    {
        _buffered -= entity.Waiting.Count;
        while (entity.Waiting.TryDequeue(out var waiting)) actor.Tell(waiting.Message, waiting.Sender);
    }

    private static void Stop(ShardEntity entity, object stopMessage)
    {
        if (entity.Ref is null || entity.IsStopping) return;
        entity.IsStopping = true;
        entity.Ref.Tell(stopMessage, ActorRefs.NoSender);
    }

    private void Remove(ShardEntity entity)
    {
        DropWaiting(entity);
        _entities.Remove(entity.Id);
        if (_isShuttingDown && _entities.Count == 0) Context.Stop(Self);
    }

    private void Handle(Signal signal)
    {
        if (signal == Signal.MemberUp && !_isMember)
        {
            _isMember = true;
            _buffered -= _waitingForCluster.Count;
            while (_waitingForCluster.TryDequeue(out var waiting))
            {
                if (!Deliver(waiting.Message, waiting.Sender)) Unhandled(waiting.Message);
            }
        }
        else if (signal == Signal.Tick)
        {
            _tick++;
            foreach (var entity in _entities.Values)
            {
                if (_tick - entity.LastTick >= 2) Stop(entity, _config.HandOffStopMessage);
            }
        }
        else if (signal == Signal.ShutdownTimeout)
        {
            _log.Warning("{0}: {1} entities did not stop within {2}, stopping them now",
                _config.TypeName, _entities.Count, _config.Settings.TuningParameters.HandOffTimeout);
            Context.Stop(Self);
        }
        else if (signal == Signal.MemberRemoved)
        {
            Context.Stop(Self);
        }
    }

    private void ShutDown()
    {
        if (_isShuttingDown) return;
        _isShuttingDown = true;
        foreach (var entity in _entities.Values) Stop(entity, _config.HandOffStopMessage);
        if (_entities.Count == 0) Context.Stop(Self);
        else Timers.StartSingleTimer(
            Signal.ShutdownTimeout, Signal.ShutdownTimeout, _config.Settings.TuningParameters.HandOffTimeout);
    }

    private bool Answer(IShardRegionQuery query)
    {
        object? answer = query switch
        {
            GetShardRegionState => new CurrentShardRegionState(
                EntitiesByShard().Select(StateOf).ToImmutableHashSet(), []),
            GetShardRegionStats => Stats(),
            GetCurrentRegions => new CurrentRegions(ImmutableHashSet.Create(_cluster.SelfAddress)),
            GetClusterShardingStats => new ClusterShardingStats(
                ImmutableDictionary<Address, ShardRegionStats>.Empty.Add(_cluster.SelfAddress, Stats())),
            GetEntityLocation location => Locate(location),
            _ => null,
        };
        if (answer is not null) Sender.Tell(answer);
        return answer is not null;
    }

    private static ShardState StateOf(IGrouping<string, ShardEntity> shard) =>
        new(shard.Key, shard.Select(e => e.Id).ToImmutableHashSet(StringComparer.Ordinal));

    private ShardRegionStats Stats() => new(
        EntitiesByShard().ToImmutableDictionary(s => s.Key, s => s.Count(), StringComparer.Ordinal), []);

    private EntityLocation Locate(GetEntityLocation location)
    {
        var actor = _entities.GetValueOrDefault(location.EntityId)?.Ref;
        return new EntityLocation(location.EntityId, _extractor.ShardId(location.EntityId), _cluster.SelfAddress,
            actor is null ? Option<IActorRef>.None : Option<IActorRef>.Create(actor));
    }

    private ILookup<string, ShardEntity> EntitiesByShard() =>
        _entities.Values.ToLookup(e => e.ShardId, StringComparer.Ordinal);

    private bool Wait(Queue<(object Message, IActorRef Sender)> queue, object message, IActorRef sender)
    {
        if (_buffered >= _bufferSize)
        {
            _log.Warning("{0}: Buffer is full, dropping message [{1}]", _config.TypeName, message.GetType());
            Drop(message, sender);
            return true;
        }
        _buffered++;
        queue.Enqueue((message, sender));
        return true;
    }

    private void DropWaiting(ShardEntity entity)
    {
        _buffered -= entity.Waiting.Count;
        while (entity.Waiting.TryDequeue(out var waiting)) Drop(waiting.Message, waiting.Sender);
    }

    private void Drop(object message, IActorRef sender) => Context.System.DeadLetters.Tell(message, sender);

    /// <summary>Starts an entity without a message for it.</summary>
    public sealed class StartEntity : IClusterShardingSerializable, IEquatable<StartEntity>
    {
        public readonly string EntityId;

        public StartEntity(string entityId)
        {
            EntityId = entityId;
        }

        public bool Equals(StartEntity? other) =>
            other is not null && string.Equals(EntityId, other.EntityId, StringComparison.Ordinal);

        public override bool Equals(object? obj) => Equals(obj as StartEntity);

        public override int GetHashCode() => EntityId.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => $"StartEntity({EntityId})";
    }

    // What happens to the region, as opposed to messages for its entities.
    private sealed class Signal : IDeadLetterSuppression
    {
        public static readonly Signal MemberUp = new();
        public static readonly Signal MemberRemoved = new();
        public static readonly Signal Tick = new();
        public static readonly Signal ShutdownTimeout = new();
    }
}
