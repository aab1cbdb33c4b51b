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

        Assert.True(found > 0 && found >= wrong * 3 / 4, $"{found} of {wrong} runs were found wrong");
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
}
