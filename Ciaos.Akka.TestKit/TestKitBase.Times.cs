using Akka.TestKit.Internal;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <summary>What is left of the innermost within block; else the default of one expectation, dilated.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    /// <summary>What is left of the innermost within block; else the default length of silence, dilated.</summary>
    internal TimeSpan NoMessageRemainingOrDefault => RemainingOr(Dilated(TestKitSettings.ExpectNoMessageDefault));

    /// <exception cref="InvalidOperationException">Not in a within block.</exception>
    public TimeSpan Remaining => _state.End is { } end
        ? end - Now
        : throw new InvalidOperationException("Remaining may not be called outside of \"within\"");

    /// <summary>A time as the settings stretch it; zero and infinite stay what they are.</summary>
    public TimeSpan Dilated(TimeSpan duration) =>
        duration.IsPositiveFinite() ? duration * TestKitSettings.TestTimeFactor : duration;

    /// <exception cref="ArgumentException">The time is infinite.</exception>
    public TimeSpan RemainingOrDilated(TimeSpan? duration)
    {
        if (duration is not { } given) return RemainingOrDefault;
        if (given.IsInfinite()) throw new ArgumentException("max duration cannot be infinite", nameof(duration));
        return Dilated(given);
    }

    public TimeSpan GetTimeoutOrDefault(TimeSpan? timeout) => timeout ?? RemainingOrDefault;

    public void Within(
        TimeSpan max,
        Action action,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    public void Within(
        TimeSpan min,
        TimeSpan max,
        Action action,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Within(min, max, ToFunction(action), hint, epsilonValue, cancellationToken);

    public T Within<T>(
        TimeSpan max,
        Func<T> function,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(
        TimeSpan min,
        TimeSpan max,
        Func<T> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<T>(WithinAsync(
            min, max, () => Task.FromResult(function()), hint, epsilonValue, cancellationToken)));

    public Task WithinAsync(
        TimeSpan max,
        Func<Task> actionAsync,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public Task WithinAsync(
        TimeSpan min,
        TimeSpan max,
        Func<Task> actionAsync,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync<bool>(min, max, ToFunction(actionAsync), hint, epsilonValue, cancellationToken);

    public Task<T> WithinAsync<T>(
        TimeSpan max,
        Func<Task<T>> function,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    /// <summary>
    /// Runs a block that must take between min and max (dilated). What waits inside of it without a time of its own
    /// waits no longer than the block may last.
    /// </summary>
    /// <param name="min">Zero or more.</param>
    /// <param name="max">Zero or more; dilated, and limited by an outer within block.</param>
    /// <param name="function">The block.</param>
    /// <param name="hint">Said when the block was too fast or too slow.</param>
    /// <param name="epsilonValue">How much longer it may take; for clocks and schedulers, which are not exact.</param>
    /// <param name="cancellationToken">Ends the wait for the block.</param>
    public async Task<T> WithinAsync<T>(
        TimeSpan min,
        TimeSpan max,
        Func<Task<T>> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        min.EnsureIsPositiveFinite(nameof(min));
        max.EnsureIsPositiveFinite(nameof(max));
        cancellationToken.ThrowIfCancellationRequested();
        var outerEnd = _state.End;
        var start = Now;
        var left = outerEnd - start ?? Timeout.InfiniteTimeSpan;
        _assertions.AssertTrue(
            outerEnd is null || left >= min,
            "Required min time {0} not possible, only {1} left. {2}",
            min,
            left,
            hint!);
        _state.LastWasNoMsg = false;
        var limit = outerEnd is null ? Dilated(max) : Shorter(Dilated(max), left);
        _state.End = start + limit;
        T result;
        try
        {
            result = await function().WaitAsync(cancellationToken);
        }
        finally
        {
            _state.End = outerEnd;
        }

        CheckDuration(Now - start, min, limit + (epsilonValue ?? TimeSpan.Zero), hint);
        return result;
    }

    protected TimeSpan RemainingOr(TimeSpan duration)
    {
        if (_state.End is not { } end) return duration;
        var left = end - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static Func<bool> ToFunction(Action action) => () =>
    {
        action();
        return true;
    };

    private static Func<Task<bool>> ToFunction(Func<Task> action) => async () =>
    {
        await action();
        return true;
    };

    private void CheckDuration(TimeSpan elapsed, TimeSpan min, TimeSpan max, string? hint)
    {
        if (elapsed < min)
            _assertions.Fail("Failed: Block took {0}, should have at least been {1}. {2}", elapsed, min, hint!);
        if (!_state.LastWasNoMsg && elapsed > max)
            _assertions.Fail("Failed: Block took {0}, exceeding {1}. {2}", elapsed, max, hint!);
    }
}
