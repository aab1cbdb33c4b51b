using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>
/// All that may be true of one owner's keys, given what its clients have asked and got: a set of configurations. They
/// are told apart no sooner than an answer demands it (just-in-time linearisation): an answer keeps those in which some
/// order of pending operations leads to it. Reads and refusals change nothing, so each configuration notes for every
/// pending operation what it could have seen since it was invoked; only effects fork.
/// </summary>
internal sealed class OwnerHistory
{
    /// <summary>A run with the usual number of clients has a handful.</summary>
    private const int MaxConfigurations = 10_000;

    private readonly Dictionary<int, PendingOperation> _pending = [];
    private readonly Dictionary<int, PendingList> _lists = [];
    private List<Configuration> _configurations = [Configuration.Initial];

    public IReadOnlyList<Configuration> Configurations => _configurations;

    /// <summary>Operations that nobody waits for and that may still take effect.</summary>
    public int Unknown => _pending.Values.Count(pending => !pending.Awaited);

    /// <summary>Keys of which it is not known what they hold.</summary>
    public IEnumerable<string> DoubtfulKeys => _configurations.Count == 1
        ? []
        : _configurations.SelectMany(configuration => configuration.Model.Objects.Keys)
            .Distinct(StringComparer.Ordinal)
            .Where(key => _configurations.DistinctBy(it => it.Model.Find(key)?.Hash).Skip(1).Any())
            .Order(KeyOrder.Instance);

    /// <summary>The same of keys by way of S3.</summary>
    public IEnumerable<string> DoubtfulVersions => _configurations.Count == 1
        ? []
        : _configurations.SelectMany(configuration => configuration.Model.Versioned.Keys)
            .Distinct(StringComparer.Ordinal)
            .Where(key => _configurations.DistinctBy(it => it.Model.VersionsOf(key).Hash).Skip(1).Any())
            .Order(KeyOrder.Instance);

    public bool IsAwaited => _lists.Count > 0 || _pending.Values.Any(pending => pending.Awaited);

    public void Invoke(int id, Operation operation)
    {
        if (operation.IsListing)
        {
            _lists.Add(id, new PendingList(operation));
        }
        else
        {
            var pending = new PendingOperation(id, operation, Awaited: true);
            _pending.Add(id, pending);
            Replace(_configurations.Select(configuration => configuration.Observe(pending)));
        }

        LetListsLook();
    }

    /// <summary>The operation was answered. False: no order of operations leads to this answer; nothing is
    /// changed.</summary>
    public bool Return(int id, Outcome outcome)
    {
        if (_lists.Remove(id, out var list)) return ReturnList(list, outcome);
        var pending = _pending[id];
        var explained = new Exploration(pending, outcome, _pending.Values, MaxConfigurations).From(_configurations);
        if (explained.Count == 0) return false;
        _pending.Remove(id);
        _configurations = explained;
        return true;
    }

    /// <summary>The operation will never be answered. A write may still take effect.</summary>
    public void Abandon(int id)
    {
        if (_lists.Remove(id)) return;
        var operation = _pending[id].Operation;
        if (operation is { IsWrite: true } and not BrokenPut)
        {
            _pending[id] = _pending[id] with { Awaited = false };
            Replace(_configurations.Select(configuration => configuration.Abandon(id)));
        }
        else
        {
            _pending.Remove(id);
            Replace(_configurations.Select(configuration => configuration.Without(id)));
        }
    }

    /// <param name="but">Those that will be.</param>
    public void AbandonAll(IReadOnlyCollection<int> but)
    {
        foreach (var id in _pending.Keys.Concat(_lists.Keys).Except(but).Order().ToList()) Abandon(id);
    }

    /// <summary>What has not taken effect by now never will.</summary>
    public void Settle()
    {
        if (IsAwaited) throw new InvalidOperationException("An operation is still under way: the node is not at rest");
        Replace(Reachable(_pending.Values).Select(configuration => configuration.Settled()));
        _pending.Clear();
    }

