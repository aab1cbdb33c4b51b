using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>What a toy node does wrong, once or always.</summary>
internal enum ToyBug
{
    None,
    LosesTheLastWriteAtACrash,
    ReadsWhatWasBefore,
    TearsContents,
    LosesAppends,
    RenameLeavesBoth,
    RenameLeavesNone,
    DeletedKeyReturnsAtACrash,
    ListMissesAKey,
    ListShowsAKeyTwice,
    TagStaysTheSame,
    ConditionsAreNotJudged,
    BrokenBodyIsStored,
    MixesOwners,
    ReadsFail,
}

/// <summary>
/// A store in memory that runs scripts: every operation takes effect at a random moment between its invocation and its
/// answer; a crash takes the answers, and the effects of some. It stands in for the real node where the checker itself
/// is tested, so it can be wrong on purpose.
/// </summary>
/// <param name="spoil">May change what is answered to an operation; then there is no answer that leaves open what has
/// happened.</param>
internal sealed class ToyNode(long seed, ToyBug bug = ToyBug.None, Func<int, Outcome, Outcome>? spoil = null)
{
    private readonly Dice _dice = new(seed);
    private readonly History _history = new();
    private readonly Dictionary<string, BucketModel> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BucketModel> _before = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, Running> _running = [];
    private readonly List<Running> _zombies = [];

    /// <summary>The most that was ever possible at once.</summary>
    public int MaxPossibilities { get; private set; }

    /// <summary>The bug has shown itself, or could have.</summary>
    public int BugsDone { get; private set; }

    /// <summary>Runs the script, and what reads everything at its end.</summary>
    public History Run(Script script)
    {
        foreach (var step in script.Steps)
        {
            MakeProgress();
            if (_history.ShouldSettle) Settle();
            switch (step)
            {
                case ClientStep client:
                    Finish(client.Client);
                    Start(client.Client, client.Operation);
                    break;
                case CrashStep:
                    Crash();
                    break;
                case SettleStep or RebuildIndexStep:
                    Settle();
                    break;
            }
        }

        Settle();
        foreach (var operation in script.Audit()) Do(operation);
        return _history;
    }

    private void Do(Operation operation)
    {
        Start(0, operation);
        Finish(0);
    }

    private void Start(int client, Operation operation)
    {
        var invocation = _history.Invoke(operation, client);
        _running.Add(client, new Running(invocation.Id, invocation.Operation));
        MaxPossibilities = Math.Max(MaxPossibilities, _history.PossibilitiesOf(operation.Owner));
    }

    private void MakeProgress()
    {
        foreach (var (client, running) in _running.ToList())
        {
            if (_dice.Chance(40)) TakeEffect(running);
            if (_dice.Chance(30)) Finish(client);
        }

        if (_zombies.Count > 0 && _dice.Chance(30)) TakeEffect(_zombies[_dice.Next(_zombies.Count)]);
    }

    private void Finish(int client)
    {
        if (!_running.Remove(client, out var running)) return;
        TakeEffect(running);
        var unsure = running.Operation.IsWrite && spoil is null && _dice.Chance(3);
        var outcome = unsure ? new Outcome(503) : running.Outcome!;
        _history.Return(running.Id, spoil is null ? outcome : spoil(running.Id, outcome));
        MaxPossibilities = Math.Max(MaxPossibilities, _history.PossibilitiesOf(running.Operation.Owner));
    }

    private void TakeEffect(Running running)
    {
        if (running.Outcome is not null) return;
        var operation = running.Operation;
        var owner = bug == ToyBug.MixesOwners ? "a" : operation.Owner;
        var model = _owners.GetValueOrDefault(owner, BucketModel.Empty);
        if (operation is List list)
        {
            running.Outcome = ToyAnswers.Of(list, model, BugFor(list));
            return;
        }

        var wrong = BugFor(operation);
        var asked = wrong == ToyBug.ConditionsAreNotJudged ? ToyAnswers.WithoutCondition(operation) : operation;
        var looked = wrong == ToyBug.ReadsWhatWasBefore ? _before.GetValueOrDefault(owner, model) : model;
        var transition = looked.Apply(asked, running.Id).First();
        running.Outcome = ToyAnswers.Of(operation, transition.Expected, wrong);
        if (wrong == ToyBug.BrokenBodyIsStored && operation is BrokenPut broken)
            transition = model.Apply(new RawPut(owner, broken.Key, broken.Content), running.Id).Single();
        if (!transition.HasEffect) return;
        var tag = wrong == ToyBug.TagStaysTheSame ? "same" : $"t{running.Id}";
        var next = transition.Next.Learn(operation.Keys[^1], running.Id, tag) ?? transition.Next;
        _before[owner] = model;
        _owners[owner] = ToyAnswers.Spoil(operation, wrong, model, next, running.Id);
    }

    private ToyBug BugFor(Operation operation)
    {
        var fits = (bug, operation) switch
        {
            (ToyBug.ReadsWhatWasBefore, RawGet or FilesGet) or (ToyBug.TearsContents, RawGet or FilesGet) => true,
            (ToyBug.LosesAppends, FilesAppend) or (ToyBug.ReadsFail, RawGet) => true,
            (ToyBug.RenameLeavesBoth or ToyBug.RenameLeavesNone, Rename) => true,
            (ToyBug.ListMissesAKey or ToyBug.ListShowsAKeyTwice, List) => true,
            (ToyBug.TagStaysTheSame or ToyBug.ConditionsAreNotJudged, RawPut) => true,
            (ToyBug.BrokenBodyIsStored, BrokenPut) => true,
            _ => false,
        };
        if (fits) BugsDone++;
        return fits ? bug : ToyBug.None;
    }

    private void Crash()
    {
        _history.Crash();
        foreach (var running in _running.Values)
        {
            if (running.Operation.IsWrite && _dice.Chance(50)) TakeEffect(running);
            else if (running.Operation is Rename) _zombies.Add(running);
        }

        _running.Clear();
        foreach (var (owner, before) in _before.ToList())
        {
            var now = _owners[owner];
            var returned = before.Objects.FirstOrDefault(item => now.Find(item.Key) is null);
            if (bug == ToyBug.LosesTheLastWriteAtACrash)
                _owners[owner] = before;
            else if (bug == ToyBug.DeletedKeyReturnsAtACrash && returned.Key is not null)
                _owners[owner] = ToyAnswers.Restore(now, returned.Key, returned.Value);
        }

        if (bug is ToyBug.LosesTheLastWriteAtACrash or ToyBug.DeletedKeyReturnsAtACrash) BugsDone++;
    }

    private void Settle()
    {
        foreach (var client in _running.Keys.ToList()) Finish(client);
        foreach (var zombie in _zombies) TakeEffect(zombie);
        _zombies.Clear();
        _history.Settle();
        foreach (var operation in _history.Doubts()) Do(operation);
    }

    private sealed class Running(int id, Operation operation)
    {
        public int Id { get; } = id;

        public Operation Operation { get; } = operation;

        public Outcome? Outcome { get; set; }
    }
}
