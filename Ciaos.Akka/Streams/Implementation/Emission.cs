using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>An outlet's handler while elements wait to be emitted through it.</summary>
internal interface IEmission
{
    /// <summary>Completes the outlet after the last of the elements.</summary>
    void AddCompletion();
}

/// <summary>
/// Takes the place of an outlet's handler until all that was to be emitted has been pushed, and gives it back to the
/// handler that was there before.
/// </summary>
internal sealed class Emission<T> : OutHandler, IEmission
{
    private readonly GraphStageLogic _logic;
    private readonly Outlet<T> _outlet;
    private readonly Queue<Step> _steps = new();
    private bool _completes;

    private Emission(GraphStageLogic logic, Outlet<T> outlet, IOutHandler previous)
    {
        _logic = logic;
        _outlet = outlet;
        Previous = previous;
    }

    public IOutHandler Previous { get; }

    private IOutHandler CurrentHandler => (IOutHandler)_logic.Handlers[_logic.InCount + _outlet.Id];

    /// <summary>The emission that is under way at the outlet, or a new one.</summary>
    public static Emission<T> Of(GraphStageLogic logic, Outlet<T> outlet)
    {
        var handler = (IOutHandler)logic.Handlers[logic.InCount + outlet.Id];
        if (handler is Emission<T> running) return running;
        var emission = new Emission<T>(logic, outlet, handler);
        logic.SetHandler(outlet, emission);
        return emission;
    }

    public void Add(T element, Action andThen) => _steps.Enqueue(new Step(element, null, andThen));

    /// <param name="enumerator">Stands on the next element.</param>
    /// <param name="andThen">Done after the last element.</param>
    public void Add(IEnumerator<T> enumerator, Action andThen) =>
        _steps.Enqueue(new Step(default!, enumerator, andThen));

    public void AddCompletion() => _completes = true;

    public override void OnPull()
    {
        var step = _steps.Peek();
        if (step.Enumerator is null)
        {
            _logic.Push(_outlet, step.Element);
        }
        else
        {
            _logic.Push(_outlet, step.Enumerator.Current);
            if (step.Enumerator.MoveNext()) return;
        }

        _steps.Dequeue();

        // What is done now sees the outlet as if nothing more were to be emitted.
        _logic.SetHandler(_outlet, Previous);
        step.AndThen();
        Continue();
    }

    public override void OnDownstreamFinish(Exception cause) => Previous.OnDownstreamFinish(cause);

    private void Continue()
    {
        if (CurrentHandler is Emission<T> added && (_steps.Count > 0 || _completes))
        {
            foreach (var step in added._steps) _steps.Enqueue(step);
            _completes |= added._completes;
            _logic.SetHandler(_outlet, Previous);
        }

        if (_steps.Count > 0) _logic.SetHandler(_outlet, this);
        else if (_completes) _logic.Interpreter.Complete(_logic.PortToConn[_logic.InCount + _outlet.Id]);
    }

    private readonly record struct Step(T Element, IEnumerator<T>? Enumerator, Action AndThen);
}

/// <summary>Takes the place of an inlet's handler until so many elements were read.</summary>
internal sealed class Reading<T> : InHandler
{
    private readonly GraphStageLogic _logic;
    private readonly Inlet<T> _inlet;
    private readonly Action<T> _andThen;
    private readonly Action _onClose;
    private int _missing;

    private Reading(
        GraphStageLogic logic, Inlet<T> inlet, int count, IInHandler previous, Action<T> andThen, Action onClose)
    {
        _logic = logic;
        _inlet = inlet;
        _missing = count;
        Previous = previous;
        _andThen = andThen;
        _onClose = onClose;
    }

    public IInHandler Previous { get; }

    public static void Start(GraphStageLogic logic, Inlet<T> inlet, int count, Action<T> andThen, Action onClose)
    {
        var handler = (IInHandler)logic.Handlers[inlet.Id];
        if (handler is Reading<T>)
            throw new Pattern.IllegalStateException($"Already reading on inlet {inlet}");
        if ((logic.PortToConn[inlet.Id].State & (Connection.InReady | Connection.InClosed)) != 0) logic.Pull(inlet);
        logic.SetHandler(inlet, new Reading<T>(logic, inlet, count, handler, andThen, onClose));
    }

    public override void OnPush()
    {
        var element = _logic.Grab(_inlet);
        _missing--;
        if (_missing > 0) _logic.Pull(_inlet);
        else _logic.SetHandler(_inlet, Previous);
        _andThen(element);
    }

    public override void OnUpstreamFinish()
    {
        _logic.SetHandler(_inlet, Previous);
        _onClose();
        Previous.OnUpstreamFinish();
    }

    public override void OnUpstreamFailure(Exception e)
    {
        _logic.SetHandler(_inlet, Previous);
        Previous.OnUpstreamFailure(e);
    }
}

/// <summary>Emits at one port whatever arrives at another.</summary>
internal sealed class PassAlongHandler<TOut, TIn> : InHandler
    where TIn : TOut
{
    private readonly GraphStageLogic _logic;
    private readonly Inlet<TIn> _from;
    private readonly Outlet<TOut> _to;
    private readonly bool _doFinish;
    private readonly bool _doFail;

    public PassAlongHandler(GraphStageLogic logic, Inlet<TIn> from, Outlet<TOut> to, bool doFinish, bool doFail)
    {
        _logic = logic;
        _from = from;
        _to = to;
        _doFinish = doFinish;
        _doFail = doFail;
        PullNext = () => _logic.TryPull(_from);
    }

    public Action PullNext { get; }

    public override void OnPush() => _logic.Emit(_to, _logic.Grab(_from), PullNext);

    public override void OnUpstreamFinish()
    {
        if (_doFinish) _logic.CompleteStage();
    }

    public override void OnUpstreamFailure(Exception e)
    {
        if (_doFail) _logic.FailStage(e);
    }
}

internal static class ReactiveStreamsCompliance
{
    public static Exception ElementMustNotBeNull() =>
        new ArgumentNullException("element", "Element must not be null, rule 2.13");
}
