using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Host.Settings;

/// <summary>Section <c>ciaos</c> itself: what concerns the node as a whole, and what other sections follow from it.</summary>
/// <param name="DataPath">The folder of everything that the node keeps.</param>
/// <param name="Durability"><c>sync</c>, <c>interval</c> or <c>os</c>.</param>
public sealed record NodeSettings(string DataPath, string Durability)
{
    public static NodeSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos");
        return new NodeSettings(section.Text("data"), section.OneOf("durability", "sync", "interval", "os"));
    }

    /// <summary>Gives the sections that were not set by themselves what follows from the node's folder and durability.</summary>
    internal Config Derive(Config config, string dataPath)
    {
        var synchronous = Durability switch
        {
            "sync" => "full",
            "interval" => "normal",
            _ => "off",
        };
        (string Key, string Value)[] derived =
        [
            ("ciaos.volumes.durability", Durability),
            ("ciaos.journal.path", Path.Combine(dataPath, "journal.db")),
            ("ciaos.journal.synchronous", synchronous),
            ("ciaos.snapshot-store.path", Path.Combine(dataPath, "journal.db")),
            ("ciaos.snapshot-store.synchronous", synchronous),
            ("ciaos.index.catalog.path", Path.Combine(dataPath, "catalog.db")),
        ];
        var unset = derived.Where(pair => string.IsNullOrEmpty(config.GetString(pair.Key, "")));
        return unset.Aggregate(config, (all, pair) => NodeConfig.Assign(pair.Key, pair.Value).WithFallback(all));
    }
}
