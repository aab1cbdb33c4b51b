using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Host.Logging;
using Ciaos.Host.Settings;
using Ciaos.Http;
using Xunit;

namespace Ciaos.Specs.Host;

public sealed class NodeConfigSpec : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_defaults_are_valid_and_keep_everything_in_the_data_folder()
    {
        var config = Load();
        var data = Path.GetFullPath("data");
        Assert.Equal(data, NodeSettings.From(config).DataPath);
        Assert.Equal(Path.Combine(data, "journal.db"), Journal(config).Location);
        Assert.Equal(Path.Combine(data, "catalog.db"), config.GetString("ciaos.index.catalog.path"));
        Assert.Equal(9710, HttpSettings.From(config).Port);
        Assert.Equal(VolumeDurability.Sync, VolumesSettings.From(config).Volume.Durability);
        Assert.Equal(16, IndexSettings.From(config).Shards);
        Assert.Equal(4 << 20, StoreSettings.From(config).ChunkBytes);
        Assert.False(LoggingSettings.From(config).IsJson);
    }

    [Fact]
    public void The_environment_is_stronger_than_the_file_and_the_command_line_is_stronger_than_both()
    {
        File.WriteAllText(_file, "ciaos.http { port = 1, max-connections = 11, keep-alive-timeout = 11s }");
        var environment = new Dictionary<string, string>
        {
            ["CIAOS__HTTP__PORT"] = "2",
            ["CIAOS__HTTP__MAX_CONNECTIONS"] = "22",
            ["PATH"] = "/bin",
        };
        var settings = HttpSettings.From(NodeConfig.Load(_file, environment, ["ciaos.http.port=3"]));
        Assert.Equal(3, settings.Port);
        Assert.Equal(22, settings.MaxConnections);
        Assert.Equal(TimeSpan.FromSeconds(11), settings.KeepAliveTimeout);
    }

    [Theory]
    [InlineData("sync", VolumeDurability.Sync, JournalSynchronous.Full)]
    [InlineData("interval", VolumeDurability.Interval, JournalSynchronous.Normal)]
    [InlineData("os", VolumeDurability.Os, JournalSynchronous.Off)]
    public void Volumes_and_journal_follow_the_durability_of_the_node(
        string durability, VolumeDurability volumes, JournalSynchronous journal)
    {
        var config = Load($"ciaos.durability={durability}");
        Assert.Equal(volumes, VolumesSettings.From(config).Volume.Durability);
        Assert.Equal(journal, Journal(config).Synchronous);
    }

    [Fact]
    public void What_is_set_by_itself_does_not_follow()
    {
        var config = Load("ciaos.index.catalog.path=/elsewhere/c.db");
        Assert.Equal("/elsewhere/c.db", config.GetString("ciaos.index.catalog.path"));
    }

    [Theory]
    [InlineData("ciaos.http.prot=1", "ciaos.http.port")]
    [InlineData("ciaos.index.shard=8", "ciaos.index.shards")]
    public void A_misspelt_key_is_refused_and_the_right_one_named(string assignment, string meant)
    {
        var refused = Assert.Throws<SettingsException>(() => Load(assignment));
        Assert.Equal(assignment.Split('=')[0], refused.Key);
        Assert.Contains($"did you mean {meant}?", refused.Message);
    }

    [Theory]
    [InlineData("novalue")]
    [InlineData("=1")]
    [InlineData("a..b=1")]
    [InlineData("ciaos{x=1")]
    [InlineData("ciaos.data=a\"b")]
    public void What_is_no_assignment_is_refused(string assignment) =>
        Assert.Throws<SettingsException>(() => Load(assignment));

    [Fact]
    public void A_value_is_taken_as_it_stands()
    {
        var path = Path.GetFullPath("a b #c ${x} \\d");
        Assert.Equal(path, NodeSettings.From(Load($"ciaos.data={path}")).DataPath);
    }

    [Fact]
    public void A_file_that_is_missing_or_malformed_is_named()
    {
        var missing = Assert.Throws<SettingsException>(() => NodeConfig.Load("/no/such", [], []));
        Assert.Contains("/no/such", missing.Message);
        File.WriteAllText(_file, "ciaos = [1, }");
        Assert.Contains(_file, Assert.Throws<SettingsException>(() => NodeConfig.Load(_file, [], [])).Message);
    }

    private static JournalSettings Journal(Config config) => JournalSettings.From(config.GetConfig("ciaos.journal"));

    private static Config Load(params string[] assignments) => NodeConfig.Load(null, [], assignments);
}
