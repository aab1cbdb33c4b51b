using System.Text;
using Ciaos.Actors;
using Ciaos.Host;
using Ciaos.Host.Logging;
using Ciaos.Host.Settings;
using Ciaos.Http;
using Ciaos.Specs.Akka;
using Xunit;

namespace Ciaos.Specs.Host;

/// <summary>A node whose settings file, variables or arguments are hostile: it starts with what they say, or tells in
/// one sentence which setting is wrong and where.</summary>
public sealed class NodeConfigFuzzSpec : IDisposable
{
    private static readonly string[] Lines =
    [
        "ciaos.http { port = 0, max-connections = 11 }", "ciaos.http.port = 70000", "ciaos.http.port = [1, 2]",
        "ciaos.http = 5", "ciaos = ${ciaos}", "ciaos { http = ${ciaos} }", "ciaos.volumes.active = ${ciaos.http.port}",
        "ciaos.data = \"a\\\"b\"", "ciaos.data = null", "ciaos.data = {}", "ciaos.durability = [sync]", "ciaos += 1",
        "ciaos.objects.chunk-size = 999999999999999999999KiB", "ciaos.objects.upload-memory = -1",
        "ciaos.log.level = \0",
        "ciaos.http.keep-alive-timeout = 1e999s", "ciaos.http.keep-alive-timeout = infinite", "ciaos.nothing = 1",
        "ciaos.http.port = 1 2 3", "include \"/dev/null\"", "akka = 5", "akka.actor = [1]", "akka.loggers = {}",
        "ciaos.index.shards = 3", "ciaos.index.catalog = x", "ciaos.index.catalog.path = ${?PATH}",
        "ciaos.\"http.port\" = 1",
        "ciaos.http { port = 1 } { port = 2 }", "ciaos.volumes.max-volume-bytes = 1B", "\ufeffciaos.http.port = 1",
    ];

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [OwnEngineFact]
    public void A_hostile_file_is_obeyed_or_refused_with_its_name_or_the_settings() => Fuzz.Run(1000, random =>
    {
        var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Line(random)));
        var bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(3) > 0) bytes = Fuzz.Mutate(random, bytes, Encoding.UTF8.GetBytes(Line(random)));
        File.WriteAllBytes(_file, bytes);
        Load(_file, [], []);
    });

    [OwnEngineFact]
    public void Hostile_variables_and_arguments_are_obeyed_or_refused() => Fuzz.Run(500, random =>
    {
        var bytes = Encoding.UTF8.GetBytes(Line(random).Replace(" = ", "=", StringComparison.Ordinal));
        var text = Encoding.UTF8.GetString(Fuzz.Mutate(random, bytes, bytes));
        Load(null, [], [text]);
        Load(null, [new("CIAOS__" + text.Replace(".", "__", StringComparison.Ordinal), text)], []);
        Load(null, [new("CIAOS__HTTP__PORT", text)], []);
    });

    [Theory]
    [InlineData("a = ${a}")]
    [InlineData("a = [1, 2] { b = 1 }")]
    [InlineData("ciaos.http.port = ${ciaos.http.nothing}")]
    public void A_file_that_cannot_be_read_is_named_with_the_reason(string text)
    {
        File.WriteAllText(_file, text);
        var refused = Assert.Throws<SettingsException>(() => NodeConfig.Load(_file, [], []));
        Assert.Contains(_file, refused.Message, StringComparison.Ordinal);
        Assert.Contains("HOCON file: ", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.Message.EndsWith(": ", StringComparison.Ordinal), refused.Message);
    }

    private static string Line(Random random) => Lines[random.Next(Lines.Length)];

    private static void Load(string? file, KeyValuePair<string, string>[] environment, string[] assignments)
    {
        try
        {
            var config = NodeConfig.Load(file, environment, assignments);
            NodeStoreSettings.From(config);
            HttpSettings.From(config);
            LoggingSettings.From(config);
        }
        catch (SettingsException refused)
        {
            Assert.True(refused.Message.Length > 30, refused.Message);
        }
    }
}
