using Akka.Streams.Stage;
using Akka.Streams.Supervision;

namespace Akka.Streams.Implementation;

/// <summary>A stage with one inlet and one outlet, and nothing to materialize.</summary>
internal abstract class LinearStage<TIn, TOut> : GraphStage<FlowShape<TIn, TOut>>
{
    protected LinearStage(string name)
    {
        In = new Inlet<TIn>($"{name}.in");
        Out = new Outlet<TOut>($"{name}.out");
        Shape = new FlowShape<TIn, TOut>(In, Out);
        InitialAttributes = Attributes.CreateName(char.ToLowerInvariant(name[0]) + name[1..]);
        Name = name;
    }

    public string Name { get; }

    public Inlet<TIn> In { get; }

    public Outlet<TOut> Out { get; }

    public sealed override FlowShape<TIn, TOut> Shape { get; }

    protected sealed override Attributes InitialAttributes { get; }

    public sealed override string ToString() => Name;
}

/// <summary>Handles both ports; passes demand on as it comes unless overridden.</summary>
internal abstract class LinearLogic<TIn, TOut> : InAndOutGraphStageLogic
{
    protected LinearLogic(LinearStage<TIn, TOut> stage)
        : base(1, 1)
    {
        In = stage.In;
        Out = stage.Out;
        SetHandlers(In, Out, this);
    }

    protected Inlet<TIn> In { get; }

    protected Outlet<TOut> Out { get; }

    protected sealed override object LogSource => OriginalStage!.ToString()!;

    public override void OnPull() => Pull(In);
}

/// <summary>A <see cref="LinearLogic{TIn,TOut}"/> with timers.</summary>
internal abstract class LinearTimerLogic<TIn, TOut> : TimerGraphStageLogic, IInHandler, IOutHandler
{
    protected LinearTimerLogic(LinearStage<TIn, TOut> stage)
        : base(stage.Shape)
    {
        In = stage.In;
        Out = stage.Out;
        SetHandler(In, this);
        SetHandler(Out, this);
    }

    protected Inlet<TIn> In { get; }

    protected Outlet<TOut> Out { get; }

    /// <summary>Now, on the scheduler's clock, which never goes back.</summary>
    protected TimeSpan Now => ActorMaterializerImpl.Downcast(Materializer).System.Scheduler.MonotonicClock;

    public abstract void OnPush();

    public virtual void OnUpstreamFinish() => CompleteStage();

    public virtual void OnUpstreamFailure(Exception e) => FailStage(e);

    public virtual void OnPull() => Pull(In);

    public virtual void OnDownstreamFinish(Exception cause) => InternalOnDownstreamFinish(cause);
}

/// <summary>A stage with one outlet, and nothing to materialize.</summary>
internal abstract class SourceStage<TOut> : GraphStage<SourceShape<TOut>>
{
    protected SourceStage(string name)
    {
        Out = new Outlet<TOut>($"{name}.out");
        Shape = new SourceShape<TOut>(Out);
        InitialAttributes = Attributes.CreateName(char.ToLowerInvariant(name[0]) + name[1..]);
        Name = name;
    }

    public string Name { get; }

    public Outlet<TOut> Out { get; }

    public sealed override SourceShape<TOut> Shape { get; }

    protected sealed override Attributes InitialAttributes { get; }

    public sealed override string ToString() => Name;
}

/// <summary>A stage with one outlet and a materialized value.</summary>
internal abstract class SourceStage<TOut, TMat> : GraphStageWithMaterializedValue<SourceShape<TOut>, TMat>
{
    protected SourceStage(string name)
    {
        Out = new Outlet<TOut>($"{name}.out");
        Shape = new SourceShape<TOut>(Out);
        InitialAttributes = Attributes.CreateName(char.ToLowerInvariant(name[0]) + name[1..]);
        Name = name;
    }

    public string Name { get; }

    public Outlet<TOut> Out { get; }

    public sealed override SourceShape<TOut> Shape { get; }

    protected sealed override Attributes InitialAttributes { get; }

    public sealed override string ToString() => Name;
}

/// <summary>A stage with one inlet and a materialized value.</summary>
internal abstract class SinkStage<TIn, TMat> : GraphStageWithMaterializedValue<SinkShape<TIn>, TMat>
{
    protected SinkStage(string name)
    {
        In = new Inlet<TIn>($"{name}.in");
        Shape = new SinkShape<TIn>(In);
        InitialAttributes = Attributes.CreateName(char.ToLowerInvariant(name[0]) + name[1..]);
        Name = name;
    }

    public string Name { get; }

    public Inlet<TIn> In { get; }

    public sealed override SinkShape<TIn> Shape { get; }

    protected sealed override Attributes InitialAttributes { get; }

    public sealed override string ToString() => Name;

    protected static LogicAndMaterializedValue<TMat> Made(GraphStageLogic logic, TMat value) => new(logic, value);
}

internal static class StageAttributes
{
    /// <summary>What to do when the user's function throws.</summary>
    public static Decider GetDecider(this Attributes attributes) =>
        attributes.GetAttribute<ActorAttributes.SupervisionStrategy>()?.Decider ?? Deciders.StoppingDecider;

    /// <summary>The most elements that the stage should hold.</summary>
    public static int GetInputBuffer(this Attributes attributes) =>
        attributes.GetAttribute(new Attributes.InputBuffer(16, 16)).Max;

    public static TaskCompletionSource<T> NewPromise<T>() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
