using System.Collections;
using System.Runtime.CompilerServices;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    /// <param name="max">How long to wait, as it is (not dilated): zero not at all, infinite for ever.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when nothing came.</returns>
    public object? ReceiveOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => ReceiveOneAsync(max, cancellationToken));

    public async ValueTask<object?> ReceiveOneAsync(
        TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, envelope) = await TryReceiveOneAsync(max, cancellationToken);
        return success ? envelope.Message : null;
    }

    public bool TryReceiveOne(
        out MessageEnvelope envelope, TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, received) = Blocking.Wait(() => TryReceiveOneAsync(max, cancellationToken));
        envelope = received;
        return success;
    }

    public ValueTask<(bool success, MessageEnvelope envelope)> TryReceiveOneAsync(
        TimeSpan? max, CancellationToken cancellationToken = default) =>
        NextAsync(_state.Queue.TryTake, max, cancellationToken);

    public object? PeekOne(TimeSpan? max = null, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => PeekOneAsync(max, cancellationToken));

    public object? PeekOne(CancellationToken cancellationToken) =>
        PeekOne(Timeout.InfiniteTimeSpan, cancellationToken);

    public async ValueTask<object?> PeekOneAsync(TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var (success, envelope) = await TryPeekOneAsync(max, cancellationToken);
        return success ? envelope.Message : null;
    }

    public ValueTask<object?> PeekOneAsync(CancellationToken cancellationToken) =>
        PeekOneAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    public bool TryPeekOne(out MessageEnvelope envelope, TimeSpan? max, CancellationToken cancellationToken)
    {
        var (success, peeked) = Blocking.Wait(() => TryPeekOneAsync(max, cancellationToken));
        envelope = peeked;
        return success;
    }

    public ValueTask<(bool success, MessageEnvelope envelope)> TryPeekOneAsync(
        TimeSpan? max, CancellationToken cancellationToken) =>
        NextAsync(_state.Queue.TryPeek, max, cancellationToken);

    public IReadOnlyCollection<object> ReceiveN(
        int numberOfMessages, CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ReceiveNAsync(numberOfMessages, cancellationToken));

    public IReadOnlyCollection<object> ReceiveN(
        int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ReceiveNAsync(numberOfMessages, max, cancellationToken));

    public IAsyncEnumerable<object> ReceiveNAsync(
        int numberOfMessages, CancellationToken cancellationToken = default) =>
        ReceiveExactlyAsync(numberOfMessages, RemainingOrDefault, cancellationToken);

    /// <param name="numberOfMessages">Fewer within the time are a failure.</param>
    /// <param name="max">For all of them together; dilated.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public IAsyncEnumerable<object> ReceiveNAsync(
        int numberOfMessages, TimeSpan max, CancellationToken cancellationToken = default)
    {
        max.EnsureIsPositiveFinite(nameof(max));
        return ReceiveExactlyAsync(numberOfMessages, Dilated(max), cancellationToken);
    }

    public object FishForMessage(
        Predicate<object> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => FishForMessageAsync(isMessage, max, hint, cancellationToken));

    public T FishForMessage<T>(
        Predicate<T> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => FishForMessageAsync(isMessage, max, hint, cancellationToken));

    public T FishForMessage<T>(
        Predicate<T> isMessage,
        ArrayList? allMessages,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => FishForMessageAsync(isMessage, allMessages, max, hint, cancellationToken));

    public ValueTask<object> FishForMessageAsync(
        Predicate<object> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) =>
        FishForMessageAsync<object>(isMessage, max, hint, cancellationToken);

    public ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default) =>
        FishForMessageAsync(isMessage, null, max, hint, cancellationToken);

    /// <summary>Throws messages away until the one that is looked for.</summary>
    /// <param name="isMessage">Whether this is it.</param>
    /// <param name="allMessages">Cleared, then gets what was thrown away.</param>
    /// <param name="max">When to give up and fail; dilated.</param>
    /// <param name="hint">Said on failure.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<T> FishForMessageAsync<T>(
        Predicate<T> isMessage,
        ArrayList? allMessages,
        TimeSpan? max = null,
        string hint = "",
        CancellationToken cancellationToken = default)
    {
        var limit = RemainingOrDilated(max);
        var end = Now + limit;
        allMessages?.Clear();
        while (true)
        {
            var message = await ReceiveOneAsync(RemainingUntil(end), cancellationToken);
            _assertions.AssertTrue(
                message is not null,
                "Timeout ({0}) during fishForMessage{1}",
                limit,
                string.IsNullOrEmpty(hint) ? "" : $", hint: {hint}");
            if (message is T typed && isMessage(typed)) return typed;
            allMessages?.Add(message);
        }
    }

    /// <summary>Fails when a message of the type comes within the time. All others are thrown away.</summary>
    public async Task FishUntilMessageAsync<T>(
        TimeSpan? max = null, CancellationToken cancellationToken = default)
    {
        var others = ReceiveWhileAsync<object>(
            message =>
            {
                _assertions.AssertFalse(message is T, "did not expect a message of type {0}", typeof(T));
                return true;
            },
            max,
            cancellationToken: cancellationToken);
        await Blocking.ToListAsync(others);
    }

    /// <summary>Waits until nothing has come for a while.</summary>
    /// <param name="max">For how long nothing may come.</param>
    /// <param name="maxMessages">More messages than that before it gets silent are a failure.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What came before.</returns>
    public async Task<ArrayList> WaitForRadioSilenceAsync(
        TimeSpan? max = null, uint? maxMessages = null, CancellationToken cancellationToken = default)
    {
        var messages = new ArrayList();
        for (uint i = 0; ; i++)
        {
            _assertions.AssertFalse(i > maxMessages, "maxMessages violated (current iteration: {0}).", i);
            var message = await ReceiveOneAsync(max, cancellationToken);
            if (message is null) return ArrayList.ReadOnly(messages);
            messages.Add(message);
        }
    }

    private async IAsyncEnumerable<object> ReceiveExactlyAsync(
        int count, TimeSpan max, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var start = Now;
        var stop = start + max;
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var message = await ReceiveOneAsync(RemainingUntil(stop), cancellationToken);
            _assertions.AssertTrue(
                message is not null,
                "Timeout ({0}) while expecting {1} messages. Only got {2} after {3}.",
                max,
                count,
                i,
                Now - start);
            yield return message!;
        }
    }

    private async ValueTask<(bool Success, MessageEnvelope Envelope)> NextAsync(
        Func<MessageEnvelope?> next, TimeSpan? max, CancellationToken cancellationToken)
    {
        var limit = GetTimeoutOrDefault(max);
        var start = Now;
        LogCall("Waiting for a message for {0}", limit);
        var envelope = next();
        if (envelope is null && (limit > TimeSpan.Zero || limit == Timeout.InfiniteTimeSpan)
            && await _state.Queue.WaitAsync(limit, cancellationToken))
        {
            envelope = next();
        }

        _state.LastWasNoMsg = false;
        _state.LastMessage = envelope ?? NullMessageEnvelope.Instance;
        LogCall("Got {0} after {1}", _state.LastMessage, Now - start);
        return (envelope is not null, _state.LastMessage);
    }
}
