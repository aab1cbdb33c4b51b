using Ciaos.Simulation.Model;

namespace Ciaos.Simulation.World;

/// <summary>A write under way.</summary>
/// <param name="Slot">The client that sends it.</param>
/// <param name="Token">Null: it must not be sent twice.</param>
internal sealed record WriteUnderWay(int Slot, Invocation Invocation, string? Token);

/// <summary>
/// The clients' side of idempotency keys. Some writes get one: those are sent again when their outcome is not known,
/// also to a node that has crashed and come back, some are sent twice at once, and some once more long after. To the
/// judge it is one operation that is answered once, so it notices whatever happens twice.
/// </summary>
internal sealed class IdempotentWrites(Random random)
{
    private const int MaxAttempts = 4;
    private const int MaxRepeats = 6;
    private const int MaxDone = 40;

    private readonly SortedDictionary<int, WriteUnderWay> _open = [];
    private readonly List<(WriteUnderWay Write, Outcome Outcome)> _done = [];
    private int _tokens;

    /// <summary>Sends whatever was invoked, and gives its outcome.</summary>
    public Task<Outcome> SendAsync(SimulatedNode node, SimulatedClient client, int slot, Invocation invocation)
    {
        var hasToken = invocation.Operation is RawPut or FilesWrite && random.Next(2) == 0;
        var write = new WriteUnderWay(slot, invocation, hasToken ? $"token {++_tokens}" : null);
        if (hasToken) _open.Add(invocation.Id, write);
        return SendAsync(node, client, write);
    }

    /// <summary>As often as it takes.</summary>
    /// <exception cref="InvalidOperationException">Two answers contradict each other.</exception>
    public async Task<Outcome> SendAsync(SimulatedNode node, SimulatedClient client, WriteUnderWay write)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = write.Token is not null && random.Next(5) == 0
                ? await SendTwiceAsync(node, client, write).ConfigureAwait(true)
                : await client.SendAsync(node, write.Invocation.Operation, write.Token).ConfigureAwait(true);
            if (outcome.IsUnknown && write.Token is not null && attempt < MaxAttempts)
            {
                await client.PauseAsync(node).ConfigureAwait(true);
                continue;
            }

            if (_open.Remove(write.Invocation.Id) && IsSuccess(outcome)) Remember(write, outcome);
            return outcome;
        }
    }

    /// <summary>The node is down. Those whose clients go on when it is back: their answers are still to come.</summary>
    public IReadOnlySet<int> Interrupt()
    {
        foreach (var id in _open.Keys.Where(_ => random.Next(4) == 0).ToList()) _open.Remove(id);
        return _open.Keys.ToHashSet();
    }

    /// <summary>What is to be sent again to the node that has come back.</summary>
    public IReadOnlyList<WriteUnderWay> Interrupted() => [.. _open.Values];

    /// <summary>Sends some again that were answered long ago: nothing must come of it but the same answer.</summary>
    /// <exception cref="InvalidOperationException">Another answer came.</exception>
    public async Task RepeatAsync(SimulatedNode node, SimulatedClient client)
    {
        for (var i = 0; i < Math.Min(MaxRepeats, _done.Count); i++)
        {
            var (write, first) = _done[random.Next(_done.Count)];
            var again = await client.SendAsync(node, write.Invocation.Operation, write.Token).ConfigureAwait(true);
            if (!again.IsReplay || (again.Status, again.Tag) != (first.Status, first.Tag))
                throw new InvalidOperationException(
                    $"#{write.Invocation.Id} {write.Invocation.Operation} was answered with {first}, and its repeat "
                    + $"with {again}{(again.IsReplay ? "" : ", which is no replay")}");
        }
    }

    private static bool IsSuccess(Outcome outcome) => outcome.Status is >= 200 and < 300;

    private static async Task<Outcome> SendTwiceAsync(SimulatedNode node, SimulatedClient client, WriteUnderWay write)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(
            _ => client.SendAsync(node, write.Invocation.Operation, write.Token))).ConfigureAwait(true);
        if (outcomes.Any(outcome => outcome.IsUnknown)) return Outcome.Unknown;
        var successes = outcomes.Where(IsSuccess).ToList();
        if (successes.Count == 2
            && (successes[0].Tag != successes[1].Tag || successes.All(outcome => !outcome.IsReplay)))
            throw new InvalidOperationException(
                $"#{write.Invocation.Id} {write.Invocation.Operation} has happened twice: "
                + string.Join(" and ", successes));
        return successes.FirstOrDefault() ?? outcomes[0];
    }

    private void Remember(WriteUnderWay write, Outcome outcome)
    {
        if (_done.Count == MaxDone) _done.RemoveAt(random.Next(MaxDone));
        _done.Add((write, outcome));
    }
}
