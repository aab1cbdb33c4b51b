using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence.Journal;

/// <summary>
/// Keeps a data store that fails from being called again and again: after so many failures in a row calls fail at once
/// (open), until after a while one is let through (half open); if it succeeds, all are (closed). A call that takes too
/// long counts as failed, and its caller does not wait for it any longer.
/// </summary>
internal sealed class CallBreaker
{
    private readonly IScheduler _scheduler;
    private readonly int _maxFailures;
    private readonly TimeSpan _callTimeout;
    private readonly TimeSpan _resetTimeout;
    private readonly object _gate = new();
    private readonly Queue<TimeLimit> _limits = new();
    private bool _isWatching;
    private State _state;
    private int _failures;
    private Exception? _lastFailure;

    /// <param name="section">Holds max-failures, call-timeout and reset-timeout.</param>
    public CallBreaker(IScheduler scheduler, Config section)
    {
        _scheduler = scheduler;
        _maxFailures = section.GetInt("max-failures", 10);
        _callTimeout = section.GetTimeSpan("call-timeout", TimeSpan.FromSeconds(10));
        _resetTimeout = section.GetTimeSpan("reset-timeout", TimeSpan.FromSeconds(30));
    }

    private enum State
    {
        Closed,
        HalfOpen,
        Open,
    }

    public async Task<T> Call<T>(Func<Task<T>> body)
    {
        Enter();
        T result;
        try
        {
            var task = body();
            result = task.IsCompleted ? await task : await InTime(task).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            Failed(cause);
            throw;
        }

        Succeeded();
        return result;
    }

    public Task Call(Func<Task> body) => Call(async () =>
    {
        await body().ConfigureAwait(false);
        return true;
    });

    private async Task<T> InTime<T>(Task<T> task)
    {
        var limit = new TimeLimit(_scheduler.MonotonicClock + _callTimeout);
        Watch(limit);
        var first = await Task.WhenAny(task, limit.Passed.Task).ConfigureAwait(false);
        limit.IsOver = true;
        return first == task
            ? await task.ConfigureAwait(false)
            : throw new TimeoutException($"Execution did not complete within the time allotted {_callTimeout}");
    }

    /// <summary>
    /// A timer for each call would leave a million of them behind in ten busy seconds. Calls have the same limit, so
    /// that theirs pass in the order in which they began: one timer, for the oldest, is enough.
    /// </summary>
    private void Watch(TimeLimit limit)
    {
        lock (_limits)
        {
            while (_limits.TryPeek(out var oldest) && oldest.IsOver) _limits.Dequeue();
            _limits.Enqueue(limit);
            if (_isWatching) return;
            _isWatching = true;
        }

        _scheduler.Advanced.ScheduleOnce(_callTimeout, Check);
    }

    private void Check()
    {
        var passed = new List<TimeLimit>();
        TimeSpan next;
        lock (_limits)
        {
            var now = _scheduler.MonotonicClock;
            while (_limits.TryPeek(out var oldest) && (oldest.IsOver || oldest.At <= now))
            {
                _limits.Dequeue();
                if (!oldest.IsOver) passed.Add(oldest);
            }

            _isWatching = _limits.TryPeek(out var waiting);
            next = _isWatching ? waiting!.At - now : TimeSpan.Zero;
        }

        if (next > TimeSpan.Zero) _scheduler.Advanced.ScheduleOnce(next, Check);
        foreach (var limit in passed) limit.Passed.TrySetResult();
    }

    private void Enter()
    {
        lock (_gate)
        {
            if (_state == State.Closed) return;
            if (_state == State.Open)
                throw new OpenCircuitException("Circuit Breaker is open; calls are failing fast", _lastFailure);
            _state = State.Open;
        }
    }

    private void Succeeded()
    {
        lock (_gate)
        {
            _failures = 0;
            _state = State.Closed;
        }
    }

    private void Failed(Exception cause)
    {
        lock (_gate)
        {
            _lastFailure = cause;
            if (_state == State.Closed && ++_failures < _maxFailures) return;
            _state = State.Open;
            _failures = 0;
        }

        _scheduler.Advanced.ScheduleOnce(_resetTimeout, () =>
        {
            lock (_gate)
            {
                if (_state == State.Open) _state = State.HalfOpen;
            }
        });
    }

    private sealed class TimeLimit(TimeSpan at)
    {
        public TimeSpan At { get; } = at;

        public TaskCompletionSource Passed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public volatile bool IsOver;
    }
}

/// <summary>The data store was not asked, because it failed too often of late.</summary>
internal sealed class OpenCircuitException(string message, Exception? cause) : AkkaException(message, cause);
