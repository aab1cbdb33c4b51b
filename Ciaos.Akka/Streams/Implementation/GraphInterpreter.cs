using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Event;
using Akka.Pattern;
using Akka.Streams.Stage;
using static Akka.Streams.Implementation.Connection;

namespace Akka.Streams.Implementation;

/// <summary>What an interpreter needs of the actor that runs it.</summary>
internal interface IInterpreterHost
{
    IMaterializer Materializer { get; }

    /// <summary>Materializes onto the same actor where it can.</summary>
    IMaterializer SubFusingMaterializer { get; }

    ILoggingAdapter Log { get; }

    IActorRef Self { get; }

    /// <summary>Has the event run by the interpreter, on its actor, after what it does now. From any thread.</summary>
    void Enqueue(AsyncInput input);
}

/// <summary>
/// Runs the stages of one island, single-threaded. Events (a pull, a push, the end of a connection) wait in a queue
/// of connections, but the events that the running stage causes are mostly chased at once, without the queue: an
/// element then travels from source to sink, and the demand back, in a tight loop. The chase is bounded, so that
/// queued events get their turn.
/// A stage whose handler throws fails; a stage whose ports are all closed is stopped, once.
/// </summary>
internal sealed class GraphInterpreter
{
    private const int ChaseLimit = 64;

    [ThreadStatic]
    private static GraphInterpreter? _current;

    private readonly GraphStageLogic[] _logics;
    private readonly Connection[] _connections;
    private readonly IInterpreterHost _host;
    private Connection? _queueHead;
    private Connection? _queueTail;
    private Connection? _chasedPush;
    private Connection? _chasedPull;
    private bool _chasing;
    private int _running;

    public GraphInterpreter(GraphStageLogic[] logics, Connection[] connections, IInterpreterHost host)
    {
        _logics = logics;
        _connections = connections;
        _host = host;
        _running = logics.Length;
        foreach (var logic in logics) logic.Interpreter = this;
    }

    /// <summary>The interpreter that runs on this thread now.</summary>
    public static GraphInterpreter Current =>
        _current ?? throw new IllegalStateException("Something went terribly wrong!");

    /// <summary>The stage whose code runs now; null between events.</summary>
    public GraphStageLogic? Active { get; private set; }

    public GraphStageLogic ActiveStage => Active ?? throw new IllegalStateException("No stage is active");

    public bool IsCompleted => _running == 0;

    public bool IsSuspended => _queueHead is not null;

    public IInterpreterHost Host => _host;

    public IActorRef Self => _host.Self;

    public IMaterializer Materializer => _host.Materializer;

    public IMaterializer SubFusingMaterializer => _host.SubFusingMaterializer;

    public void Enqueue(AsyncInput input) => _host.Enqueue(input);

    /// <summary>Starts every stage.</summary>
    public void Start()
    {
        var outer = Enter();
        try
        {
            foreach (var logic in _logics)
            {
                Active = logic;
                try
                {
                    logic.RunPreStart();
                }
                catch (Exception error)
                {
                    _host.Log.Error(error, "Error during PreStart in [{0}]: {1}", logic, error.Message);
                    logic.FailStage(error);
                }

                AfterStage(logic);
            }
        }
        finally
        {
            Leave(outer);
        }
    }

    /// <summary>Runs an event from outside, unless its stage has stopped meanwhile.</summary>
    public void Run(AsyncInput input)
    {
        var logic = input.Logic;
        if (logic.Liveness == 0) return;
        var outer = Enter();
        try
        {
            Active = logic;
            try
            {
                input.Invoke();
            }
            catch (Exception error)
            {
                ReportStageError(error);
            }

            AfterStage(logic);
        }
        finally
        {
            Leave(outer);
        }
    }

    /// <summary>Processes queued events, about as many as given.</summary>
    /// <returns>How many more events could have been processed: 0 or less if it stopped at the limit.</returns>
    public int Execute(int eventLimit)
    {
        var outer = Enter();
        var remaining = eventLimit;
        try
        {
            while (remaining > 0 && _queueHead is not null)
            {
                try
                {
                    remaining = ExecuteQueued(remaining);
                }
                catch (Exception error)
                {
                    ReportStageError(error);
                    if (Active is { } failed) AfterStage(failed);
                    remaining--;
                }
            }
        }
        finally
        {
            _chasing = false;
            Leave(outer);
        }

        return remaining;
    }

