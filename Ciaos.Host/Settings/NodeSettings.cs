using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Host.Settings;

/// <summary>Section <c>ciaos</c> itself: what concerns the node as a whole.</summary>
/// <param name="DataPath">The folder of everything that the node keeps.</param>
/// <param name="Durability"><c>sync</c>, <c>interval</c> or <c>os</c>.</param>
public sealed record NodeSettings(string DataPath, string Durability)
{
    public static NodeSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos");
        var path = section.Text("data");
        return path.AsSpan().ContainsAny('"', '\0')
            ? throw section.Refuse("data", path, "a path without quotation marks and null characters")
            : new NodeSettings(Path.GetFullPath(path), section.OneOf("durability", "sync", "interval", "os"));
    }

    /// <summary>What other sections do where they were not told otherwise.</summary>
    public Config Derive()
    {
        var synchronous = Durability switch
        {
            "sync" => "full",
            "interval" => "normal",
            _ => "off",
        };
        return ConfigurationFactory.ParseString($$"""
            ciaos.volumes.durability = {{Durability}}
            ciaos.journal { path = {{Quoted("journal.db")}}, synchronous = {{synchronous}} }
            ciaos.index.catalog.path = {{Quoted("catalog.db")}}
            """);
    }

    private string Quoted(string file) =>
        $"\"{Path.Combine(DataPath, file).Replace("\\", "\\\\", StringComparison.Ordinal)}\"";
}
