using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

public sealed class HoconSyntaxSpec
{
    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    [Theory]
    [InlineData("a.b.c : 42")]
    [InlineData("a.b.c = 42")]
    [InlineData("a { b { c = 42 } }")]
    [InlineData("a\n{\n  b\n  {\n    c = 42\n  }\n}")]
    [InlineData("a.b { c = 42 }")]
    [InlineData("a = { b = { c : 42 } }")]
    [InlineData("{ \"a\" : { \"b\" : { \"c\" : 42 } } }")]
    [InlineData("\"a\".b.\"c\" = 42")]
    [InlineData("a.b.c = 1\na.b.c = 42")]
    [InlineData("a.b = 1\na.b { c = 42 }")]
    [InlineData("# before\na.b.c = 42 # after\n// end")]
    [InlineData("a {\r\n  b.c = 42\r\n}\r\n")]
    [InlineData("x = 1, a.b.c = 42, y = 2")]
    [InlineData("a.b.c = \t 42 \t ,")]
    public void The_same_setting_can_be_written_in_many_ways(string hocon) =>
        Assert.Equal(42, Parse(hocon).GetInt("a.b.c"));

    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("foo bar  baz", "foo bar  baz")]
    [InlineData("\"foo\"", "foo")]
    [InlineData("\"a # b, c: d\"", "a # b, c: d")]
    [InlineData("\"tab\\tquote\\\"back\\\\slash\"", "tab\tquote\"back\\slash")]
    [InlineData("\"\\u00e9\"", "é")]
    [InlineData("\"\"\"c:\\dir\\\"x\" \n y\"\"\"", "c:\\dir\\\"x\" \n y")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("\"akka.tcp://sys@[::1]:4053\"", "akka.tcp://sys@[::1]:4053")]
    [InlineData("1 2 3", "1 2 3")]
    [InlineData("1.5e3", "1.5e3")]
    [InlineData("true", "true")]
    [InlineData("\"\"", "")]
    public void Texts_are_read_as_written(string written, string expected) =>
        Assert.Equal(expected, Parse($"a = {written}").GetString("a"));

    [Fact]
    public void A_null_hides_what_was_there()
    {
        var config = Parse("a.b = 1\na = null\na.c = 3");
        Assert.Null(config.GetString("a.b"));
        Assert.Equal(3, config.GetInt("a.c"));
        Assert.Null(Parse("a = null").GetString("a", "default"));
    }

    [Fact]
    public void Objects_merge_and_texts_replace()
    {
        var config = Parse("a.b = { x = 1, y = 2 }\na.b = { y = 3, z = 4 }\na.b.w = 5\nc = 1\nc = 2");
        Assert.Equal(1, config.GetInt("a.b.x"));
        Assert.Equal(3, config.GetInt("a.b.y"));
        Assert.Equal(4, config.GetInt("a.b.z"));
        Assert.Equal(5, config.GetInt("a.b.w"));
        Assert.Equal(2, config.GetInt("c"));
    }

    [Theory]
    [InlineData("[1,2,3]")]
    [InlineData("[ 1, 2, 3, ]")]
    [InlineData("[\n  1\n  2\n  3\n]")]
    [InlineData("[\n  1, # one\n  2, // two\n  3\n]")]
    [InlineData("[1] [2,3]")]
    public void Arrays_can_be_written_in_many_ways(string written) =>
        Assert.Equal([1, 2, 3], Parse($"a = {written}").GetIntList("a"));

    [Fact]
    public void Arrays_hold_texts_objects_and_arrays()
    {
        var config = Parse("a = [one two, three]\nb = [{x = 1}, {x = 2}]\nc = [[1, 2], [3]]\nd = []");
        Assert.Equal(["one two", "three"], config.GetStringList("a"));
        Assert.Equal([1, 2], config.GetValue("b").GetArray().Select(v => v.GetObject()!.GetKey("x")!.GetInt()));
        Assert.Equal([2, 1], config.GetValue("c").GetArray().Select(v => v.GetArray().Count));
        Assert.Empty(config.GetStringList("d"));
    }

    [Fact]
    public void A_key_with_dots_or_blanks_can_be_quoted()
    {
        var config = Parse("a { \"/user/a.b/*\" { d = 1 }, \"some, key\" = 2, plain key = 3 }");
        Assert.Equal(1, config.GetInt("a.\"/user/a.b/*\".d"));
        Assert.Equal(1, config.GetConfig("a").GetConfig("\"/user/a.b/*\"").GetInt("d"));
        Assert.Equal(2, config.GetInt("a.some, key"));
        Assert.Equal(3, config.GetInt("a.plain key"));
        Assert.Equal("/user/a.b/*|some, key|plain key",
            string.Join('|', config.GetConfig("a").AsEnumerable().Select(k => k.Key)));
    }

    [Theory]
    [InlineData("a = akka.tcp://host:1")]
    [InlineData("a = [akka.tcp://host:1]")]
    public void A_text_with_a_reserved_character_needs_quotes(string hocon) =>
        Assert.Throws<ConfigurationException>(() => Parse(hocon));

    [Fact]
    public void An_include_is_what_the_callback_returns()
    {
        var asked = new List<string>();
        HoconRoot Include(string name)
        {
            asked.Add(name);
            return Parser.Parse("x = 123\ny = hello", null);
        }

        var config = ConfigurationFactory.ParseString("a { b {\n include \"foo\"\n z = 1 } }", Include);
        Assert.Equal(["foo"], asked);
        Assert.Equal(123, config.GetInt("a.b.x"));
        Assert.Equal("hello", config.GetString("a.b.y"));
        Assert.Equal(1, config.GetInt("a.b.z"));
    }

    [OwnEngineTheory]
    [InlineData("a = ")]
    [InlineData("a = \n}")]
    [InlineData("a {\n b = [1, 2\n}")]
    [InlineData("a = \"no end")]
    [InlineData("a = \"\"\"no end\"\"")]
    [InlineData("a = \"bad \\x escape\"")]
    [InlineData("a b c")]
    [InlineData("= 1")]
    [InlineData("a..b = 1")]
    [InlineData("a = 1 ]")]
    [InlineData("a = ${b")]
    [InlineData("a = b@c")]
    [InlineData("a = foo { x = 1 }")]
    [InlineData("a = 1 }\nb = 2")]
    [InlineData("include \"nobody resolves this\"")]
    public void A_text_that_is_not_HOCON_is_refused(string hocon) =>
        Assert.Throws<ConfigurationException>(() => Parse(hocon));

    [OwnEngineFact]
    public void An_error_names_line_and_column()
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse("a = 1\nb {\n  c = x@y\n}"));
        Assert.StartsWith("Line 3, column 8: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("  c = x@y", error.Message, StringComparison.Ordinal);
    }

    // Akka.NET reads these files, so there are such files.
    [Theory]
    [InlineData("a { b { c = 42 }")]
    [InlineData("a { b { c = 42 } } }")]
    public void A_closing_brace_too_few_or_too_many_at_the_end_is_forgiven(string hocon) =>
        Assert.Equal(42, Parse(hocon).GetInt("a.b.c"));
}
