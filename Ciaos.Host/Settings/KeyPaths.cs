using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Ciaos.Host.Settings;

/// <summary>Every leaf of a configuration with its full path.</summary>
internal static class KeyPaths
{
    public static IEnumerable<(string Path, string Value)> Of(Config config) =>
        config.IsEmpty ? [] : config.AsEnumerable().SelectMany(pair => Walk(pair.Key, pair.Value));

    private static IEnumerable<(string Path, string Value)> Walk(string path, HoconValue value)
    {
        if (!value.IsObject()) return [(path, value.ToString())];
        return value.GetObject()!.Items.SelectMany(item => Walk($"{path}.{item.Key}", item.Value));
    }
}
