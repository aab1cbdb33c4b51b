using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Akka.Pattern;

namespace Akka.Streams.Implementation;

/// <summary>
/// Builds graphs and hands their islands to the supervisor, which starts an actor for each. An island that comes when
/// the supervisor has stopped, or is about to, is aborted: its stages stop without having run.
/// </summary>
internal sealed class ActorMaterializerImpl : ActorMaterializer
{
    private readonly Shared _shared;
    private readonly string _namePrefix;
    private readonly Attributes _defaultAttributes;

    private ActorMaterializerImpl(
        ActorSystem system, ActorMaterializerSettings settings, IActorRef supervisor, Shared shared, string namePrefix)
    {
        System = system;
        Settings = settings;
        Supervisor = supervisor;
        _shared = shared;
        _namePrefix = namePrefix;
        _defaultAttributes = settings.ToAttributes();
        Logger = system.Log;
    }

    public override ActorMaterializerSettings Settings { get; }

    public override ActorSystem System { get; }

    public override ILoggingAdapter Logger { get; }

    public override IActorRef Supervisor { get; }

    public override bool IsShutdown => _shared.IsShutdown;

    public override MessageDispatcher ExecutionContext => System.Dispatchers.Lookup(
        Settings.Dispatcher.Length == 0 ? Dispatchers.DefaultDispatcherId : Settings.Dispatcher);

    public static ActorMaterializerImpl Create(
        IActorRefFactory context, ActorSystem system, ActorMaterializerSettings settings, string namePrefix)
    {
        var shared = new Shared();
        var supervisor = context.ActorOf(
            OnDispatcher(StreamSupervisor.Props(shared), settings.Dispatcher), StreamSupervisor.NextName());
        return new ActorMaterializerImpl(system, settings, supervisor, shared, namePrefix);
    }

    public static ActorMaterializer Downcast(IMaterializer materializer) => materializer switch
    {
        ActorMaterializer actorMaterializer => actorMaterializer,
        SubFusingMaterializer sub => sub.Outer,
        _ => throw new ArgumentException(
            $"Expected {typeof(ActorMaterializer)} but got {materializer.GetType()}", nameof(materializer)),
    };

    public static Props OnDispatcher(Props props, string? dispatcher) =>
        string.IsNullOrEmpty(dispatcher) ? props : props.WithDispatcher(dispatcher);

    public override void Shutdown()
    {
        if (_shared.TryShutdown()) Supervisor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
    }

    public override IMaterializer WithNamePrefix(string namePrefix) =>
        new ActorMaterializerImpl(System, Settings, Supervisor, _shared, namePrefix);

    public override ActorMaterializerSettings EffectiveSettings(Attributes attributes)
    {
        var settings = Settings;
        foreach (var attribute in attributes.AttributeList)
        {
            settings = attribute switch
            {
                Attributes.InputBuffer buffer => settings.WithInputBuffer(buffer.Initial, buffer.Max),
                ActorAttributes.Dispatcher dispatcher => settings.WithDispatcher(dispatcher.Name),
                ActorAttributes.SupervisionStrategy strategy => settings.WithSupervisionStrategy(strategy.Decider),
                _ => settings,
            };
        }

        return settings;
    }

    public override TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable) =>
        Materialize(runnable, _defaultAttributes);

    public override TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable, Attributes initialAttributes)
    {
        if (IsShutdown)
            throw new IllegalStateException("Trying to materialize stream after materializer has been shutdown");
        var plan = new MaterializationPlan(this);
        var effective = initialAttributes == _defaultAttributes
            ? initialAttributes
            : _defaultAttributes.And(initialAttributes);
        var built = runnable.Module.Build(plan, effective, island: null);
        var number = _shared.NextNumber();
        for (var i = 0; i < plan.Islands.Count; i++) Start(plan.Islands[i], $"{_namePrefix}-{number}-{i}");
        return (TMat)built.Value!;
    }

    public override IActorRef ActorOf(MaterializationContext context, Props props)
    {
        var dispatcher = context.EffectiveAttributes.GetAttribute<ActorAttributes.Dispatcher>()?.Name;
        var name = $"{_namePrefix}-{_shared.NextNumber()}-{context.StageName}";
        var create = new StreamSupervisor.Materialize(OnDispatcher(props, dispatcher), name);
        return Supervisor.Ask<IActorRef>(create, TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
    }

    public override ILoggingAdapter MakeLogger(object logSource) => Logging.GetLogger(System, logSource);

    public override ICancelable ScheduleOnce(TimeSpan delay, Action action) =>
        System.Scheduler.Advanced.ScheduleOnceCancelable(delay, action);

    public override ICancelable ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        System.Scheduler.Advanced.ScheduleRepeatedlyCancelable(initialDelay, interval, action);

    /// <summary>Has an actor run the island.</summary>
    public void Start(Island island, string name)
    {
        var host = new IslandHost(this, island);
        var firstStage = island.Logics.Count == 0 ? null : island.Logics[0].Attributes.GetNameLifted();
        var fullName = string.IsNullOrEmpty(firstStage) ? name : $"{name}-{firstStage}";
        var dispatcher = island.Attributes.GetAttribute<ActorAttributes.Dispatcher>()?.Name;
        _shared.Pending.Enqueue(new PendingIsland(host, fullName, dispatcher));
        Supervisor.Tell(StreamSupervisor.StartPending.Instance, ActorRefs.NoSender);
        if (_shared.IsStopped) _shared.AbortPending();
    }

    /// <summary>The counter that names streams, for those that run on another stream's actor.</summary>
    public string NextFlowName() => $"{_namePrefix}-{_shared.NextNumber()}";

    public readonly record struct PendingIsland(IslandHost Host, string Name, string? Dispatcher);

    /// <summary>What a materializer, its differently named copies and its supervisor have in common.</summary>
    public sealed class Shared
    {
        private int _isShutdown;
        private int _isStopped;
        private long _lastNumber;

        public ConcurrentQueue<PendingIsland> Pending { get; } = new();

        public bool IsShutdown => Volatile.Read(ref _isShutdown) == 1;

        /// <summary>The supervisor will start nothing any more.</summary>
        public bool IsStopped => Volatile.Read(ref _isStopped) == 1;

        public bool TryShutdown() => Interlocked.Exchange(ref _isShutdown, 1) == 0;

        public long NextNumber() => Interlocked.Increment(ref _lastNumber);

        public void Stop()
        {
            Interlocked.Exchange(ref _isShutdown, 1);
            Interlocked.Exchange(ref _isStopped, 1);
            AbortPending();
        }

        public void AbortPending()
        {
            while (Pending.TryDequeue(out var island)) island.Host.Abort();
        }
    }
}
