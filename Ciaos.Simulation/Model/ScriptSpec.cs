using Xunit;

namespace Ciaos.Simulation.Model;

public sealed class ScriptSpec
{
    private static readonly WorkloadSettings Settings = new();

    // Those that speak S3, too.
    private static IEnumerable<long> Seeds(int count) =>
        Enumerable.Range(1, count).SelectMany<int, long>(seed => [seed, Workload.FirstS3Seed + seed]);

    [Fact]
    public void Every_script_can_be_read_back_from_its_text()
    {
        foreach (var seed in Seeds(200))
        {
            var text = Workload.Generate(seed, Settings, ["JournalCommitted"]).ToString();
            Assert.Equal(text, Script.Parse(text).ToString());
        }
    }

    [Theory]
    [InlineData("raw-put a \"k\" 1:2 if-unchanged=5-1f type=text/plain")]
    [InlineData("raw-get a \"a \\u0022b\\u005c\\u00e9\\ud83c\\udf89\" bytes=-5")]
    [InlineData("raw-get a \"k\" bytes=5-")]
    [InlineData("raw-delete a \"k\" if-unchanged")]
    [InlineData("append a \"k\" 1:2,3:4,5:0")]
    [InlineData("list a \"\" \"k\" 3")]
    [InlineData("rename a \"k\" \"\\uffff\"")]
    [InlineData("broken-put a \"k\" 1:20 19")]
    [InlineData("s3-get a \"k\" null")]
    [InlineData("s3-delete-version a \"k\" 3=00ff")]
    [InlineData("s3-complete a \"k\" 0 1,4")]
    public void Operations_can_be_read_back(string line) => Assert.Equal(line, $"{OperationText.Parse(line)}");

    [Theory]
    [InlineData("raw-put a")]
    [InlineData("take a \"k\"")]
    [InlineData("get a \"k")]
    [InlineData("put a \"k\" 17")]
    public void What_is_no_operation_is_told(string line) =>
        Assert.Throws<FormatException>(() => OperationText.Parse(line));

    [Theory]
    [InlineData("power cut at BatchWritten 2 and kill at RecoveryCovered 1")]
    [InlineData("kill now and power cut at disk-operation 7")]
    [InlineData("rebuild index")]
    [InlineData("rebuild index and power cut at RebuildWritten 1")]
    public void Crashes_can_be_read_back(string line) => Assert.Equal(line, $"{ScriptStep.Parse(line)}");

    [Fact]
    public void Lines_for_people_are_skipped()
    {
        var script = new Script(3, Settings, [new SettleStep()]);
        Assert.Equal($"{script}", $"{Script.Parse($"# What it found.\n{script}\n# The end.")}");
    }

    [Fact]
    public void What_is_no_step_is_told() =>
        Assert.Throws<FormatException>(() => ScriptStep.Parse("client x: get a \"k\""));

    [Fact]
    public void A_seed_always_makes_the_same_script_and_others_make_others()
    {
        Assert.Equal(
            Workload.Generate(17, Settings, []).ToString(), Workload.Generate(17, Settings, []).ToString());
        var scripts = Enumerable.Range(1, 50).Select(seed => Workload.Generate(seed, Settings, []).ToString());
        Assert.Equal(50, scripts.Distinct(StringComparer.Ordinal).Count());
        var profiles = Enumerable.Range(1, 200).Select(seed => Workload.ProfileOf(seed));
        Assert.Equal(WorkloadProfile.All.Length, profiles.Distinct(StringComparer.Ordinal).Count());
        var s3 = Enumerable.Range(0, 300).Select(seed => Workload.ProfileOf(Workload.FirstS3Seed + seed));
        Assert.Equal(WorkloadProfile.OfS3.Length, s3.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Scripts_do_everything_that_a_script_can_do()
    {
        var steps = Seeds(200)
            .SelectMany(seed => Workload.Generate(seed, Settings, ["JournalCommitted"]).Steps).ToList();
        var kinds = steps.Select(step => step.GetType())
            .Concat(steps.OfType<ClientStep>().Select(step => step.Operation.GetType())).ToHashSet();
        var all = typeof(Operation).Assembly.GetTypes().Where(type => !type.IsAbstract
            && (type.IsSubclassOf(typeof(Operation)) || type.IsSubclassOf(typeof(ScriptStep))));
        Assert.Equal([], all.Except(kinds));
        var crashes = steps.OfType<CrashStep>().ToList();
        Assert.Equal(3, crashes.Select(crash => crash.Kind).Distinct().Count());
        Assert.Contains(crashes, crash => crash.Moment.Point == "JournalCommitted");
        Assert.Contains(crashes, crash => crash.Moment is { Point: null, Count: > 50 });
    }

    [Fact]
    public void Each_disk_that_is_filled_gets_space_again()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var steps = Workload.Generate(seed, Settings, []).Steps;
            Assert.Equal(
                steps.Count(step => step is FillDiskStep or DiskErrorsStep), steps.OfType<FreeDiskStep>().Count());
        }
    }

    [Fact]
    public void An_audit_reads_every_key_that_was_ever_named()
    {
        var script = new Script(1, Settings, [
            new ClientStep(0, new FilesPut("b", "k", [new Content(1, 1)])),
            new ClientStep(1, new Rename("b", "k", "a")),
            new ClientStep(1, new Stat("a", "x"))]);
        Assert.Equal(
            [
                "list a \"\" \"\" 1000", "raw-get a \"x\"",
                "list b \"\" \"\" 1000", "raw-get b \"a\"", "raw-get b \"k\"",
            ],
            script.Audit().Where(read => read is List or RawGet).Select(read => $"{read}"));
    }
}
