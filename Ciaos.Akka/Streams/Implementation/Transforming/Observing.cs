using Akka.Actor;
using Akka.Event;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>Gives out a task that ends as the stream does at this point.</summary>
internal sealed class TerminationWatcher<T> : GraphStageWithMaterializedValue<FlowShape<T, T>, Task<Done>>
{
    private readonly Inlet<T> _in = new("TerminationWatcher.in");
    private readonly Outlet<T> _out = new("TerminationWatcher.out");

    public TerminationWatcher() => Shape = new FlowShape<T, T>(_in, _out);

    public override FlowShape<T, T> Shape { get; }

    protected override Attributes InitialAttributes { get; } = Attributes.CreateName("terminationWatcher");

    public override ILogicAndMaterializedValue<Task<Done>> CreateLogicAndMaterializedValue(
        Attributes inheritedAttributes)
    {
        var promise = StageAttributes.NewPromise<Done>();
        return new LogicAndMaterializedValue<Task<Done>>(new Logic(this, promise), promise.Task);
    }

    public override string ToString() => "TerminationWatcher";

    private sealed class Logic : InAndOutGraphStageLogic
    {
        private readonly TerminationWatcher<T> _stage;
        private readonly TaskCompletionSource<Done> _promise;

        public Logic(TerminationWatcher<T> stage, TaskCompletionSource<Done> promise)
            : base(stage.Shape)
        {
            _stage = stage;
            _promise = promise;
            SetHandlers(stage._in, stage._out, this);
        }

        public override void PostStop() => _promise.TrySetException(new AbruptStageTerminationException(this));

        public override void OnPush() => Push(_stage._out, Grab(_stage._in));

        public override void OnPull() => Pull(_stage._in);

        public override void OnUpstreamFinish()
        {
            _promise.TrySetResult(Done.Instance);
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            _promise.TrySetException(e);
            FailStage(e);
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            if (cause is SubscriptionWithCancelException.NonFailureCancellation)
                _promise.TrySetResult(Done.Instance);
            else _promise.TrySetException(cause);
            base.OnDownstreamFinish(cause);
        }
    }
}

/// <summary>Fails when an actor dies.</summary>
internal sealed class Watch<T>(IActorRef target) : LinearStage<T, T>("Watch")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, target);

    private sealed class Logic(Watch<T> stage, IActorRef target) : LinearLogic<T, T>(stage)
    {
        public override void PreStart() => GetStageActor(received =>
        {
            if (received.Item2 is Terminated terminated && terminated.ActorRef.Equals(target))
                FailStage(new WatchedActorTerminatedException("Watch", target));
        }).Watch(target);

        public override void OnPush() => Push(Out, Grab(In));
    }
}

/// <summary>Logs elements, and how the stream ends, at the levels that its attributes say.</summary>
internal sealed class Log<T>(string name, Func<T, object>? extract, ILoggingAdapter? adapter, LogLevel defaultLevel)
    : LinearStage<T, T>("Log")
{
    private string LogName => name;

    private Func<T, object>? Extract => extract;

    private ILoggingAdapter? Adapter => adapter;

    private LogLevel DefaultLevel => defaultLevel;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, inheritedAttributes);

    private sealed class Logic(Log<T> stage, Attributes attributes) : LinearLogic<T, T>(stage)
    {
        private ILoggingAdapter _log = null!;
        private Attributes.LogLevels _levels = null!;

        public override void PreStart()
        {
            _log = stage.Adapter ?? base.Log;
            _levels = attributes.GetAttribute(
                new Attributes.LogLevels(stage.DefaultLevel, stage.DefaultLevel, LogLevel.ErrorLevel));
        }

        public override void OnPush()
        {
            var element = Grab(In);
            if (_levels.OnElement != Attributes.LogLevels.Off)
            {
                var shown = stage.Extract is null ? element : stage.Extract(element);
                _log.Log(_levels.OnElement, null, "[{0}] Element: {1}", stage.LogName, shown!);
            }

            Push(Out, element);
        }

        public override void OnUpstreamFinish()
        {
            if (_levels.OnFinish != Attributes.LogLevels.Off)
                _log.Log(_levels.OnFinish, null, "[{0}] Upstream finished.", stage.LogName);
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            if (_levels.OnFailure == LogLevel.ErrorLevel)
            {
                _log.Error(e, "[{0}] Upstream failed.", stage.LogName);
            }
            else if (_levels.OnFailure != Attributes.LogLevels.Off)
            {
                const string Format = "[{0}] Upstream failed, cause: {1} {2}";
                _log.Log(_levels.OnFailure, null, Format, stage.LogName, e.GetType(), e.Message);
            }

            FailStage(e);
        }

        public override void OnDownstreamFinish(Exception cause)
        {
            if (_levels.OnFinish != Attributes.LogLevels.Off)
            {
                const string Format = "[{0}] Downstream finished, cause: {1}: {2}";
                _log.Log(_levels.OnFinish, null, Format, stage.LogName, cause.GetType(), cause.Message);
            }

            base.OnDownstreamFinish(cause);
        }
    }
}
