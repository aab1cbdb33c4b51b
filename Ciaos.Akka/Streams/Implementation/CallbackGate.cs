namespace Akka.Streams.Implementation;

/// <summary>
/// Lets other threads call into a stage that may not have started yet, or have stopped. Calls before the start wait
/// and are then made in their order; calls after the stop are given to <paramref name="rejected"/>.
/// </summary>
internal sealed class CallbackGate<T>(Action<T>? rejected = null)
{
    private readonly Lock _lock = new();
    private Queue<T>? _waiting = new();
    private Action<T>? _callback;

    public void Invoke(T value)
    {
        Action<T>? callback;
        lock (_lock)
        {
            if (_waiting is not null)
            {
                _waiting.Enqueue(value);
                return;
            }

            callback = _callback;
        }

        if (callback is null) rejected?.Invoke(value);
        else callback(value);
    }

    public void Open(Action<T> callback)
    {
        lock (_lock)
        {
            // Made under the lock: a call that comes now must not overtake those that waited.
            while (_waiting!.TryDequeue(out var value)) callback(value);
            _waiting = null;
            _callback = callback;
        }
    }

    public void Close()
    {
        Queue<T>? waiting;
        lock (_lock)
        {
            waiting = _waiting;
            _waiting = null;
            _callback = null;
        }

        while (waiting is not null && waiting.TryDequeue(out var value)) rejected?.Invoke(value);
    }
}
