using Akka.Configuration;

namespace Ciaos.Actors;

/// <summary>hocon/reference.conf: every setting of CIAOS with its default.</summary>
public static class ReferenceConfig
{
    public static Config Load() =>
        ConfigurationFactory.FromResource("Ciaos.reference.conf", typeof(ReferenceConfig).Assembly);
}
