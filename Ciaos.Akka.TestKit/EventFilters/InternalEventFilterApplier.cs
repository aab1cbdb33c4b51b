using Akka.Actor;
using Akka.Event;
using Akka.TestKit.TestEvent;

namespace Akka.TestKit.Internal;

/// <summary>Counts the events that its filters match, by putting these into the system's test logger.</summary>
public class InternalEventFilterApplier : IEventFilterApplier
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilterBase> _filters;

    public InternalEventFilterApplier(
        TestKitBase testkit, ActorSystem system, IReadOnlyList<EventFilterBase> filters)
    {
        _testkit = testkit;
        _system = system;
        _filters = filters;
    }

    public EventFilterFactory And => new(_testkit, _system, _filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default) =>
        Expect(1, action, cancellationToken);

    [Obsolete("Only for backwards compat. Use ExpectOneAsync(Func<Task>, CancellationToken) instead beginning in " +
        "Akka.NET v1.5")]
    public Task ExpectOneAsync(Action action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, ToTask(action), cancellationToken);

    public Task ExpectOneAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, action, cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Expect(1, timeout, action, cancellationToken);

    public Task ExpectOneAsync(
        TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, timeout, action, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default) =>
        Intercept(ToFunction(action), _system, null, expectedCount, null, cancellationToken);

    public Task ExpectAsync(
        int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, actionAsync, null, cancellationToken);

    public Task ExpectAsync(
        int expectedCount,
        Func<Task> actionAsync,
        TimeSpan? timeout,
        CancellationToken cancellationToken = default) =>
        InterceptAsync<bool>(
            ToFunction(actionAsync), _system, timeout, expectedCount, null, cancellationToken);

    public void Expect(
        int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        Intercept(ToFunction(action), _system, timeout, expectedCount, null, cancellationToken);

    public Task ExpectAsync(
        int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, action, timeout, cancellationToken);

    public Task ExpectAsync(
        int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default) =>
        ExpectAsync(expectedCount, ToTask(action), timeout, cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default) =>
        Expect(1, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, func, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Expect(1, timeout, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(
        TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        ExpectAsync(1, timeout, func, cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, _system, null, expectedCount, null, cancellationToken);

    public Task<T> ExpectAsync<T>(
        int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, _system, null, expectedCount, null, cancellationToken);

    public T Expect<T>(
        int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, _system, timeout, expectedCount, null, cancellationToken);

    public Task<T> ExpectAsync<T>(
        int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, _system, timeout, expectedCount, null, cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default) =>
        Intercept(func, _system, null, null, null, cancellationToken);

    public Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default) =>
        InterceptAsync(func, _system, null, null, null, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default) =>
        Intercept(ToFunction(action), _system, null, null, null, cancellationToken);

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default) =>
        InterceptAsync<bool>(ToFunction(action), _system, null, null, null, cancellationToken);

    public Task MuteAsync(Action action, CancellationToken cancellationToken = default) =>
        MuteAsync(ToTask(action), cancellationToken);

    public IUnmutableFilter Mute()
    {
        _system.EventStream.Publish(new Mute(_filters));
        return new InternalUnmutableFilter(_filters, _system);
    }

    protected static string GetMessageString(int number) => number == 1 ? "message" : "messages";

    protected T Intercept<T>(
        Func<T> func,
        ActorSystem system,
        TimeSpan? timeout,
        int? expectedOccurrences,
        MatchedEventHandler? matchedEventHandler = null,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<T>(InterceptAsync(
            () => Task.FromResult(func()),
            system,
            timeout,
            expectedOccurrences,
            matchedEventHandler,
            cancellationToken)));

    protected async Task<T> InterceptAsync<T>(
        Func<Task<T>> func,
        ActorSystem system,
        TimeSpan? timeout,
        int? expectedOccurrences,
        MatchedEventHandler? matchedEventHandler = null,
        CancellationToken cancellationToken = default)
    {
        var handler = matchedEventHandler ?? new MatchedEventHandler();
        var limit = timeout is { } given ? _testkit.Dilated(given) : Leeway(system);
        foreach (var filter in _filters) filter.EventMatched += handler.HandleEvent;
        system.EventStream.Publish(new Mute(_filters));
        try
        {
            var result = await func();
            if (!await AwaitDoneAsync(limit, expectedOccurrences, handler, cancellationToken))
                Fail(system, limit, expectedOccurrences ?? 0, handler.ReceivedCount);
            return result;
        }
        finally
        {
            foreach (var filter in _filters) filter.EventMatched -= handler.HandleEvent;
            system.EventStream.Publish(new Unmute(_filters));
        }
    }

    protected bool AwaitDone(
        TimeSpan timeout,
        int? expectedOccurrences,
        MatchedEventHandler matchedEventHandler,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<bool>(
            AwaitDoneAsync(timeout, expectedOccurrences, matchedEventHandler, cancellationToken)));

    protected async Task<bool> AwaitDoneAsync(
        TimeSpan timeout,
        int? expectedOccurrences,
        MatchedEventHandler matchedEventHandler,
        CancellationToken cancellationToken = default)
    {
        if (expectedOccurrences is not { } expected) return true;

        // That nothing comes is known only when the time is up.
        Func<bool> isDecided = expected > 0
            ? () => matchedEventHandler.ReceivedCount >= expected
            : () => matchedEventHandler.ReceivedCount > 0;
        await _testkit.AwaitConditionNoThrowAsync(isDecided, timeout, PollInterval, cancellationToken);
        return matchedEventHandler.ReceivedCount == expected;
    }

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

    private static Func<Task> ToTask(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    private TimeSpan Leeway(ActorSystem system) =>
        system.HasExtension<TestKitSettings>()
            ? TestKitExtension.For(system).TestEventFilterLeeway
            : _testkit.TestKitSettings.TestEventFilterLeeway;

    private void Fail(ActorSystem system, TimeSpan limit, int expected, int received)
    {
        var filters = string.Join(",", _filters);
        var tooMany = received - expected;
        var message = tooMany < 0
            ? $"Timeout ({limit}) while waiting for messages. Only received {received}/{expected} messages " +
                $"that matched filter [{filters}]"
            : $"Received {tooMany} {GetMessageString(tooMany)} too many. Expected {expected} " +
                $"{GetMessageString(expected)} but received {received} that matched filter [{filters}]";
        var provider = system.HasExtension<TestKitAssertionsProvider>()
            ? TestKitAssertionsExtension.For(system)
            : TestKitAssertionsExtension.For(_testkit.Sys);
        provider.Assertions.Fail("{0}", message);
    }

    protected class MatchedEventHandler
    {
        private int _receivedCount;

        public int ReceivedCount => Volatile.Read(ref _receivedCount);

        public virtual void HandleEvent(EventFilterBase eventFilter, LogEvent logEvent) =>
            Interlocked.Increment(ref _receivedCount);
    }

    protected class InternalUnmutableFilter : IUnmutableFilter
    {
        private readonly ActorSystem _system;
        private IReadOnlyCollection<EventFilterBase>? _filters;

        public InternalUnmutableFilter(IReadOnlyCollection<EventFilterBase> filters, ActorSystem system)
        {
            _filters = filters;
            _system = system;
        }

        public void Unmute()
        {
            var filters = Interlocked.Exchange(ref _filters, null);
            if (filters is not null) _system.EventStream.Publish(new Unmute(filters));
        }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (disposing) Unmute();
        }
    }
}
