using Akka.Event;
using Akka.Pattern;
using Akka.Streams.Implementation;
using static Akka.Streams.Implementation.Connection;

namespace Akka.Streams.Stage;

/// <summary>
/// The running part of a stage: its state and the handlers of its ports. All of its code runs on the island's
/// actor, one event at a time; other threads reach it through <see cref="GetAsyncCallback{T}"/> only.
/// An inlet must be pulled before an element can be pushed to it, an outlet be pulled before an element can be pushed
/// through it. The stage stops when all its ports are closed, unless told to keep going.
/// </summary>
public abstract partial class GraphStageLogic : IStageLogging
{
    public static readonly InHandler EagerTerminateInput = Stage.EagerTerminateInput.Instance;
    public static readonly InHandler IgnoreTerminateInput = Stage.IgnoreTerminateInput.Instance;
    public static readonly InHandler TotallyIgnorantInput = Stage.TotallyIgnorantInput.Instance;
    public static readonly OutHandler EagerTerminateOutput = Stage.EagerTerminateOutput.Instance;
    public static readonly OutHandler IgnoreTerminateOutput = Stage.IgnoreTerminateOutput.Instance;
    public static Action DoNothing = () => { };

    public readonly int InCount;
    public readonly int OutCount;

    private const int KeepGoingFlag = 1 << 30;

    private GraphInterpreter? _interpreter;
    private StageActor? _stageActor;
    private ILoggingAdapter? _log;
    private Exception? _lastCancellationCause;

    protected GraphStageLogic(int inCount, int outCount)
    {
        InCount = inCount;
        OutCount = outCount;
        Handlers = new object[inCount + outCount];
        PortToConn = new Connection[inCount + outCount];
        Liveness = inCount + outCount;
        LogSource = GetType();
    }

    protected GraphStageLogic(Shape shape)
        : this(shape.Inlets.Length, shape.Outlets.Length) => LogSource = Akka.Event.LogSource.Create(shape);

    /// <summary>Whether the stage goes on after its last port is closed, until it ends itself.</summary>
    public virtual bool KeepGoingAfterAllPortsClosed => false;

    /// <summary>The stage's own actor; it exists after <see cref="GetStageActor"/> was called.</summary>
    public StageActor StageActor => _stageActor ?? throw StageActorRefNotInitializedException.Instance;

    public ILoggingAdapter Log => _log ??=
        Materializer is IMaterializerLoggingProvider provider ? provider.MakeLogger(LogSource) : NoLogger.Instance;

    internal object[] Handlers { get; }

    internal Connection[] PortToConn { get; }

    /// <summary>The number of open ports and the keep-going flag: the stage is over at zero.</summary>
    internal int Liveness { get; set; }

    internal bool IsStopped { get; set; }

    internal Attributes Attributes { get; set; } = Attributes.None;

    internal object? OriginalStage { get; set; }

    internal string StageName => OriginalStage?.ToString() ?? ToString()!;

    internal GraphInterpreter Interpreter
    {
        get => _interpreter ?? throw new IllegalStateException(
            "Not yet initialized: only SetHandler is allowed in GraphStageLogic constructor");
        set => _interpreter = value;
    }

    protected virtual object LogSource { get; }

    protected IMaterializer Materializer => Interpreter.Materializer;

    /// <summary>Materializes a graph onto this stage's own actor. Not to be given away.</summary>
    protected IMaterializer SubFusingMaterializer => Interpreter.SubFusingMaterializer;

    /// <summary>Null names the stage actor by a counter.</summary>
    protected virtual string StageActorName => null!;

    public static InHandler ConditionalTerminateInput(Func<bool> predicate) =>
        new ConditionalTerminateInput(predicate);

    public static OutHandler ConditionalTerminateOutput(Func<bool> predicate) =>
        new ConditionalTerminateOutput(predicate);

    /// <summary>Runs before the first event.</summary>
    public virtual void PreStart()
    {
    }

    /// <summary>Runs once after the last event, however the stage ended.</summary>
    public virtual void PostStop()
    {
    }

    /// <summary>Closes all ports: cancels the inlets, completes the outlets.</summary>
    public void CompleteStage() => CloseAll(SubscriptionWithCancelException.StageWasCompleted.Instance, null);

    /// <summary>Closes all ports: cancels the inlets with this cause, fails the outlets with it.</summary>
    public void FailStage(Exception reason) => CloseAll(reason, reason);

    /// <summary>Closes all ports as the cancellation strategy among the stage's attributes says.</summary>
    public void CancelStage(Exception cause) => CancelStage(
        cause, Attributes.GetAttribute(Attributes.CancellationStrategy.Default).Strategy);

