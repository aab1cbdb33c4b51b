namespace Akka.TestKit.Internal;

/// <summary>
/// The messages of a test actor, in order of arrival. Actors put in; one test at a time takes out, and may wait for it
/// without holding a thread.
/// </summary>
internal sealed class MessageQueue
{
    private readonly Lock _lock = new();
    private readonly LinkedList<MessageEnvelope> _messages = new();

    // Completed when a message arrives; null while nobody waits.
    private TaskCompletionSource? _arrival;

    public int Count
    {
        get
        {
            lock (_lock) return _messages.Count;
        }
    }

    public void Enqueue(MessageEnvelope envelope)
    {
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            _messages.AddLast(envelope);
            (arrival, _arrival) = (_arrival, null);
        }

        arrival?.TrySetResult();
    }

    public IReadOnlyList<MessageEnvelope> TakeAll()
    {
        lock (_lock)
        {
            MessageEnvelope[] all = [.. _messages];
            _messages.Clear();
            return all;
        }
    }

    public MessageEnvelope? TryTake() => TryNext(remove: true);

    public MessageEnvelope? TryPeek() => TryNext(remove: false);

    /// <summary>Waits until there is a message. It stays in the queue.</summary>
    /// <param name="timeout">Zero or more, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="cancellationToken">Ends the wait as the timeout does.</param>
    /// <returns>False when none came in time.</returns>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Task arrival;
        lock (_lock)
        {
            if (_messages.Count > 0) return true;
            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = _arrival.Task;
        }

        try
        {
            await arrival.WaitAsync(timeout, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return Count > 0;
        }
    }

    private MessageEnvelope? TryNext(bool remove)
    {
        lock (_lock)
        {
            var first = _messages.First?.Value;
            if (first is not null && remove) _messages.RemoveFirst();
            return first;
        }
    }
}
