using Xunit;

namespace Ciaos.Simulation.Model;

/// <summary>Random runs of a store in memory: where it does all right nothing is found, where it does not, that
/// is.</summary>
public sealed class HistoryPropertySpec
{
    private const int Seeds = 300;

    [Fact]
    public void Whatever_overlaps_a_store_that_is_right_is_found_right()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var script = Workload.Generate(seed, new WorkloadSettings(), []);
            var history = new ToyNode(seed).Run(script);
            Assert.True(
                history.Violation is null,
                $"Seed {seed}: {history.Violation}\n{string.Join('\n', history.Trace)}");
        }
    }

    [Theory]
    [InlineData(nameof(ToyBug.LosesTheLastWriteAtACrash))]
    [InlineData(nameof(ToyBug.ReadsWhatWasBefore))]
    [InlineData(nameof(ToyBug.TearsContents))]
    [InlineData(nameof(ToyBug.LosesAppends))]
    [InlineData(nameof(ToyBug.RenameLeavesBoth))]
    [InlineData(nameof(ToyBug.RenameLeavesNone))]
    [InlineData(nameof(ToyBug.DeletedKeyReturnsAtACrash))]
    [InlineData(nameof(ToyBug.ListMissesAKey))]
    [InlineData(nameof(ToyBug.ListShowsAKeyTwice))]
    [InlineData(nameof(ToyBug.TagStaysTheSame))]
    [InlineData(nameof(ToyBug.ConditionsAreNotJudged))]
    [InlineData(nameof(ToyBug.BrokenBodyIsStored))]
    [InlineData(nameof(ToyBug.MixesOwners))]
    [InlineData(nameof(ToyBug.ReadsFail))]
    public void What_a_store_does_wrong_is_found(string name)
    {
        var bug = Enum.Parse<ToyBug>(name);
        var (wrong, found) = (0, 0);
        for (var seed = 1; seed <= 60; seed++)
        {
            var script = Workload.Generate(seed, new WorkloadSettings(), []);
            var node = new ToyNode(seed, bug);
            var violation = node.Run(script).Violation;
            if (node.BugsDone > 0 || bug == ToyBug.MixesOwners) wrong++;
            if (violation is not null) found++;
        }

        Assert.True(found > 0 && found >= wrong * 2 / 3, $"{found} of {wrong} runs were found wrong");
    }

    [Fact]
    public void Any_answer_that_is_changed_is_found_wrong_where_nothing_else_is_under_way()
    {
        var dice = new Dice(1);
        var calm = Enumerable.Range(1, 1000).Where(seed => Workload.ProfileOf(seed) == "calm").Take(3);
        foreach (var seed in calm)
        {
            var script = Workload.Generate(seed, new WorkloadSettings(Clients: 1, Steps: 80), []);
            var operations = new ToyNode(seed, spoil: (_, outcome) => outcome).Run(script).Trace.Count() / 2;
            for (var id = 1; id <= operations; id++)
            {
                var node = new ToyNode(seed, spoil: (at, outcome) => at == id ? Wrong(outcome, dice) : outcome);
                Assert.Equal(id, node.Run(script).Violation?.Id);
            }
        }
    }

    [Fact]
    public void Few_things_are_possible_at_any_time()
    {
        var most = Enumerable.Range(1, Seeds).Select(seed =>
        {
            var node = new ToyNode(seed);
            node.Run(Workload.Generate(seed, new WorkloadSettings(), []));
            return node.MaxPossibilities;
        }).Order().ToList();
        Assert.InRange(most[^1], 2, 1000);
        Assert.InRange(most[most.Count / 2], 1, 8);
    }

    /// <summary>An answer that differs in one thing.</summary>
    private static Outcome Wrong(Outcome outcome, Dice dice)
    {
        if (outcome.Status >= 400 || dice.Chance(20))
            return outcome with { Status = outcome.Status >= 400 ? 200 : 404 };
        if (outcome.Body is { Length: > 0 } body)
            return outcome with { Body = dice.Chance(30) ? body[..^1] : Flipped(body, dice) };
        if (outcome.Files is [.., { Length: > 0 } file] files)
        {
            var others = files[..^1];
            return outcome with { Files = dice.Chance(30) ? others : others.Add(Flipped(file, dice)) };
        }

        if (outcome.Page is { Objects: [.., var listed] objects } page)
        {
            var others = dice.Next(3) switch
            {
                0 => objects[..^1],
                1 => objects.Add(listed with { Key = listed.Key + "x" }),
                _ => objects.SetItem(objects.Length - 1, listed with { SizeBytes = listed.SizeBytes + 1 }),
            };
            return outcome with { Page = page with { Objects = others } };
        }

        if (outcome.SizeBytes is { } size) return outcome with { SizeBytes = size + 1 };
        return outcome with { Status = 409 };
    }

    private static byte[] Flipped(byte[] bytes, Dice dice)
    {
        var flipped = bytes.ToArray();
        flipped[dice.Next(bytes.Length)] ^= (byte)(1 << dice.Next(8));
        return flipped;
    }
}