    public void InternalOnDownstreamFinish(Exception cause)
    {
        if (cause is null) throw new ArgumentException("Cancellation cause must not be null", nameof(cause));
        if (_lastCancellationCause is not null)
            throw new ArgumentException("OnDownstreamFinish must not be called recursively", nameof(cause));
        _lastCancellationCause = cause;
        try
        {
            CancelStage(cause);
        }
        finally
        {
            _lastCancellationCause = null;
        }
    }

    internal void RunPreStart()
    {
        if (KeepGoingAfterAllPortsClosed) SetKeepGoing(true);
        BeforePreStart();
        PreStart();
    }

    internal void RunPostStop()
    {
        try
        {
            PostStop();
        }
        finally
        {
            AfterPostStop();
        }
    }

    protected internal virtual void BeforePreStart()
    {
    }

    protected internal virtual void AfterPostStop()
    {
        _stageActor?.Stop();
        _stageActor = null;
    }

    protected internal void SetHandler<T>(Inlet<T> inlet, IInHandler handler)
    {
        Handlers[inlet.Id] = handler;
        if (PortToConn[inlet.Id] is { } connection) connection.InHandler = handler;
    }

    protected internal void SetHandler<T>(
        Inlet<T> inlet, Action onPush, Action? onUpstreamFinish = null, Action<Exception>? onUpstreamFailure = null) =>
        SetHandler(inlet, new LambdaInHandler(onPush, onUpstreamFinish, onUpstreamFailure));

    protected internal void SetHandler<T>(Outlet<T> outlet, IOutHandler handler)
    {
        Handlers[InCount + outlet.Id] = handler;
        if (PortToConn[InCount + outlet.Id] is { } connection) connection.OutHandler = handler;
    }

    protected internal void SetHandler<T>(
        Outlet<T> outlet, Action onPull, Action<Exception>? onDownstreamFinish = null) =>
        SetHandler(outlet, new LambdaOutHandler(onPull, onDownstreamFinish));

    protected internal void SetHandlers<TIn, TOut>(
        Inlet<TIn> inlet, Outlet<TOut> outlet, InAndOutGraphStageLogic handler)
    {
        SetHandler(inlet, (IInHandler)handler);
        SetHandler(outlet, (IOutHandler)handler);
    }

    protected IInHandler GetHandler<T>(Inlet<T> inlet) => (IInHandler)Handlers[inlet.Id];

    protected IOutHandler GetHandler<T>(Outlet<T> outlet) => (IOutHandler)Handlers[InCount + outlet.Id];

    /// <summary>Asks for one element. Not while a request is under way, nor after the inlet was closed.</summary>
    protected internal void Pull<T>(Inlet<T> inlet)
    {
        var connection = PortToConn[inlet.Id];
        var state = connection.State;
        if ((state & (InReady | InClosed | OutClosed)) == InReady)
        {
            connection.State = state ^ (InReady | Pulling);
            Interpreter.ChasePull(connection);
            return;
        }

        if ((state & InClosed) != 0) throw new ArgumentException($"Cannot pull closed port ({inlet})");
        if ((state & InReady) == 0) throw new ArgumentException($"Cannot pull port twice ({inlet})");

        // The other end has closed and nobody knows yet: the pull is void, but counts.
        connection.State = state ^ (InReady | Pulling);
    }

    /// <summary>Asks for one element unless the inlet is closed.</summary>
    protected internal void TryPull<T>(Inlet<T> inlet)
    {
        if (!IsClosed(inlet)) Pull(inlet);
    }

    /// <summary>Takes the element that was pushed.</summary>
    protected internal T Grab<T>(Inlet<T> inlet)
    {
        var connection = ConnectionOf(inlet);
        if ((connection.State & InReady) == 0 || !connection.HasElement)
            throw new ArgumentException($"Cannot get element from already empty input port ({inlet})");
        return connection.Take();
    }

    /// <summary>Whether an element can be grabbed.</summary>
    protected internal bool IsAvailable<T>(Inlet<T> inlet)
    {
        var connection = PortToConn[inlet.Id];
        return connection.HasElement && (connection.State & InReady) != 0;
    }

    /// <summary>Whether a request is under way.</summary>
    protected bool HasBeenPulled<T>(Inlet<T> inlet) => (PortToConn[inlet.Id].State & (InReady | InClosed)) == 0;

    protected bool IsClosed<T>(Inlet<T> inlet) => (PortToConn[inlet.Id].State & InClosed) != 0;

