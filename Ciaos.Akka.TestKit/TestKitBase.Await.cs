using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public void AwaitAssert(
        Action assertion,
        TimeSpan? duration = null,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask(AwaitAssertAsync(assertion, duration, interval, cancellationToken)));

    public Task AwaitAssertAsync(
        Action assertion,
        TimeSpan? duration = null,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        AwaitAssertAsync(() => Completed(assertion), duration, interval, cancellationToken);

    /// <summary>Tries again until the assertion does not throw.</summary>
    /// <param name="assertion">Called at once, then at every interval.</param>
    /// <param name="duration">When to give up and throw what the assertion threw last; dilated.</param>
    /// <param name="interval">100 ms unless given.</param>
    /// <param name="cancellationToken">Gives up, and throws so.</param>
    public async Task AwaitAssertAsync(
        Func<Task> assertion,
        TimeSpan? duration = null,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default)
    {
        var pause = interval ?? PollInterval;
        pause.EnsureIsPositiveFinite(nameof(interval));
        var max = RemainingOrDilated(duration);
        max.EnsureIsPositiveFinite(nameof(duration));
        var stop = Now + max;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Now < stop)
            {
                // Not yet. The last of these failures is the one that gets out.
            }

            await Task.Delay(Shorter(pause, RemainingUntil(stop)), cancellationToken);
        }
    }

    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, null, null, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, null, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        string? message,
        CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, message, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval,
        string? message = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask(
            AwaitConditionAsync(conditionIsFulfilled, max, interval, message, cancellationToken)));

    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        string? message,
        CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, message, cancellationToken);

    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval,
        string? message = null,
        CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(() => Task.FromResult(conditionIsFulfilled()), max, interval, message, cancellationToken);

    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan? max,
        string? message,
        CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, message, cancellationToken);

    /// <summary>Asks at once, then at every interval, until the answer is yes.</summary>
    /// <param name="conditionIsFulfilled">The question.</param>
    /// <param name="max">When to give up and fail; dilated.</param>
    /// <param name="interval">A tenth of max unless given, at most 100 ms.</param>
    /// <param name="message">Said on failure.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan? max,
        TimeSpan? interval,
        string? message = null,
        CancellationToken cancellationToken = default)
    {
        var limit = RemainingOrDilated(max);
        await InternalAwaitConditionAsync(
            conditionIsFulfilled,
            limit,
            interval ?? Shorter(limit / 10, PollInterval),
            (format, args) => _assertions.Fail(format + (message ?? "").Replace("{", "{{").Replace("}", "}}"), args),
            TestKitSettings.LogTestKitCalls ? Log : null!,
            cancellationToken);
    }

    public bool AwaitConditionNoThrow(
        Func<bool> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<bool>(
            AwaitConditionNoThrowAsync(conditionIsFulfilled, max, interval, cancellationToken)));

    public Task<bool> AwaitConditionNoThrowAsync(
        Func<bool> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        AwaitConditionNoThrowAsync(
            () => Task.FromResult(conditionIsFulfilled()), max, interval, cancellationToken);

    /// <returns>Whether the answer was yes before the time was up.</returns>
    public Task<bool> AwaitConditionNoThrowAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval = null,
        CancellationToken cancellationToken = default) =>
        InternalAwaitConditionAsync(
            conditionIsFulfilled, max, interval ?? PollInterval, (_, _) => { }, cancellationToken);

    protected static bool InternalAwaitCondition(
        Func<bool> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval,
        Action<string, object[]> fail,
        CancellationToken cancellationToken = default) =>
        InternalAwaitCondition(conditionIsFulfilled, max, interval, fail, null!, cancellationToken);

    protected static bool InternalAwaitCondition(
        Func<bool> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval,
        Action<string, object[]> fail,
        ILoggingAdapter logger,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<bool>(InternalAwaitConditionAsync(
            () => Task.FromResult(conditionIsFulfilled()), max, interval, fail, logger, cancellationToken)));

    protected static Task<bool> InternalAwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval,
        Action<string, object[]> fail,
        CancellationToken cancellationToken = default) =>
        InternalAwaitConditionAsync(conditionIsFulfilled, max, interval, fail, null!, cancellationToken);

    protected static async Task<bool> InternalAwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled,
        TimeSpan max,
        TimeSpan? interval,
        Action<string, object[]> fail,
        ILoggingAdapter logger,
        CancellationToken cancellationToken = default)
    {
        max.EnsureIsPositiveFinite(nameof(max));
        var start = Now;
        var stop = start + max;
        logger?.Debug("Awaiting condition for {0}.", max);
        while (!await conditionIsFulfilled())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Now >= stop)
            {
                fail("Timeout {0} expired. ", [max]);
                return false;
            }

            await Task.Delay(RemainingUntil(stop).Min(interval), cancellationToken);
        }

        logger?.Debug("Condition fulfilled after {0}", Now - start);
        return true;
    }

    private static TimeSpan RemainingUntil(TimeSpan stop)
    {
        var left = stop - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static Task Completed(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