    /// <summary>Why the answer to a pending operation is not possible: what each of the first configurations would have
    /// answered.</summary>
    public string Explain(Operation operation, int id, Outcome outcome)
    {
        const int shown = 4;
        var lines = _configurations.Take(shown).Select(configuration => Explain(configuration, operation, id, outcome));
        var others = _pending.Values.Where(other => other.Id != id).Select(
            other => $"  pending: #{other.Id} {other.Operation}{(other.Awaited ? "" : " (never answered)")}");
        var more = $"  of {_configurations.Count} possibilities";
        return string.Join('\n', [.. lines, more, .. others]);
    }

    private static string Explain(Configuration configuration, Operation operation, int id, Outcome outcome)
    {
        var model = configuration.Model;
        var state = $"  possible: {model}";
        if (operation.IsListing)
            return $"{state}\n    differs: {Judge.CompareListing(operation, outcome, model).Difference}";
        var answers = configuration.IsDone(id)
            ? [configuration.AnswerOf(id)!]
            : configuration.SeenBy(id).Concat(
                model.Apply(operation, id).Where(transition => transition.HasEffect).Select(effect => effect.Expected));
        return state + string.Concat(answers.Select(expected =>
            $"\n    differs: {Judge.Compare(operation, expected, outcome, model).Difference}"));
    }

    // A page shows the keys at one moment. It may be a little ahead of what reads see, so it must be something that was
    // possible while it was made, but tells nothing about now: unless nothing else was under way, when it must be what
    // a read sees too.
    private bool ReturnList(PendingList pending, Outcome outcome)
    {
        if (!pending.WasAlone)
            return pending.Seen.Values.Any(
                model => Judge.CompareListing(pending.List, outcome, model).Learned is not null);
        var explained = _configurations
            .Select(configuration => (
                Configuration: configuration,
                Judge.CompareListing(pending.List, outcome, configuration.Model).Learned))
            .Where(item => item.Learned is not null)
            .Select(item => item.Configuration.With(item.Learned!))
            .ToList();
        if (explained.Count == 0) return false;
        Replace(explained);
        return true;
    }

    private void LetListsLook()
    {
        if (_lists.Count == 0) return;
        var writes = _pending.Values.Where(pending => pending.Operation.IsWrite).ToList();
        List<BucketModel>? reachable = null;
        foreach (var list in _lists.Values)
        {
            list.WasAlone &= writes.Count == 0;
            if (list.WasAlone) continue;
            reachable ??= [.. Reachable(writes).Select(configuration => configuration.Model)];
            foreach (var model in reachable) list.Seen.TryAdd(model.Hash, model);
        }
    }

    /// <summary>All that pending operations can lead to, in any order, and what there is already.</summary>
    private List<Configuration> Reachable(IReadOnlyCollection<PendingOperation> writes)
    {
        var visited = new HashSet<ulong>();
        var reachable = new List<Configuration>();
        var next = new Stack<Configuration>(_configurations);
        while (next.TryPop(out var configuration))
        {
            if (!visited.Add(configuration.Hash)) continue;
            if (visited.Count > MaxConfigurations) throw TooWide(visited.Count);
            reachable.Add(configuration);
            foreach (var write in writes)
            {
                if (configuration.IsDone(write.Id)) continue;
                foreach (var effect in configuration.Effects(write)) next.Push(configuration.After(effect, write, []));
            }
        }

        return reachable;
    }

    private HistoryTooWideException TooWide(int found) => new(
        $"{found} histories are possible, no more than {MaxConfigurations} are followed. Pending: "
        + string.Join("; ", _pending.Values.Select(pending => $"#{pending.Id} {pending.Operation}")));

    private void Replace(IEnumerable<Configuration> configurations) =>
        _configurations = configurations.DistinctBy(configuration => configuration.Hash).ToList();

    private sealed class PendingList(Operation list)
    {
        public Operation List { get; } = list;

        /// <summary>No write was pending at any time since it was invoked.</summary>
        public bool WasAlone { get; set; } = true;

        /// <summary>The states that were possible since then, where it was not alone.</summary>
        public Dictionary<ulong, BucketModel> Seen { get; } = [];
    }
}