    protected bool IsClosed<T>(Outlet<T> outlet) => (PortToConn[InCount + outlet.Id].State & OutClosed) != 0;

    /// <summary>Whether an element may be pushed.</summary>
    protected internal bool IsAvailable<T>(Outlet<T> outlet) =>
        (PortToConn[InCount + outlet.Id].State & (OutReady | OutClosed)) == OutReady;

    /// <summary>Sends one element down, in answer to one pull.</summary>
    protected internal void Push<T>(Outlet<T> outlet, T element)
    {
        var connection = ConnectionOf(outlet);
        var state = connection.State;
        if ((state & (OutReady | OutClosed | InClosed)) == OutReady && element is not null)
        {
            connection.State = state ^ (OutReady | Pushing);
            connection.Slot = element;
            connection.HasElement = true;
            Interpreter.ChasePush(connection);
            return;
        }

        if (element is null) throw ReactiveStreamsCompliance.ElementMustNotBeNull();
        if ((state & OutClosed) != 0) throw new ArgumentException($"Cannot push closed port ({outlet})");
        if ((state & OutReady) == 0) throw new ArgumentException($"Cannot push port twice ({outlet})");

        // The other end has cancelled and nobody knows yet: the element is dropped.
        connection.State = state ^ (OutReady | Pushing);
    }

    protected void Cancel<T>(Inlet<T> inlet) =>
        Cancel(inlet, SubscriptionWithCancelException.NoMoreElementsNeeded.Instance);

    protected void Cancel<T>(Inlet<T> inlet, Exception cause) => Interpreter.Cancel(PortToConn[inlet.Id], cause);

    /// <summary>Ends the outlet, after what is still being emitted through it.</summary>
    protected void Complete<T>(Outlet<T> outlet) => CompletePort(InCount + outlet.Id);

    protected void Fail<T>(Outlet<T> outlet, Exception reason) =>
        Interpreter.Fail(PortToConn[InCount + outlet.Id], reason);

    /// <summary>Keeps the stage running without open ports, until it completes or fails itself.</summary>
    protected void SetKeepGoing(bool enabled) =>
        Liveness = enabled ? Liveness | KeepGoingFlag : Liveness & ~KeepGoingFlag;

    /// <summary>Pushes the element as soon as it is asked for, then does <paramref name="andThen"/>.</summary>
    protected internal void Emit<T>(Outlet<T> outlet, T element, Action andThen)
    {
        if (IsAvailable(outlet))
        {
            Push(outlet, element);
            andThen();
        }
        else
        {
            Emission<T>.Of(this, outlet).Add(element, andThen);
        }
    }

    protected internal void Emit<T>(Outlet<T> outlet, T element) => Emit(outlet, element, DoNothing);

    protected internal void EmitMultiple<T>(Outlet<T> outlet, IEnumerable<T> elements, Action andThen) =>
        EmitMultiple(outlet, elements.GetEnumerator(), andThen);

    protected internal void EmitMultiple<T>(Outlet<T> outlet, IEnumerable<T> elements) =>
        EmitMultiple(outlet, elements, DoNothing);

    protected internal void EmitMultiple<T>(Outlet<T> outlet, IEnumerator<T> enumerator, Action andThen)
    {
        if (!enumerator.MoveNext())
        {
            andThen();
            return;
        }

        if (IsAvailable(outlet))
        {
            Push(outlet, enumerator.Current);
            if (!enumerator.MoveNext())
            {
                andThen();
                return;
            }
        }

        Emission<T>.Of(this, outlet).Add(enumerator, andThen);
    }

    protected internal void EmitMultiple<T>(Outlet<T> outlet, IEnumerator<T> enumerator) =>
        EmitMultiple(outlet, enumerator, DoNothing);

    /// <summary>Forgets what was to be emitted.</summary>
    protected internal void AbortEmitting<T>(Outlet<T> outlet)
    {
        if (GetHandler(outlet) is Emission<T> emission) SetHandler(outlet, emission.Previous);
    }

    /// <summary>Asks for one element and hands it over when it comes.</summary>
    protected void Read<T>(Inlet<T> inlet, Action<T> andThen, Action onClose)
    {
        if (IsAvailable(inlet)) andThen(Grab(inlet));
        else if (IsClosed(inlet)) onClose();
        else Reading<T>.Start(this, inlet, 1, andThen, onClose);
    }

