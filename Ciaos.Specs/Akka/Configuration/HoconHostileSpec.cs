using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

/// <summary>Whatever a text says, it is read or refused: no stack overflows, nothing runs for ever.</summary>
public sealed class HoconHostileSpec
{
    private static Config Parse(string hocon) => ConfigurationFactory.ParseString(hocon);

    private static void IsRefused(string hocon) => Assert.Throws<ConfigurationException>(() => Parse(hocon));

    private static string Repeat(string text, int times) => new StringBuilder().Insert(0, text, times).ToString();

    private static string Lines(int count, Func<int, string> line) =>
        string.Join('\n', Enumerable.Range(0, count).Select(line));

    [OwnEngineTheory]
    [InlineData("a {")]
    [InlineData("a = {")]
    [InlineData("a.")]
    [InlineData("a.b.c {")]
    public void Deep_objects_are_refused(string level) => IsRefused(Repeat(level, 20_000) + "x = 1");

    [OwnEngineFact]
    public void Deep_arrays_are_refused() => IsRefused("a = " + Repeat("[", 20_000));

    [OwnEngineTheory]
    [InlineData("a = ${a}")]
    [InlineData("a = ${b}\nb = ${a}")]
    [InlineData("a = ${b}\nb = ${c}x\nc = y${a}")]
    [InlineData("a { b = ${a} }")]
    [InlineData("a = [1, ${a}]")]
    [InlineData("a { x = ${b} }\nb { y = ${a} }")]
    [InlineData("a = ${a.b}")]
    [InlineData("a = ${?b}\nb = ${?a}")]
    public void Cycles_are_refused(string hocon) => IsRefused(hocon);

    [OwnEngineFact]
    public void Long_chains_are_refused()
    {
        IsRefused(Lines(20_000, i => $"a{i} = ${{a{i + 1}}}"));
        IsRefused(Lines(20_000, _ => "a = ${?a}x"));
        IsRefused("o { x { y = 1 } }\na = " + Repeat("${o} ", 20_000));
    }

    [OwnEngineTheory]
    [InlineData("x", "@@")]
    [InlineData("[x]", "@ @")]
    [InlineData("{ x = 1 }", "{ p = @, q = @ }")]
    [InlineData("[x]", "[@, @]")]
    public void What_stands_for_too_much_is_refused(string first, string twice) =>
        IsRefused($"a0 = {first}\n" + Lines(60, i =>
            $"a{i + 1} = {twice.Replace("@", $"${{a{i}}}", StringComparison.Ordinal)}"));

    [OwnEngineFact]
    public void The_same_object_merged_again_and_again_costs_little()
    {
        var config = Parse("a0 { x { y = 1 } }\n" + Lines(6, i => $"a{i + 1} = ${{a{i}}} ${{a{i}}}"));
        Assert.Equal(1, config.GetInt("a6.x.y"));
        IsRefused("a0 { x { y = 1 } }\n" + Lines(60, i => $"a{i + 1} = ${{a{i}}} ${{a{i}}}"));
    }

    [OwnEngineFact]
    public void Includes_without_end_are_refused()
    {
        static HoconRoot Again(string name) => Parser.Parse("include \"a\"\ninclude \"b\"", Again);
        Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString("include \"a\"", Again));
    }

    [OwnEngineFact]
    public void Large_texts_are_read()
    {
        Assert.Equal(19_999, Parse(Lines(20_000, i => $"k{i} = {i}")).GetInt("k19999"));
        Assert.Equal(20_000, Parse("a = [" + Repeat("x,", 20_000) + "]").GetStringList("a").Count);
        Assert.Equal(20_000, Parse(Repeat("a += 1\n", 20_000)).GetIntList("a").Count);
        Assert.Equal(400_000, Parse("a = " + Repeat("x ", 200_000) + "x").GetString("a").Length - 1);
        Assert.Equal(1, Parse("a = " + Repeat("{ x = 1 } ", 20_000)).GetInt("a.x"));
    }

    [OwnEngineFact]
    public void Random_characters_are_read_or_refused()
    {
        const string Alphabet = "ab.c \n\t{}[]\"'=:+,$?#/\\\u00e9\u0000include0x1";
        var random = new Random(20261122);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string(Enumerable.Range(0, random.Next(40))
                .Select(_ => Alphabet[random.Next(Alphabet.Length)]).ToArray());
            try
            {
                _ = Parse(text).ToString();
            }
            catch (Exception e) when (e is ConfigurationException or FormatException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }
}
