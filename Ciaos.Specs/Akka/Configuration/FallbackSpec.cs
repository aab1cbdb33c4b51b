using Akka.Configuration;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

public sealed class FallbackSpec
{
    private static readonly Config Mine = "a { b { x = 1 } }";
    private static readonly Config Theirs = "a { b { x = 9, y = 2 }, c = 3 }, d = 4";

    [Fact]
    public void What_is_missing_is_looked_for_in_the_fallback()
    {
        var config = Mine.WithFallback(Theirs);
        Assert.Equal(1, config.GetInt("a.b.x"));
        Assert.Equal(2, config.GetInt("a.b.y"));
        Assert.Equal(3, config.GetInt("a.c"));
        Assert.Equal(4, config.GetInt("d"));
        Assert.Equal("a d", string.Join(' ', config.AsEnumerable().Select(k => k.Key).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void A_sub_tree_has_the_fallback_too()
    {
        var config = Mine.WithFallback(Theirs).GetConfig("a.b");
        Assert.Equal(1, config.GetInt("x"));
        Assert.Equal(2, config.GetInt("y"));
    }

    [Fact]
    public void Fallbacks_can_be_chained_either_way()
    {
        Config third = "a.b.z = 5, d = 8, e = 6";
        foreach (var config in new[]
                 {
                     Mine.WithFallback(Theirs).WithFallback(third),
                     Mine.WithFallback(Theirs.WithFallback(third)),
                 })
        {
            Assert.Equal(1, config.GetInt("a.b.x"));
            Assert.Equal(2, config.GetInt("a.b.y"));
            Assert.Equal(5, config.GetInt("a.b.z"));
            Assert.Equal(4, config.GetInt("d"));
            Assert.Equal(6, config.GetInt("e"));
        }
    }

    [Fact]
    public void Neither_side_is_changed()
    {
        _ = Mine.WithFallback(Theirs);
        Assert.False(Mine.HasPath("a.b.y"));
        Assert.Equal(9, Theirs.GetInt("a.b.x"));
    }

    [Fact]
    public void A_text_hides_an_object_and_the_other_way_round()
    {
        Config text = "a.b = 1";
        Config tree = "a.b.c = 2";
        Assert.Equal(1, text.WithFallback(tree).GetInt("a.b"));
        Assert.Equal(2, tree.WithFallback(text).GetInt("a.b.c"));
    }

    [Fact]
    public void An_empty_side_is_no_obstacle()
    {
        Assert.Equal(4, Config.Empty.WithFallback(Theirs).GetInt("d"));
        Assert.Equal(4, Theirs.WithFallback(Config.Empty).GetInt("d"));
        Assert.Equal(4, ((Config?)null).SafeWithFallback(Theirs)!.GetInt("d"));
        Assert.Equal(4, Theirs.SafeWithFallback(Theirs)!.GetInt("d"));
    }

    [Fact]
    public void A_configuration_cannot_be_its_own_fallback() =>
        Assert.Throws<ArgumentException>(() => Mine.WithFallback(Mine));

    [Fact]
    public void A_text_can_be_added_on_either_side()
    {
        Assert.Equal(3, (Mine + "a.c = 3").GetInt("a.c"));
        Assert.Equal(1, (Mine + "a.b.x = 3").GetInt("a.b.x"));
        Assert.Equal(3, ("a.b.x = 3" + Mine).GetInt("a.b.x"));
    }
}