    /// <summary>Asks for n elements and hands them over together; fewer when the upstream ends first.</summary>
    protected void ReadMany<T>(
        Inlet<T> inlet, int n, Action<IEnumerable<T>> andThen, Action<IEnumerable<T>> onComplete)
    {
        if (n < 0) throw new ArgumentException("Cannot read negative number of elements", nameof(n));
        var read = new List<T>(n);
        if (n == 0)
        {
            andThen(read);
            return;
        }

        if (IsAvailable(inlet)) read.Add(Grab(inlet));
        if (read.Count == n)
        {
            andThen(read);
        }
        else if (IsClosed(inlet))
        {
            onComplete(read);
        }
        else
        {
            Reading<T>.Start(this, inlet, n - read.Count, Add, () => onComplete(read));
        }

        void Add(T element)
        {
            read.Add(element);
            if (read.Count == n) andThen(read);
        }
    }

    /// <summary>Forgets what was to be read.</summary>
    protected void AbortReading<T>(Inlet<T> inlet)
    {
        if (GetHandler(inlet) is Reading<T> reading) SetHandler(inlet, reading.Previous);
    }

    /// <summary>Hands what comes in at one port out at another, on and on.</summary>
    protected void PassAlong<TOut, TIn>(
        Inlet<TIn> from, Outlet<TOut> to, bool doFinish = true, bool doFail = true, bool doPull = false)
        where TIn : TOut
    {
        var handler = new PassAlongHandler<TOut, TIn>(this, from, to, doFinish, doFail);
        if (_interpreter is not null)
        {
            if (IsAvailable(from)) Emit(to, Grab(from), handler.PullNext);
            if (doFinish && IsClosed(from)) CompleteStage();
        }

        SetHandler(from, handler);
        if (doPull) TryPull(from);
    }

    /// <summary>
    /// An action that may be called from any thread; the handler then runs as one of the stage's events. It is
    /// dropped if the stage has stopped.
    /// </summary>
    protected Action<T> GetAsyncCallback<T>(Action<T> handler) =>
        value => Interpreter.Enqueue(new AsyncInput<T>(this, value, handler));

    /// <inheritdoc cref="GetAsyncCallback{T}"/>
    protected Action GetAsyncCallback(Action handler)
    {
        var input = new AsyncInput<Action>(this, handler, run => run());
        return () => Interpreter.Enqueue(input);
    }

    /// <summary>
    /// The actor of this stage: what is sent to it becomes an event of the stage. Created at the first call; a later
    /// call changes what it does. It stops with the stage.
    /// </summary>
    protected StageActor GetStageActor(StageActorRef.Receive receive)
    {
        if (_stageActor is not null)
        {
            _stageActor.Become(receive);
            return _stageActor;
        }

        var materializer = ActorMaterializerImpl.Downcast(Interpreter.Materializer);
        _stageActor = new StageActor(
            materializer,
            handler => GetAsyncCallback<(Actor.IActorRef, object)>(message => handler(message)),
            receive,
            StageActorName);
        return _stageActor;
    }

    protected SubSinkInlet<T> CreateSubSinkInlet<T>(string name) => new(this, name);

    private Connection<T> ConnectionOf<T>(Inlet<T> inlet) => (Connection<T>)PortToConn[inlet.Id];

    private Connection<T> ConnectionOf<T>(Outlet<T> outlet) =>
        (Connection<T>)PortToConn[InCount + outlet.Id];

    private void CompletePort(int port)
    {
        if (Handlers[port] is IEmission emission) emission.AddCompletion();
        else Interpreter.Complete(PortToConn[port]);
    }

    private void CloseAll(Exception cancellation, Exception? failure)
    {
        for (var port = 0; port < PortToConn.Length; port++)
        {
            if (port < InCount) Interpreter.Cancel(PortToConn[port], cancellation);
            else if (failure is not null) Interpreter.Fail(PortToConn[port], failure);
            else CompletePort(port);
        }

        SetKeepGoing(false);
    }

    private void CancelStage(Exception cause, Attributes.CancellationStrategy.IStrategy strategy)
    {
        switch (strategy)
        {
            case Attributes.CancellationStrategy.FailStage:
            case Attributes.CancellationStrategy.PropagateFailure
                when cause is not SubscriptionWithCancelException.NonFailureCancellation:
                CloseAll(cause, cause);
                break;
            case Attributes.CancellationStrategy.AfterDelay delayed:
                SetKeepGoing(true);
                var callback = GetAsyncCallback(() => CancelStage(cause, delayed.Strategy));
                Materializer.ScheduleOnce(delayed.Delay, callback);
                break;
            default:
                CloseAll(cause, null);
                break;
        }
    }
}
