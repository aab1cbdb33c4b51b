using Akka.Streams.Implementation;

namespace Akka.Streams.Stage;

/// <summary>What a stage does when something happens at one of its inlets.</summary>
public interface IInHandler
{
    /// <summary>An element can be grabbed.</summary>
    void OnPush();

    /// <summary>No element will come any more.</summary>
    void OnUpstreamFinish();

    /// <summary>No element will come any more, because of this.</summary>
    void OnUpstreamFailure(Exception e);
}

/// <summary>What a stage does when something happens at one of its outlets.</summary>
public interface IOutHandler
{
    /// <summary>One element may be pushed.</summary>
    void OnPull();

    /// <summary>No element is wanted any more.</summary>
    void OnDownstreamFinish(Exception cause);
}

/// <summary>Ends the stage when the inlet's upstream ends.</summary>
public abstract class InHandler : IInHandler
{
    public abstract void OnPush();

    public virtual void OnUpstreamFinish() => GraphInterpreter.Current.ActiveStage.CompleteStage();

    public virtual void OnUpstreamFailure(Exception e) => GraphInterpreter.Current.ActiveStage.FailStage(e);
}

/// <summary>Ends the stage when the outlet's downstream cancels.</summary>
public abstract class OutHandler : IOutHandler
{
    public abstract void OnPull();

    public virtual void OnDownstreamFinish(Exception cause) =>
        GraphInterpreter.Current.ActiveStage.InternalOnDownstreamFinish(cause);
}

/// <summary>Both handlers in one object.</summary>
public abstract class InAndOutHandler : IInHandler, IOutHandler
{
    public abstract void OnPush();

    public virtual void OnUpstreamFinish() => GraphInterpreter.Current.ActiveStage.CompleteStage();

    public virtual void OnUpstreamFailure(Exception e) => GraphInterpreter.Current.ActiveStage.FailStage(e);

    public abstract void OnPull();

    public virtual void OnDownstreamFinish(Exception cause) =>
        GraphInterpreter.Current.ActiveStage.InternalOnDownstreamFinish(cause);
}

/// <summary>A logic that handles its one inlet itself.</summary>
public abstract class InGraphStageLogic : GraphStageLogic, IInHandler
{
    protected InGraphStageLogic(int inCount, int outCount)
        : base(inCount, outCount)
    {
    }

    protected InGraphStageLogic(Shape shape)
        : base(shape)
    {
    }

    public abstract void OnPush();

    public virtual void OnUpstreamFinish() => CompleteStage();

    public virtual void OnUpstreamFailure(Exception e) => FailStage(e);
}

/// <summary>A logic that handles its one outlet itself.</summary>
public abstract class OutGraphStageLogic : GraphStageLogic, IOutHandler
{
    protected OutGraphStageLogic(int inCount, int outCount)
        : base(inCount, outCount)
    {
    }

    protected OutGraphStageLogic(Shape shape)
        : base(shape)
    {
    }

    public abstract void OnPull();

    public virtual void OnDownstreamFinish(Exception cause) => InternalOnDownstreamFinish(cause);
}

/// <summary>A logic that handles its inlet and its outlet itself.</summary>
public abstract class InAndOutGraphStageLogic : GraphStageLogic, IInHandler, IOutHandler
{
    protected InAndOutGraphStageLogic(int inCount, int outCount)
        : base(inCount, outCount)
    {
    }

    protected InAndOutGraphStageLogic(Shape shape)
        : base(shape)
    {
    }

    public abstract void OnPush();

    public virtual void OnUpstreamFinish() => CompleteStage();

    public virtual void OnUpstreamFailure(Exception e) => FailStage(e);

    public abstract void OnPull();

    public virtual void OnDownstreamFinish(Exception cause) => InternalOnDownstreamFinish(cause);
}

/// <summary>Ends the stage with its upstream.</summary>
public sealed class EagerTerminateInput : InHandler
{
    public static readonly EagerTerminateInput Instance = new();

    private EagerTerminateInput()
    {
    }

    public override void OnPush()
    {
    }
}

/// <summary>Keeps the stage when its upstream completes; fails with it.</summary>
public sealed class IgnoreTerminateInput : InHandler
{
    public static readonly IgnoreTerminateInput Instance = new();

    private IgnoreTerminateInput()
    {
    }

    public override void OnPush()
    {
    }

    public override void OnUpstreamFinish()
    {
    }
}

/// <summary>Ends the stage with its upstream where the condition holds then.</summary>
public class ConditionalTerminateInput : InHandler
{
    private readonly Func<bool> _predicate;

    public ConditionalTerminateInput(Func<bool> predicate) => _predicate = predicate;

    public override void OnPush()
    {
    }

    public override void OnUpstreamFinish()
    {
        if (_predicate()) GraphInterpreter.Current.ActiveStage.CompleteStage();
    }
}

/// <summary>Keeps the stage however its upstream ends.</summary>
public sealed class TotallyIgnorantInput : InHandler
{
    public static readonly TotallyIgnorantInput Instance = new();

    private TotallyIgnorantInput()
    {
    }

    public override void OnPush()
    {
    }

    public override void OnUpstreamFinish()
    {
    }

    public override void OnUpstreamFailure(Exception e)
    {
    }
}

/// <summary>Ends the stage with its downstream.</summary>
public sealed class EagerTerminateOutput : OutHandler
{
    public static readonly EagerTerminateOutput Instance = new();

    private EagerTerminateOutput()
    {
    }

    public override void OnPull()
    {
    }
}

/// <summary>Keeps the stage when its downstream cancels.</summary>
public sealed class IgnoreTerminateOutput : OutHandler
{
    public static readonly IgnoreTerminateOutput Instance = new();

    private IgnoreTerminateOutput()
    {
    }

    public override void OnPull()
    {
    }

    public override void OnDownstreamFinish(Exception cause)
    {
    }
}

/// <summary>Ends the stage with its downstream where the condition holds then.</summary>
public class ConditionalTerminateOutput : OutHandler
{
    private readonly Func<bool> _predicate;

    public ConditionalTerminateOutput(Func<bool> predicate) => _predicate = predicate;

    public override void OnPull()
    {
    }

    public override void OnDownstreamFinish(Exception cause)
    {
        if (_predicate()) GraphInterpreter.Current.ActiveStage.CompleteStage();
    }
}
