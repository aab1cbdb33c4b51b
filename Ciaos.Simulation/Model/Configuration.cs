using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>An operation that was invoked and may still take effect.</summary>
/// <param name="Awaited">Its answer is still to come. False: it never will, and so the operation may take effect at any
/// time, or never.</param>
internal sealed record PendingOperation(int Id, Operation Operation, bool Awaited);

/// <summary>
/// One of the things that may be true now: a state of the keys, and how the pending operations stand to it.
/// Immutable.
/// </summary>
internal sealed class Configuration
{
    private static readonly ImmutableSortedDictionary<int, Expected?> NoneDone =
        ImmutableSortedDictionary<int, Expected?>.Empty;

    private static readonly ImmutableSortedDictionary<int, ImmutableArray<Expected>> NoneSeen =
        ImmutableSortedDictionary<int, ImmutableArray<Expected>>.Empty;

    private readonly ImmutableSortedDictionary<int, Expected?> _done;
    private readonly ImmutableSortedDictionary<int, ImmutableArray<Expected>> _seen;

    private Configuration(
        BucketModel model,
        ImmutableSortedDictionary<int, Expected?> done,
        ImmutableSortedDictionary<int, ImmutableArray<Expected>> seen)
    {
        (Model, _done, _seen) = (model, done, seen);
        Hash = model.Hash;
        foreach (var (id, expected) in done) Hash += Hashing.Combine((ulong)id, expected?.Hash ?? 1);
        foreach (var (id, answers) in seen)
            foreach (var answer in answers) Hash += Hashing.Combine((ulong)id << 32, answer.Hash);
    }

    public static Configuration Initial => new(BucketModel.Empty, NoneDone, NoneSeen);

    public BucketModel Model { get; }

    /// <summary>The same for configurations from which the same can follow.</summary>
    public ulong Hash { get; }

    /// <summary>The operation has taken effect.</summary>
    public bool IsDone(int id) => _done.ContainsKey(id);

    /// <summary>How an operation that has taken effect is to be answered.</summary>
    public Expected? AnswerOf(int id) => _done.GetValueOrDefault(id);

    /// <summary>The answers without effect that an awaited operation could have got since it was invoked.</summary>
    public ImmutableArray<Expected> SeenBy(int id) => _seen.GetValueOrDefault(id, []);

    /// <summary>The same at rest: nothing is pending any more.</summary>
    public Configuration Settled() => new(Model, NoneDone, NoneSeen);

    public Configuration With(BucketModel model) =>
        ReferenceEquals(model, Model) ? this : new Configuration(model, _done, _seen);

    /// <summary>The operation is over.</summary>
    public Configuration Without(int id) => new(Model, _done.Remove(id), _seen.Remove(id));

    /// <summary>Nobody waits for the operation's answer any more.</summary>
    public Configuration Abandon(int id) =>
        new(Model, _done.ContainsKey(id) ? _done.SetItem(id, null) : _done, _seen.Remove(id));

    /// <summary>Notes how an awaited operation would be answered now, if that leaves everything as it is.</summary>
    public Configuration Observe(PendingOperation pending) => new(Model, _done, Observe(_seen, Model, pending));

    /// <summary>What the operation may do now, if anything.</summary>
    public IEnumerable<Transition> Effects(PendingOperation pending) =>
        pending.Operation.IsWrite
            ? Model.Apply(pending.Operation, pending.Id).Where(transition => transition.HasEffect)
            : [];

    /// <summary>The operation takes effect; the others look at what it makes.</summary>
    public Configuration After(
        Transition effect, PendingOperation operation, IReadOnlyCollection<PendingOperation> pending)
    {
        var seen = _seen.Remove(operation.Id);
        foreach (var other in pending)
            if (seen.ContainsKey(other.Id) && Shares(operation.Operation.Keys, other.Operation.Keys))
                seen = Observe(seen, effect.Next, other);
        return new Configuration(
            effect.Next, _done.Add(operation.Id, operation.Awaited ? effect.Expected : null), seen);
    }

    public static bool Shares(ImmutableArray<string> left, ImmutableArray<string> right) =>
        left.Any(key => right.Contains(key, StringComparer.Ordinal));

    private static ImmutableSortedDictionary<int, ImmutableArray<Expected>> Observe(
        ImmutableSortedDictionary<int, ImmutableArray<Expected>> seen, BucketModel model, PendingOperation pending)
    {
        var answers = seen.GetValueOrDefault(pending.Id, []);
        foreach (var transition in model.Apply(pending.Operation, pending.Id))
            if (!transition.HasEffect && !answers.Any(answer => answer.Hash == transition.Expected.Hash))
                answers = answers.Add(transition.Expected);
        return seen.SetItem(pending.Id, answers);
    }
}
