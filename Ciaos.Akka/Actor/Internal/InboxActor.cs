using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>Puts what it is sent into the queue of its inbox. What does not fit is dropped, and said so once.</summary>
internal sealed class InboxActor(InboxQueue queue) : ActorBase
{
    private bool _hasWarned;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case StartWatch { Message: { } instead } watch:
                Context.WatchWith(watch.Target, instead);
                break;
            case StartWatch watch:
                Context.Watch(watch.Target);
                break;
            case StopWatch unwatch:
                Context.Unwatch(unwatch.Target);
                break;
            default:
                if (!queue.TryAdd(message)) WarnOnce();
                break;
        }

        return true;
    }

    private void WarnOnce()
    {
        if (_hasWarned) return;
        _hasWarned = true;
        Context.GetLogger().Warning(
            "Dropping message: Inbox size has been exceeded, use akka.actor.inbox.inbox-size to increase maximum " +
            "allowed inbox size. Current is {0}",
            queue.Capacity);
    }

    internal sealed record StartWatch(IActorRef Target, object? Message) : INoSerializationVerificationNeeded;

    internal sealed record StopWatch(IActorRef Target) : INoSerializationVerificationNeeded;
}

/// <summary>The messages of an inbox, and who waits for one. Whoever waits longest for a message gets it.</summary>
internal sealed class InboxQueue(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<object> _messages = new();
    private readonly LinkedList<Waiter> _waiters = new();

    public int Capacity => capacity;

    /// <returns>False when it is full.</returns>
    public bool TryAdd(object message)
    {
        lock (_lock)
        {
            for (var node = _waiters.First; node is not null; node = node.Next)
            {
                if (!node.Value.Predicate(message)) continue;
                _waiters.Remove(node);
                node.Value.Result.SetResult(message);
                return true;
            }

            if (_messages.Count >= capacity) return false;
            _messages.AddLast(message);
            return true;
        }
    }

    public async Task<object> TakeAsync(Predicate<object> predicate, TimeSpan timeout)
    {
        Waiter waiter;
        lock (_lock)
        {
            for (var node = _messages.First; node is not null; node = node.Next)
            {
                if (!predicate(node.Value)) continue;
                _messages.Remove(node);
                return node.Value;
            }

            waiter = new Waiter(predicate, new(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.AddLast(waiter);
        }

        try
        {
            return await waiter.Result.Task.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It may have come at the very last moment; then it must not be lost.
            lock (_lock) _waiters.Remove(waiter);
            if (waiter.Result.Task.IsCompletedSuccessfully) return await waiter.Result.Task.ConfigureAwait(false);
            throw new TimeoutException($"Inbox receive timed out after {timeout}");
        }
    }

    private sealed record Waiter(Predicate<object> Predicate, TaskCompletionSource<object> Result);
}
