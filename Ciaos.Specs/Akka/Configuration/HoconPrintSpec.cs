using System.Globalization;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using FsCheck;
using FsCheck.Fluent;
using Config = Akka.Configuration.Config;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

/// <summary>What a configuration prints is HOCON that reads back as the same configuration.</summary>
public sealed class HoconPrintSpec
{
    private const int Runs = 300;

    // Akka.NET does not quote all that needs quotes: what both engines have to print is words.
    private static readonly Gen<string> Word =
        from length in Gen.Choose(1, 8)
        from letters in Gen.Elements("abcdefghijklmnopqrstuvwxyz0123456789-".ToCharArray()).ArrayOf(length)
        select "w" + new string(letters);

    private static readonly Gen<string> AnyText =
        from length in Gen.Choose(0, 12)
        from letters in Gen.Elements("ab \"\\#/.:={}[]$,\n\t'\u00e9\ud83d\u0001null".ToCharArray()).ArrayOf(length)
        select new string(letters);

    private static readonly Gen<string> Words =
        from count in Gen.Choose(1, 4)
        from words in Word.ArrayOf(count)
        select string.Join(' ', words);

    [Fact]
    public void Words_read_back() => ReadsBack(Word, Words);

    [OwnEngineFact]
    public void Anything_reads_back() => ReadsBack(AnyText.Where(t => t.Length > 0), AnyText);

    [OwnEngineFact]
    public void A_number_or_an_address_is_printed_without_quotes() =>
        Assert.Equal("a : 127.0.0.1\nb : -5\n", ConfigurationFactory.ParseString("a = 127.0.0.1, b = -5").ToString());

    [Fact]
    public void The_fallback_is_printed_on_request()
    {
        var config = ConfigurationFactory.ParseString("a = 1").WithFallback("b = 2");
        Assert.False(ConfigurationFactory.ParseString(config.ToString()).HasPath("b"));
        Assert.Equal(2, ConfigurationFactory.ParseString(config.ToString(includeFallback: true)).GetInt("b"));
    }

    private static void ReadsBack(Gen<string> keys, Gen<string> texts)
    {
        var trees = Tree(keys, texts, 3);
        Prop.ForAll(Arb.From(trees), tree =>
        {
            var config = new Config(new HoconRoot(new HoconValue([tree])));
            var again = ConfigurationFactory.ParseString(config.ToString());
            return string.Equals(Describe(config.Root), Describe(again.Root), StringComparison.Ordinal);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(Runs));
    }

    private static Gen<HoconObject> Tree(Gen<string> keys, Gen<string> texts, int depth) =>
        from count in Gen.Choose(1, 4)
        from names in keys.ArrayOf(count)
        from values in Value(keys, texts, depth).ArrayOf(count)
        select MakeObject(names, values);

    private static Gen<IHoconElement> Value(Gen<string> keys, Gen<string> texts, int depth)
    {
        var text = texts.Select(Literal);
        if (depth == 0) return text;
        var array = Gen.Choose(1, 3).SelectMany(n => texts.ArrayOf(n)).Select(MakeArray);
        var tree = Tree(keys, texts, depth - 1).Select(t => (IHoconElement)t);
        return Gen.OneOf(text, array, tree);
    }

    private static HoconObject MakeObject(string[] names, IHoconElement[] values)
    {
        var o = new HoconObject();
        foreach (var (name, value) in names.Zip(values)) o.Items[name] = new HoconValue([value]);
        return o;
    }

    private static IHoconElement MakeArray(string[] texts)
    {
        var array = new HoconArray();
        array.AddRange(texts.Select(t => new HoconValue([Literal(t)])));
        return array;
    }

    // Parsed, so that blanks around it count: there is no other public way to a text that keeps them.
    private static IHoconElement Literal(string text) =>
        ConfigurationFactory.ParseString($"a = {Quote(text)}").GetValue("a").Values.Single();

    private static string Quote(string text) => "\"" + string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c)
        ? c.ToString()
        : "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture))) + "\"";

    private static string Describe(HoconValue value)
    {
        if (value.GetObject() is { } o)
            return "{" + string.Join(',', o.Items.Select(i => $"{Quote(i.Key)}={Describe(i.Value)}")) + "}";
        return value.IsString()
            ? Quote(value.GetString()!)
            : "[" + string.Join(',', value.GetArray().Select(Describe)) + "]";
    }
}
