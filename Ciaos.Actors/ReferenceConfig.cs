using Akka.Configuration;

namespace Ciaos.Actors;

/// <summary>hocon/reference.conf: every setting of CIAOS with its default.</summary>
public static class ReferenceConfig
{
    private static readonly Lazy<Config> Parsed = new(
        () => ConfigurationFactory.FromResource("Ciaos.reference.conf", typeof(ReferenceConfig).Assembly));

    public static Config Load() => Parsed.Value;
}