    /// <summary>Stops every stage that still runs.</summary>
    public void Finish()
    {
        var outer = Enter();
        try
        {
            foreach (var logic in _logics)
                if (!logic.IsStopped) Stop(logic);
            _running = 0;
        }
        finally
        {
            Leave(outer);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ChasePush(Connection connection)
    {
        if (_chasing && _chasedPush is null) _chasedPush = connection;
        else EnqueueEvent(connection);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ChasePull(Connection connection)
    {
        if (_chasing && _chasedPull is null) _chasedPull = connection;
        else EnqueueEvent(connection);
    }

    public void Complete(Connection connection)
    {
        var state = connection.State;
        if ((state & OutClosed) != 0) return;
        connection.State = state | OutClosed;
        AnnounceEndOf(connection, state);
        connection.OutOwner.Liveness--;
    }

    public void Fail(Connection connection, Exception cause)
    {
        var state = connection.State;
        if ((state & OutClosed) != 0) return;
        connection.State = state | OutClosed;
        if ((state & InClosed) == 0)
        {
            connection.State |= InFailed;
            connection.Cause = cause;
        }

        AnnounceEndOf(connection, state);
        connection.OutOwner.Liveness--;
    }

    public void Cancel(Connection connection, Exception cause)
    {
        var state = connection.State;
        if ((state & InClosed) != 0) return;
        connection.State = state | InClosed;
        if ((state & OutClosed) == 0)
        {
            connection.Cause = cause;
            connection.ClearSlot();
            if ((state & (Pulling | Pushing)) == 0)
            {
                EnqueueEvent(connection);
            }
            else if (_chasedPull == connection)
            {
                _chasedPull = null;
                EnqueueEvent(connection);
            }
            else if (_chasedPush == connection)
            {
                _chasedPush = null;
                EnqueueEvent(connection);
            }
        }

        connection.InOwner.Liveness--;
    }

    /// <summary>A push or pull in the queue stands for the end, too; one that is chased does not.</summary>
    private void AnnounceEndOf(Connection connection, int stateBefore)
    {
        if (_chasedPush == connection)
        {
            _chasedPush = null;
            EnqueueEvent(connection);
        }
        else if (_chasedPull == connection)
        {
            _chasedPull = null;
            EnqueueEvent(connection);
        }
        else if ((stateBefore & (InClosed | Pulling | Pushing)) == 0)
        {
            EnqueueEvent(connection);
        }
    }

    private int ExecuteQueued(int remaining)
    {
        while (remaining > 0 && Dequeue() is { } connection)
        {
            remaining--;
            _chasing = true;
            Process(connection);
            if (Active is { } active) AfterStage(active);

            var chases = Math.Min(ChaseLimit, remaining);
            while (chases > 0)
            {
                if (_chasedPush is { } push)
                {
                    _chasedPush = null;
                    ProcessPush(push);
                    if (push.InOwner.Liveness == 0) AfterStage(push.InOwner);
                }
                else if (_chasedPull is { } pull)
                {
                    _chasedPull = null;
                    ProcessPull(pull);
                    if (pull.OutOwner.Liveness == 0) AfterStage(pull.OutOwner);
                }
                else
                {
                    break;
                }

                chases--;
                remaining--;
            }

            _chasing = false;
            QueueChased();
        }

        return remaining;
    }

    private void Process(Connection connection)
    {
        // Nothing may be active when no signal is delivered: the stage of a stale event has stopped already.
        Active = null;
        var state = connection.State;
        if ((state & (Pushing | InClosed | OutClosed)) == Pushing) ProcessPush(connection);
        else if ((state & (Pulling | InClosed | OutClosed)) == Pulling) ProcessPull(connection);
        else ProcessEnd(connection, state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ProcessPush(Connection connection)
    {
        Active = connection.InOwner;
        connection.State ^= Pushing | InReady;
        connection.InHandler.OnPush();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ProcessPull(Connection connection)
    {
        Active = connection.OutOwner;
        connection.State ^= Pulling | OutReady;
        connection.OutHandler.OnPull();
    }

    private void ProcessEnd(Connection connection, int state)
    {
        switch (state & (InClosed | OutClosed))
        {
            case InClosed:
                connection.State |= OutClosed;
                Active = connection.OutOwner;
                connection.OutOwner.Liveness--;
                connection.OutHandler.OnDownstreamFinish(connection.Cause!);
                break;
            case OutClosed when (state & Pushing) != 0:
                // The last element first, then the end.
                EnqueueEvent(connection);
                ProcessPush(connection);
                break;
            case OutClosed:
                connection.State |= InClosed;
                Active = connection.InOwner;
                connection.InOwner.Liveness--;
                if ((state & InFailed) == 0) connection.InHandler.OnUpstreamFinish();
                else connection.InHandler.OnUpstreamFailure(connection.Cause!);
                break;
        }
    }

    private void ReportStageError(Exception error)
    {
        if (Active is not { } stage)
        {
            ExceptionDispatchInfo.Throw(error);
            return;
        }

        if (stage.Attributes.GetAttribute<Attributes.LogLevels>() is not { } levels
            || levels.OnFailure != Attributes.LogLevels.Off)
        {
            _host.Log.Error(error, "Error in stage [{0}]: {1}", stage.StageName, error.Message);
        }

        stage.FailStage(error);
        _chasing = false;
        QueueChased();
    }

    private void QueueChased()
    {
        if (_chasedPush is { } push)
        {
            _chasedPush = null;
            EnqueueEvent(push);
        }

        if (_chasedPull is { } pull)
        {
            _chasedPull = null;
            EnqueueEvent(pull);
        }
    }

    private void AfterStage(GraphStageLogic logic)
    {
        if (logic.Liveness != 0 || logic.IsStopped) return;
        _running--;
        Stop(logic);
    }

    private void Stop(GraphStageLogic logic)
    {
        logic.IsStopped = true;
        Active = logic;
        try
        {
            logic.RunPostStop();
        }
        catch (Exception error)
        {
            _host.Log.Error(error, "Error during PostStop in [{0}]: {1}", logic.StageName, error.Message);
        }
    }

    private void EnqueueEvent(Connection connection)
    {
        connection.Next = null;
        if (_queueTail is null) _queueHead = connection;
        else _queueTail.Next = connection;
        _queueTail = connection;
    }

    private Connection? Dequeue()
    {
        if (_queueHead is not { } head) return null;
        _queueHead = head.Next;
        if (_queueHead is null) _queueTail = null;
        head.Next = null;
        return head;
    }

    private GraphInterpreter? Enter()
    {
        var outer = _current;
        _current = this;
        return outer;
    }

    private void Leave(GraphInterpreter? outer)
    {
        Active = null;
        _current = outer;
    }
}
