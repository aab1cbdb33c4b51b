using Xunit;

namespace Ciaos.Simulation.Model;

public sealed class ShrinkerSpec
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_does_not_matter_is_left_out_and_the_rest_is_made_simple()
    {
        var script = Enumerable.Range(1, 100).Select(seed => Workload.Generate(seed, new WorkloadSettings(), []))
            .First(Fails);
        var shrunk = new Shrinker(Fails, 5000, LongEnough).Shrink(script);
        Assert.True(Fails(shrunk.Script));
        Assert.True(shrunk.IsComplete);
        Assert.Equal(2, shrunk.Script.Steps.Length);
        Assert.Matches("^client 0: rename . \".*\" \".*\"$", shrunk.Script.Steps[0].ToString());
        Assert.Matches("^client 0: append . \".*\" [0-9]+:[0-9]{1,4}$", shrunk.Script.Steps[1].ToString());

        static bool Fails(Script candidate)
        {
            var operations = candidate.Steps.OfType<ClientStep>().Select(step => step.Operation).ToList();
            var rename = operations.FindIndex(operation => operation is Rename);
            return rename >= 0 && operations.FindIndex(rename, operation => operation is FilesAppend append
                && append.Files.Any(file => file.LengthBytes >= 200)) > 0;
        }
    }

    [Fact]
    public void A_store_that_loses_what_it_acknowledged_is_shown_to_in_a_few_steps()
    {
        var seed = Enumerable.Range(1, 100).First(seed => Fails(Workload.Generate(seed, new WorkloadSettings(), [])));
        var shrunk = new Shrinker(Fails, 2000, LongEnough).Shrink(Workload.Generate(seed, new WorkloadSettings(), []));
        Assert.InRange(shrunk.Script.Steps.Length, 2, 4);
        Assert.Contains(shrunk.Script.Steps, step => step is CrashStep { Moment: { Point: null, Count: 0 } });

        static bool Fails(Script script) =>
            new ToyNode(script.Seed, ToyBug.LosesTheLastWriteAtACrash).Run(script).Violation is not null;
    }

    [Fact]
    public void It_gives_up_in_time_with_the_smallest_that_it_has()
    {
        var tries = 0;
        var script = Workload.Generate(5, new WorkloadSettings(), []);
        var shrunk = new Shrinker(Fails, 10, LongEnough).Shrink(script);
        Assert.Equal((10, 10), (tries, shrunk.Tries));
        Assert.False(shrunk.IsComplete);
        Assert.InRange(shrunk.Script.Steps.Length, 21, 149);
        Assert.Equal(
            script.ToString(),
            new Shrinker(_ => false, 1_000_000, TimeSpan.Zero).Shrink(script).Script.ToString());

        bool Fails(Script candidate)
        {
            tries++;
            return candidate.Steps.Length > 20;
        }
    }

    [Fact]
    public void Nothing_is_ever_made_more_complicated()
    {
        var steps = Enumerable.Range(1, 30)
            .SelectMany(seed => Workload.Generate(seed, new WorkloadSettings(), ["Point"]).Steps);
        foreach (var step in steps)
            foreach (var simpler in StepSimplifier.Simpler(step))
            {
                Assert.True(StepSimplifier.Cost(simpler) < StepSimplifier.Cost(step), $"{simpler} for {step}");
                Assert.Equal(simpler.ToString(), ScriptStep.Parse(simpler.ToString()).ToString());
            }
    }
}
