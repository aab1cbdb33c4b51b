using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Streams.Implementation;

/// <summary>
/// Runs one island, and what its stages materialize onto the same actor. It stops itself when all of them are
/// completed. Stopped from outside, or crashed, it stops the stages that still run; they then report an abrupt
/// termination.
/// </summary>
internal sealed class IslandActor : ActorBase
{
    private readonly List<IslandHost> _hosts = [];
    private readonly Queue<IslandHost> _starting = new();

    private IslandActor(IslandHost first) => _starting.Enqueue(first);

    /// <summary>Has another island run on this actor. Only from the actor's own stages.</summary>
    public void Add(IslandHost host) => _starting.Enqueue(host);

    protected override void PreStart() => StartNew();

    protected override void PostStop()
    {
        foreach (var host in _hosts) host.Finish();
        foreach (var host in _starting) host.Abort();
    }

    protected override void PostRestart(Exception reason) =>
        throw new Pattern.IllegalStateException("This actor cannot be restarted");

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case AsyncInput input:
                var interpreter = input.Logic.Interpreter;
                interpreter.Run(input);
                Continue((IslandHost)interpreter.Host);
                break;
            case IslandHost suspended:
                Continue(suspended);
                break;
            default:
                return false;
        }

        StartNew();
        return true;
    }

    private void StartNew()
    {
        while (_starting.TryDequeue(out var host))
        {
            _hosts.Add(host);
            host.Start(this, Self);
            Continue(host);
        }
    }

    private void Continue(IslandHost host)
    {
        if (host.Interpreter.Execute(host.EventLimit) <= 0 && host.Interpreter.IsSuspended)
        {
            // Others get their turn before it goes on.
            Self.Tell(host, ActorRefs.NoSender);
            return;
        }

        if (!host.Interpreter.IsCompleted) return;
        _hosts.Remove(host);
        if (_hosts.Count == 0 && _starting.Count == 0) Context.Stop(Self);
    }

    public sealed class Producer(IslandHost host) : IIndirectActorProducer
    {
        public Type ActorType => typeof(IslandActor);

        public ActorBase Produce() => new IslandActor(host);

        public void Release(ActorBase actor)
        {
        }
    }
}

/// <summary>
/// Stands between an island's interpreter and the actor that runs it, from before the actor exists: what comes for
/// the stages until then is kept.
/// </summary>
internal sealed class IslandHost : IInterpreterHost, INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    private readonly ActorMaterializerImpl _materializer;
    private readonly CallbackGate<AsyncInput> _early = new();
    private IslandActor? _actor;
    private IActorRef? _self;

    public IslandHost(ActorMaterializerImpl materializer, Island island)
    {
        _materializer = materializer;
        EventLimit = island.Attributes.GetAttribute<ActorAttributes.SyncProcessingLimit>()?.Limit
            ?? materializer.Settings.SyncProcessingLimit;
        Interpreter = island.NewInterpreter(this);
    }

    public GraphInterpreter Interpreter { get; }

    /// <summary>Events to process in a row before other messages are looked at.</summary>
    public int EventLimit { get; }

    public IMaterializer Materializer => _materializer;

    public IMaterializer SubFusingMaterializer => new SubFusingMaterializer(_materializer, _actor!);

    public ILoggingAdapter Log => _materializer.Logger;

    public IActorRef Self => _self ?? ActorRefs.Nobody;

    public void Enqueue(AsyncInput input)
    {
        if (Volatile.Read(ref _self) is { } self) self.Tell(input, ActorRefs.NoSender);
        else _early.Invoke(input);
    }

    public void Start(IslandActor actor, IActorRef self)
    {
        _actor = actor;
        _early.Open(input => self.Tell(input, ActorRefs.NoSender));
        Volatile.Write(ref _self, self);
        Interpreter.Start();
    }

    public void Finish() => Interpreter.Finish();

    /// <summary>Stops the stages though they were never started.</summary>
    public void Abort()
    {
        _early.Close();
        Interpreter.Finish();
    }
}

/// <summary>Materializes onto the actor of the stage that uses it; further islands get their own.</summary>
internal sealed class SubFusingMaterializer : IMaterializer, IMaterializerLoggingProvider
{
    private readonly ActorMaterializerImpl _outer;
    private readonly IslandActor _actor;

    public SubFusingMaterializer(ActorMaterializerImpl outer, IslandActor actor)
    {
        _outer = outer;
        _actor = actor;
    }

    public ActorMaterializer Outer => _outer;

    public MessageDispatcher ExecutionContext => _outer.ExecutionContext;

    public IMaterializer WithNamePrefix(string namePrefix) =>
        new SubFusingMaterializer((ActorMaterializerImpl)_outer.WithNamePrefix(namePrefix), _actor);

    public TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable) => Materialize(runnable, Attributes.None);

    public TMat Materialize<TMat>(IGraph<ClosedShape, TMat> runnable, Attributes initialAttributes)
    {
        var plan = new MaterializationPlan(_outer);
        var effective = _outer.Settings.ToAttributes().And(initialAttributes);
        var built = runnable.Module.Build(plan, effective, island: null);
        var name = _outer.NextFlowName();
        _actor.Add(new IslandHost(_outer, plan.Islands[0]));
        for (var i = 1; i < plan.Islands.Count; i++) _outer.Start(plan.Islands[i], $"{name}-{i}");
        return (TMat)built.Value!;
    }

    public ICancelable ScheduleOnce(TimeSpan delay, Action action) => _outer.ScheduleOnce(delay, action);

    public ICancelable ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        _outer.ScheduleRepeatedly(initialDelay, interval, action);

    public ILoggingAdapter MakeLogger(object logSource) => _outer.MakeLogger(logSource);
}
