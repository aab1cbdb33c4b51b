namespace Ciaos.Simulation.Model;

/// <summary>An operation on its way.</summary>
/// <param name="Operation">As it is to be sent: the tag of its condition is filled in.</param>
internal sealed record Invocation(int Id, Operation Operation);

/// <summary>
/// Judges a run as it happens: is there an order of all operations, each at one moment between its invocation and its
/// answer, in which the model gives just these answers? What was never answered happened at some moment, or never.
/// Owners know nothing of each other, so each has a history of its own. The first violation stays.
/// </summary>
internal sealed class History
{
    /// <summary>With more operations of one owner whose outcome is not known, the possibilities become many.</summary>
    private const int MaxUnknown = 4;

    private const int ManyPossibilities = 200;

    private readonly SortedDictionary<string, OwnerHistory> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Operation> _open = [];
    private readonly Dictionary<(string Owner, string Key), string> _lastTags = [];
    private readonly List<HistoryLine> _lines = [];
    private readonly ClientNotes _notes = new();
    private int _lastId;

    /// <summary>Bits were flipped at rest, or the disk fails: a read may answer 500. What it answers else must still be
    /// right.</summary>
    public bool ReadsMayFail { get; set; }

    /// <summary>The disk was full: a read that has begun may break off, since a part of the index has started
    /// anew.</summary>
    public bool ReadsMayBreakOff { get; set; }

    /// <summary>The node is well and idle: nothing may go without a definite answer, unless <see
    /// cref="ReadsMayFail"/>.</summary>
    public bool MustAnswer { get; set; }

    public Violation? Violation { get; private set; }

    /// <summary>Too little is known: the node should be brought to rest, <see cref="Settle"/> called, and what <see
    /// cref="Doubts"/> gives be asked, before it is asked for more.</summary>
    public bool ShouldSettle => _owners.Values.Any(
        owner => owner.Unknown >= MaxUnknown || owner.Configurations.Count >= ManyPossibilities);

    /// <summary>Operations that wait for their answer.</summary>
    public int OpenCount => _open.Count;

    /// <summary>All that happened, a line for each event.</summary>
    public IEnumerable<string> Trace => _lines.Select(line => line.ToString());

    /// <summary>How many things may be true of an owner's keys: a measure of the checker's work.</summary>
    public int PossibilitiesOf(string owner) => OwnerOf(owner).Configurations.Count;

    /// <summary>Reads of all keys of which it is not known what they hold. Their answers say what has happened of that
    /// which was never answered.</summary>
    public IReadOnlyList<Operation> Doubts() =>
    [
        .. _owners.SelectMany(owner => owner.Value.DoubtfulKeys.SelectMany<string, Operation>(
            key => [new RawGet(owner.Key, key), new FilesGet(owner.Key, key)])),
        .. _owners.SelectMany(owner => owner.Value.DoubtfulVersions.SelectMany(key => ReadsOf(owner.Key, key))),
    ];

    /// <summary>Reads of all that S3 can show of a key: its current version, the list of all, and the parts of each
    /// upload.</summary>
    public IEnumerable<Operation> ReadsOf(string owner, string key)
    {
        yield return new S3ListVersions(owner, key);
        yield return new S3Get(owner, key);
        for (var back = 0; back < _notes.UploadsOf(owner, key); back++)
            yield return new S3ListParts(owner, key, new NameRef(back));
    }

    /// <summary>A client sends an operation.</summary>
    /// <param name="client">For the trace.</param>
    public Invocation Invoke(Operation operation, int client = 0)
    {
        var id = ++_lastId;
        operation = Resolve(operation);
        _open.Add(id, operation);
        _lines.Add(new HistoryLine(id, operation, null) { Client = client });
        if (Violation is null) OwnerOf(operation.Owner).Invoke(id, operation);
        return new Invocation(id, operation);
    }

    /// <summary>A client has got an answer, or its connection was cut (<see cref="Outcome.Unknown"/>).</summary>
    public Violation? Return(int id, Outcome outcome)
    {
        if (!_open.Remove(id, out var operation))
            throw new ArgumentException($"Operation #{id} is not under way", nameof(id));
        _lines.Add(new HistoryLine(id, operation, outcome));
        if (Violation is not null) return Violation;
        var owner = OwnerOf(operation.Owner);
        if (outcome.IsUnknown)
        {
            Violation = Refuse(id, operation, outcome);
            owner.Abandon(id);
        }
        else if (owner.Return(id, outcome))
        {
            if (operation is S3Operation s3) _notes.Note(s3, outcome);
            if (operation.Keys is [var key] && outcome.Tag is { } tag) _lastTags[(operation.Owner, key)] = tag;
        }
        else
        {
            Violation = new Violation(id, operation, outcome, owner.Explain(operation, id, outcome));
        }

        return Violation;
    }

    /// <summary>The node has died, or was stopped: nothing that is under way will be answered.</summary>
    /// <param name="kept">But for these, whose clients go on to ask.</param>
    public void Crash(IReadOnlySet<int>? kept = null)
    {
        Note("the node is down");
        foreach (var id in _open.Keys.Where(id => kept?.Contains(id) != true).ToList()) _open.Remove(id);
        if (Violation is not null) return;
        foreach (var owner in _owners.Values) owner.AbandonAll(_open.Keys);
    }

    /// <summary>The node runs and is at rest, with nothing under way: what was never answered has happened by now, or
    /// never will. Only what is read after this tells which.</summary>
    /// <exception cref="InvalidOperationException">An operation waits for its answer.</exception>
    public void Settle()
    {
        Note("the node is at rest");
        if (_open.Count > 0) throw new InvalidOperationException($"{_open.Count} operations are still under way");
        if (Violation is not null) return;
        foreach (var owner in _owners.Values) owner.Settle();
    }

    /// <summary>A line for the trace.</summary>
    public void Note(string text) => _lines.Add(new HistoryLine(0, null, null) { Text = text });

    private Operation Resolve(Operation operation) => operation switch
    {
        RawPut { Condition: { Kind: ConditionKind.LastRead, Tag: null } } put =>
            put with { Condition = new Condition(ConditionKind.LastRead, LastTag(put)) },
        RawDelete { Condition: { Kind: ConditionKind.LastRead, Tag: null } } delete =>
            delete with { Condition = new Condition(ConditionKind.LastRead, LastTag(delete)) },
        S3Operation s3 => _notes.Resolve(s3),
        _ => operation,
    };

    private string LastTag(KeyOperation operation) =>
        _lastTags.GetValueOrDefault((operation.Owner, operation.Key), Condition.NeverGiven);

    private Violation? Refuse(int id, Operation operation, Outcome outcome)
    {
        if (ReadsMayFail || operation is BrokenPut) return null;
        if (MustAnswer) return Of("  the node is well and idle: it must give a definite answer");
        if (operation.IsWrite) return null;
        if (outcome.Status == 0 && !ReadsMayBreakOff) return Of("  the node is well: a read may not break off");
        return outcome.Status == 500 ? Of("  nothing was damaged: a read may not fail") : null;

        Violation Of(string reason) => new(id, operation, outcome, reason);
    }

    private OwnerHistory OwnerOf(string owner)
    {
        if (!_owners.TryGetValue(owner, out var history)) _owners.Add(owner, history = new OwnerHistory());
        return history;
    }

    private sealed record HistoryLine(int Id, Operation? Operation, Outcome? Outcome)
    {
        public int Client { get; init; }

        public string? Text { get; init; }

        public override string ToString() =>
            Text ?? (Outcome is null ? $"#{Id} client {Client}: {Operation}" : $"#{Id} -> {Outcome}");
    }
}
