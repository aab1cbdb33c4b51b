using System.Text.RegularExpressions;
using Akka.Event;
using Xunit;

namespace Ciaos.Specs.Akka.Event;

public sealed class LogFilterSpec
{
    private readonly Info _event = new("akka://sys/user/noisy", typeof(LogFilterSpec), "tick of the clock");

    [Fact]
    public void Without_filters_everything_is_kept_and_printed_as_the_event_prints()
    {
        Assert.True(LogFilterEvaluator.NoFilters.ShouldTryKeepMessage(_event, out var line));
        Assert.Equal(_event.ToString(), line);
    }

    [Fact]
    public void Each_kind_of_exclusion_drops_what_it_describes_and_keeps_the_rest()
    {
        AssertDrops(new LogFilterBuilder().ExcludeSourceExactly("akka://sys/user/noisy"), sourcesOnly: true);
        AssertDrops(new LogFilterBuilder().ExcludeSourceStartingWith("akka://sys"), sourcesOnly: true);
        AssertDrops(new LogFilterBuilder().ExcludeSourceEndingWith("noisy"), sourcesOnly: true);
        AssertDrops(new LogFilterBuilder().ExcludeSourceContaining("/user/"), sourcesOnly: true);
        AssertDrops(new LogFilterBuilder().ExcludeSourceRegex(Pattern("n.*y$")), sourcesOnly: true);
        AssertDrops(new LogFilterBuilder().ExcludeMessageContaining("tick"), sourcesOnly: false);
        AssertDrops(new LogFilterBuilder().ExcludeMessageRegex(Pattern("of the \\w+$")), sourcesOnly: false);
    }

    [Fact]
    public void One_filter_that_drops_is_enough()
    {
        var evaluator = new LogFilterBuilder()
            .ExcludeSourceContaining("elsewhere")
            .ExcludeMessageContaining("tick")
            .Build()
            .CreateEvaluator();
        Assert.False(evaluator.ShouldTryKeepMessage(_event, out _));
    }

    [Fact]
    public void A_message_filter_without_the_message_does_not_decide()
    {
        var filter = new RegexLogMessageFilter(Pattern("tick"));
        Assert.Equal(LogFilterDecision.NoDecision, filter.ShouldKeepMessage(_event));
        Assert.Equal(LogFilterDecision.Drop, filter.ShouldKeepMessage(_event, "tick"));
        Assert.Equal(LogFilterDecision.Keep, filter.ShouldKeepMessage(_event, "tock"));
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    private void AssertDrops(LogFilterBuilder builder, bool sourcesOnly)
    {
        var evaluator = builder.Build().CreateEvaluator();
        Assert.Equal(sourcesOnly, evaluator.EvaluatesLogSourcesOnly);
        Assert.False(evaluator.ShouldTryKeepMessage(_event, out _));
        var other = new Info("quiet", GetType(), "something else");
        Assert.True(evaluator.ShouldTryKeepMessage(other, out var line));
        Assert.Contains("something else", line, StringComparison.Ordinal);
    }
}
