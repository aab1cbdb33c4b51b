namespace Ciaos.Simulation.Model;

/// <summary>
/// Looks for the orders of pending operations that explain one answer. Only operations that share a key with the
/// answered one, or with others that do, can matter to it: all others keep their place for later.
/// </summary>
internal sealed class Exploration(
    PendingOperation answered, Outcome outcome, IEnumerable<PendingOperation> pending, int maxConfigurations)
{
    private readonly PendingOperation[] _pending = [.. pending];
    private readonly Dictionary<ulong, Configuration> _explained = [];
    private readonly HashSet<ulong> _visited = [];

    /// <summary>All configurations in which the answer is explained and the operation over.</summary>
    public List<Configuration> From(IEnumerable<Configuration> configurations)
    {
        foreach (var configuration in configurations)
        {
            if (configuration.IsDone(answered.Id))
                Accept(configuration, configuration.AnswerOf(answered.Id)!);
            else
                Explore(configuration, Relevant(configuration));
        }

        return [.. _explained.Values];
    }

    private void Explore(Configuration configuration, List<PendingOperation> others)
    {
        if (!_visited.Add(configuration.Hash)) return;
        if (_visited.Count > maxConfigurations)
            throw new HistoryTooWideException(
                $"More than {maxConfigurations} histories may explain the answer to #{answered.Id} "
                + $"{answered.Operation}. Pending: {string.Join("; ", _pending.Select(other => other.Operation))}");

        // Seen already, and nothing new learned from it: whatever else may have happened before may happen later, too.
        // A write of S3 that had nothing to do is answered like one that had, so the answer tells less.
        if (AcceptSeen(configuration) && answered.Operation is not S3Operation { IsWrite: true }) return;
        foreach (var effect in configuration.Effects(answered))
            Accept(configuration.After(effect, answered, _pending), effect.Expected);
        foreach (var other in others)
        {
            if (configuration.IsDone(other.Id)) continue;
            foreach (var effect in configuration.Effects(other))
                Explore(configuration.After(effect, other, _pending), others);
        }
    }

    private bool AcceptSeen(Configuration configuration)
    {
        var isCertain = false;
        foreach (var seen in configuration.SeenBy(answered.Id))
            isCertain |= Accept(configuration, seen) is { } learned && ReferenceEquals(learned, configuration.Model);
        return isCertain;
    }

    private BucketModel? Accept(Configuration configuration, Expected expected)
    {
        var learned = Judge.Compare(answered.Operation, expected, outcome, configuration.Model).Learned;
        if (learned is null) return null;
        var explained = configuration.With(learned).Without(answered.Id);
        _explained.TryAdd(explained.Hash, explained);
        return learned;
    }

    private List<PendingOperation> Relevant(Configuration configuration)
    {
        var candidates = _pending
            .Where(other => other.Operation.IsWrite && other.Id != answered.Id && !configuration.IsDone(other.Id))
            .ToList();
        var relevant = new List<PendingOperation>();
        var keys = answered.Operation.Keys;
        while (candidates.Find(other => Configuration.Shares(other.Operation.Keys, keys)) is { } found)
        {
            candidates.Remove(found);
            relevant.Add(found);
            keys = keys.AddRange(found.Operation.Keys);
        }

        return relevant;
    }
}
