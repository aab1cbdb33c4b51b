using System.Runtime.CompilerServices;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public T ExpectMsgAnyOf<T>(IEnumerable<T> messages, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => ExpectMsgAnyOfAsync(messages, cancellationToken));

    /// <summary>The next message must equal one of these.</summary>
    public async ValueTask<T> ExpectMsgAnyOfAsync<T>(
        IEnumerable<T> messages, CancellationToken cancellationToken = default)
    {
        T[] expected = [.. messages];
        var limit = RemainingOrDefault;
        var message = await ReceiveOneAsync(limit, cancellationToken);
        _assertions.AssertTrue(
            message is not null,
            "Timeout {0} during waiting for ExpectMsgAnyOf waiting for ({1})",
            limit,
            string.Join(",", expected));
        _assertions.AssertTrue(
            message is T && expected.Contains((T)message), "ExpectMsgAnyOf found unexpected {0}", message!);
        return (T)message!;
    }

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) =>
        Blocking.Collect(() => ExpectMsgAllOfAsync(messages));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ExpectMsgAllOfAsync(messages, cancellationToken));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) =>
        Blocking.Collect(() => ExpectMsgAllOfAsync(max, messages));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Blocking.Collect(() => ExpectMsgAllOfAsync(max, messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        AllOfAsync(RemainingOrDefault, messages, cancellationToken);

    /// <summary>As many messages as are given must come, equal to these in any order.</summary>
    /// <param name="max">For all of them together; dilated.</param>
    /// <param name="messages">What must come.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default)
    {
        max.EnsureIsPositiveFinite(nameof(max));
        return AllOfAsync(Dilated(max), messages, cancellationToken);
    }

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(params PredicateInfo[] predicates) =>
        Blocking.Collect(() => ExpectMsgAllOfMatchingPredicatesAsync(predicates));

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(
        IReadOnlyCollection<PredicateInfo> predicates, CancellationToken cancellationToken) =>
        Blocking.Collect(() => ExpectMsgAllOfMatchingPredicatesAsync(predicates, cancellationToken));

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(
        TimeSpan max, params PredicateInfo[] predicates) =>
        Blocking.Collect(() => ExpectMsgAllOfMatchingPredicatesAsync(max, predicates));

    public IReadOnlyCollection<object> ExpectMsgAllOfMatchingPredicates(
        TimeSpan max, IReadOnlyCollection<PredicateInfo> predicates, CancellationToken cancellationToken) =>
        Blocking.Collect(() => ExpectMsgAllOfMatchingPredicatesAsync(max, predicates, cancellationToken));

    public IAsyncEnumerable<object> ExpectMsgAllOfMatchingPredicatesAsync(
        IReadOnlyCollection<PredicateInfo> predicates, CancellationToken cancellationToken = default) =>
        AllMatchingAsync(RemainingOrDefault, predicates, cancellationToken);

    /// <summary>As many messages as predicates must come, and each predicate must accept one of them.</summary>
    public IAsyncEnumerable<object> ExpectMsgAllOfMatchingPredicatesAsync(
        TimeSpan max, IReadOnlyCollection<PredicateInfo> predicates, CancellationToken cancellationToken = default)
    {
        max.EnsureIsPositiveFinite(nameof(max));
        return AllMatchingAsync(Dilated(max), predicates, cancellationToken);
    }

    private async IAsyncEnumerable<T> AllOfAsync<T>(
        TimeSpan limit,
        IReadOnlyCollection<T> expected,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = ReceiveExactlyAsync(expected.Count, limit, cancellationToken);
        var received = await Blocking.ToListAsync(source);
        List<object?> missing = [.. expected.Where(e => !received.Contains(e!))];
        List<object?> unexpected = [.. received.Where(r => !(r is T typed && expected.Contains(typed)))];
        CheckAll(missing, unexpected);
        foreach (var message in received) yield return (T)message;
    }

    private async IAsyncEnumerable<object> AllMatchingAsync(
        TimeSpan limit,
        IReadOnlyCollection<PredicateInfo> predicates,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = ReceiveExactlyAsync(predicates.Count, limit, cancellationToken);
        var received = await Blocking.ToListAsync(source);
        List<PredicateInfo> unused = [.. predicates];
        List<object?> unexpected = [];
        foreach (var message in received)
        {
            var match = unused.Find(predicate => predicate.Accepts(message));
            if (match is null) unexpected.Add(message);
            else unused.Remove(match);
        }

        CheckAll([.. unused], unexpected);
        foreach (var message in received) yield return message;
    }

    private void CheckAll(List<object?> missing, List<object?> unexpected)
    {
        if (missing.Count == 0 && unexpected.Count == 0) return;
        _assertions.Fail(
            "not found [{0}], found unexpected [{1}]", string.Join(", ", missing), string.Join(", ", unexpected));
    }
}
