using System.Text.RegularExpressions;
using Ciaos.Actors.Identity.Policies;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Identity.Policies;

public sealed class PolicyPatternSpec
{
    private static readonly Arbitrary<string> Texts =
        Gen.Elements("aab*?/".ToCharArray()).ListOf().Select(letters => string.Concat(letters)).ToArbitrary();

    [Fact]
    public void Wildcards_match_as_the_same_regular_expression_does() => Prop.ForAll(Texts, Texts, (pattern, value) =>
    {
        var regex = "\\A" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "\\z";
        Assert.Equal(
            Regex.IsMatch(value, regex, RegexOptions.Singleline),
            PolicyPattern.Parse(pattern, withVariables: true).Matches(value, PolicyGen.Request()));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Many_stars_take_no_long_time()
    {
        var pattern = PolicyPattern.Parse(string.Concat(Enumerable.Repeat("a*", 5000)) + "b", withVariables: false);
        Assert.False(pattern.Matches(new string('a', 20_000), PolicyGen.Request()));
    }
}
