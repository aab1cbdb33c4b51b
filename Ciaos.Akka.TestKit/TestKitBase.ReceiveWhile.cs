using System.Runtime.CompilerServices;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max,
        Func<object, T> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ReceiveWhileAsync(max, filter, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max,
        TimeSpan? idle,
        Func<object, T> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ReceiveWhileAsync(max, idle, filter, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ReceiveWhileAsync(filter, max, idle, msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        Predicate<T> shouldContinue,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true,
        CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ReceiveWhileAsync(
            shouldContinue, max, idle, msgs, shouldIgnoreOtherMessageTypes, cancellationToken));

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max,
        Func<object, T> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        ReceiveWhileAsync(filter, max, null, msgs, cancellationToken);

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max,
        TimeSpan? idle,
        Func<object, T> filter,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        ReceiveWhileAsync(filter, max, idle, msgs, cancellationToken);

    /// <summary>Takes messages until the filter returns null (that message stays), or until the time is up.</summary>
    /// <param name="filter">Turns a message into a result.</param>
    /// <param name="max">For all together; dilated.</param>
    /// <param name="idle">How long the next one may take; for ever unless given.</param>
    /// <param name="msgs">How many to take at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Func<object, T> filter,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        TakeWhileAsync<T>(
            message => filter(message) is { } result ? (Verdict.Take, result) : (Verdict.Stop, default!),
            max,
            idle,
            msgs,
            cancellationToken);

    /// <summary>
    /// Takes messages until the predicate says no (that message stays), or until the time is up. Messages of other
    /// types are thrown away or, on demand, end it too.
    /// </summary>
    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Predicate<T> shouldContinue,
        TimeSpan? max = null,
        TimeSpan? idle = null,
        int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true,
        CancellationToken cancellationToken = default) =>
        TakeWhileAsync<T>(
            message => message is T typed
                ? (shouldContinue(typed) ? Verdict.Take : Verdict.Stop, typed)
                : (shouldIgnoreOtherMessageTypes ? Verdict.Skip : Verdict.Stop, default!),
            max,
            idle,
            msgs,
            cancellationToken);

    private async IAsyncEnumerable<T> TakeWhileAsync<T>(
        Func<object, (Verdict Verdict, T Result)> judge,
        TimeSpan? max,
        TimeSpan? idle,
        int count,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stop = Now + RemainingOrDilated(max);
        var last = _state.LastMessage = NullMessageEnvelope.Instance;
        while (count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (success, next) = await TryPeekOneAsync(RemainingUntil(stop).Min(idle), cancellationToken);
            if (!success) break;
            var (verdict, result) = judge(next.Message);
            if (verdict == Verdict.Stop) break;
            _state.Queue.TryTake();
            last = next;
            if (verdict == Verdict.Skip) continue;
            count--;
            yield return result;
        }

        _state.LastMessage = last;
        _state.LastWasNoMsg = true;
    }

    private enum Verdict
    {
        Take,
        Skip,
        Stop,
    }
}
