using System.Diagnostics;
using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Xunit;

namespace Ciaos.Specs.Akka.Configuration;

/// <summary>Texts made of what HOCON is made of, and real ones with changes: each is read or refused as a configuration
/// that is wrong, soon, and what was read can be used.</summary>
public sealed class HoconFuzzSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly string[] Pieces =
    [
        "a", "b", "c", "a.b", "a.b.c", "\"a.b\"", "x", "1", "-1.5e3", "true", "null", "on", "10s", "4KiB", " ", "  ",
        "\n", "\r\n", "\t", "=", ":", "+=", "{", "}", "[", "]", ",", "${a}", "${?a}", "${a.b}", "${?b.c}", "${", "$",
        "\"", "\"\"", "\"\"\"", "'", "#", "//", "# x\n", "include ", "include \"f\"", "include file(\"f\")", "\\",
        "\\u0041", "\\uZZ", "é", "𝄞", "\0", "\u2028", "\ufeff", "?", "&", "*", "!", "^", "`", ".", "..", "-",
        "a = 1\n", "a { b = ${a.c} }\n", "b = ${a} { c = 1 }\n",
        "c = [1, ${?c}]\n", "a += 1\n", "a = ${a}${a}\n",
    ];

    private static readonly string[] Real =
    [
        "a { b = 1, c = ${a.b}, d = [1, 2, ${a.b}] }\ne = ${a} { f = \"x\" }\ng = ${?HOME_OF_NOBODY}/x\n",
        "# comment\nakka.actor { provider = local, dispatcher.a { type = Dispatcher, throughput = 100 } }\n",
        "x = \"\"\"many\nlines\"\"\"\ny += 1\ny += 2\nz = 10s\nw = 4KiB\nv = infinite\n",
    ];

    [OwnEngineFact]
    public void Whatever_is_put_together_is_read_or_refused() => Fuzz.Run(15_000, random =>
    {
        var text = new StringBuilder();
        for (var count = random.Next(60); count > 0; count--) text.Append(Pieces[random.Next(Pieces.Length)]);
        Use(text.ToString());
    });

    [OwnEngineFact]
    public void Real_texts_with_changes_are_read_or_refused() => Fuzz.Run(10_000, random =>
    {
        var bytes = Encoding.UTF8.GetBytes(Real[random.Next(Real.Length)]);
        var other = Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)] + Real[random.Next(Real.Length)]);
        Use(Encoding.UTF8.GetString(Fuzz.Mutate(random, bytes, other)));
    });

    [OwnEngineFact]
    public void Pieces_repeated_without_end_are_read_or_refused_soon() => Fuzz.Run(150, random =>
    {
        var piece = Pieces[random.Next(Pieces.Length)] + Pieces[random.Next(Pieces.Length)];
        if (random.Next(2) == 0) piece += Pieces[random.Next(Pieces.Length)];
        var text = new StringBuilder(Real[random.Next(Real.Length)]);
        Use(text.Insert(text.Length, piece, random.Next(100, 20_000)).ToString());
    });

    [OwnEngineFact]
    public void Includes_in_circles_are_refused() => Fuzz.Run(300, random =>
    {
        var files = Enumerable.Range(0, 4)
            .Select(_ => string.Join('\n', Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(3) == 0
                ? "a = ${?a} x"
                : $"{(random.Next(2) == 0 ? "b." : "")}k {{ include \"{random.Next(4)}\" }}")))
            .ToArray();
        HoconRoot Include(string name) => Parser.Parse(files[name[0] - '0'], Include);
        Use(() => ConfigurationFactory.ParseString("include \"0\"", Include));
    });

    private static void Use(string text) => Use(() => ConfigurationFactory.ParseString(text));

    private static void Use(Func<Config> parse)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            Use(parse());
        }
        catch (Exception refused) when (refused is ConfigurationException or FormatException)
        {
            // A substitution that leads nowhere is a FormatException, as in Akka.NET.
            Assert.NotEmpty(refused.Message);
        }

        Assert.True(watch.Elapsed < Soon, $"it took {watch.Elapsed}");
    }

    private static void Use(Config config)
    {
        _ = config.ToString();
        var merged = config.WithFallback(ConfigurationFactory.ParseString("a { b = 7, z = 1 }"));
        foreach (var path in new[] { "a", "a.b", "b", "c", "x.y" }) _ = merged.HasPath(path);
        foreach (var (_, value) in config.AsEnumerable()) _ = value.ToString();
    }
}
