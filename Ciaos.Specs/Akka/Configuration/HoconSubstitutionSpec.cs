using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

public sealed class HoconSubstitutionSpec
{
    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    [Fact]
    public void A_substitution_stands_for_another_setting()
    {
        var config = Parse("a {\n b = 1\n c = ${a.b}\n d = ${a.c}23\n e = before ${a.b} after\n}");
        Assert.Equal(1, config.GetInt("a.c"));
        Assert.Equal(123, config.GetInt("a.d"));
        Assert.Equal("before 1 after", config.GetString("a.e"));
    }

    [Fact]
    public void It_may_stand_before_what_it_names() => Assert.Equal(1, Parse("a = ${b}\nb = ${c}\nc = 1").GetInt("a"));

    [Fact]
    public void It_can_stand_for_an_object_or_an_array()
    {
        var config = Parse("a { b { x = 1, y = 2 }, c = ${a.b}, d = [1, 2], e = ${a.d} [3] }");
        Assert.Equal(2, config.GetConfig("a.c").GetInt("y"));
        Assert.Equal([1, 2, 3], config.GetIntList("a.e"));
    }

    [Fact]
    public void Without_what_it_names_the_text_is_refused() =>
        Assert.ThrowsAny<Exception>(() => Parse("a = ${no.such.setting}"));

    [OwnEngineFact]
    public void The_error_names_what_is_missing()
    {
        var error = Assert.Throws<FormatException>(() => Parse("a = ${no.such.setting}"));
        Assert.Contains("no.such.setting", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_included_text_it_is_relative_to_where_it_is_included()
    {
        static HoconRoot Include(string name) => Parser.Parse("x = 1\ny = ${x}", null);
        var config = ConfigurationFactory.ParseString("a { b {\n include \"foo\"\n x = 2 } }", Include);
        Assert.Equal(2, config.GetInt("a.b.y"));
    }

    [OwnEngineFact]
    public void It_can_be_optional()
    {
        var config = Parse("a = ${?no.such.setting}\nb = 1\nb = ${?no.such.setting}\nc = x${?no.such.setting}y\n"
            + "d = [1, ${?no.such.setting}, 2]\ne = ${?b}");
        Assert.False(config.HasPath("a"));
        Assert.Equal(1, config.GetInt("b"));
        Assert.Equal("xy", config.GetString("c"));
        Assert.Equal([1, 2], config.GetIntList("d"));
        Assert.Equal(1, config.GetInt("e"));
    }

    [OwnEngineFact]
    public void It_can_name_a_variable_of_the_environment()
    {
        Environment.SetEnvironmentVariable("CIAOS_HOCON_SPEC", "from outside");
        Assert.Equal("from outside", Parse("a = ${CIAOS_HOCON_SPEC}").GetString("a"));
        Assert.Equal("from outside", Parse("a = ${?CIAOS_HOCON_SPEC}").GetString("a"));
        Assert.Equal("inside", Parse("CIAOS_HOCON_SPEC = inside\na = ${CIAOS_HOCON_SPEC}").GetString("a"));
    }

    [OwnEngineFact]
    public void Naming_its_own_key_it_stands_for_the_value_before()
    {
        var config = Parse("path = [1]\npath = ${path} [2]\npath = [0] ${path}\ntext = a\ntext = ${text}b\n"
            + "tree { x = 1 }\ntree = ${tree} { y = 2 }\ndeep { n = 1 }\ndeep { n = ${deep.n}2 }");
        Assert.Equal([0, 1, 2], config.GetIntList("path"));
        Assert.Equal("ab", config.GetString("text"));
        Assert.Equal(1, config.GetInt("tree.x"));
        Assert.Equal(2, config.GetInt("tree.y"));
        Assert.Equal(12, config.GetInt("deep.n"));
    }

    [OwnEngineFact]
    public void An_array_can_be_appended_to()
    {
        var config = Parse("a = [1]\na += 2\na += 3\nb += x\nc = ${a}\nc += 4");
        Assert.Equal([1, 2, 3], config.GetIntList("a"));
        Assert.Equal(["x"], config.GetStringList("b"));
        Assert.Equal([1, 2, 3, 4], config.GetIntList("c"));
    }

    [OwnEngineFact]
    public void An_object_merges_with_the_object_that_a_substitution_stands_for()
    {
        var config = Parse("base { x = 1, in { p = 1 } }\n"
            + "a = ${base} { y = 2, in { q = 2 } }\nb = ${base}\nb.in.p = 3\nc { z = 1 }\nc = ${base}");
        Assert.Equal("{\"x\":1,\"in\":{\"p\":1,\"q\":2},\"y\":2}", Json(config.GetValue("a")));
        Assert.Equal("{\"x\":1,\"in\":{\"p\":3}}", Json(config.GetValue("b")));
        Assert.Equal("{\"z\":1,\"x\":1,\"in\":{\"p\":1}}", Json(config.GetValue("c")));
        Assert.Equal(1, config.GetInt("base.in.p"));
    }

    private static string Json(HoconValue value) => value.GetObject() is { } o
        ? $"{{{string.Join(",", o.Items.Select(i => $"\"{i.Key}\":{Json(i.Value)}"))}}}"
        : value.GetString()!;
}
