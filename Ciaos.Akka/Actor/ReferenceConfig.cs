using Akka.Configuration;

namespace Akka.Actor;

/// <summary>
/// The defaults of the engine and of all its parts: every embedded resource whose name ends in
/// <c>reference.conf</c>, so a part adds its settings by adding a file.
/// </summary>
internal static class ReferenceConfig
{
    private const string Suffix = "reference.conf";
    private static readonly Lazy<Config> All = new(Load);

    public static Config Value => All.Value;

    private static Config Load()
    {
        var assembly = typeof(ReferenceConfig).Assembly;
        var parts = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(Suffix, StringComparison.Ordinal))
            .OrderBy(name => name, StringComparer.Ordinal)
            .Select(name => ConfigurationFactory.FromResource(name, assembly));
        return parts.Aggregate(ConfigurationFactory.Default(), (all, part) => part.WithFallback(all));
    }
}
