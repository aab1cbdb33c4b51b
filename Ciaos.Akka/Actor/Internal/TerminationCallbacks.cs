using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>What is to run after all actors have stopped, last registered first.</summary>
internal sealed class TerminationCallbacks
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<Action> _callbacks = new();
    private bool _hasRun;

    public Task Done => _done.Task;

    /// <exception cref="InvalidOperationException">The system has terminated.</exception>
    public void Add(Action callback)
    {
        lock (_callbacks)
        {
            if (_hasRun) throw new InvalidOperationException("ActorSystem already terminated.");
            _callbacks.Push(callback);
        }
    }

    public void Run(ILoggingAdapter log)
    {
        while (Next() is { } callback)
        {
            try
            {
                callback();
            }
            catch (Exception e) when (!Thrown.IsFatal(e))
            {
                log.Error(e, "Failed to run termination callback, due to [{0}]", e.Message);
            }
        }
    }

    public void Complete() => _done.TrySetResult();

    private Action? Next()
    {
        lock (_callbacks)
        {
            if (_callbacks.TryPop(out var callback)) return callback;
            _hasRun = true;
            return null;
        }
    }
}
