using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Http.Metrics;

/// <summary>What is told of requests: parts of the sections <c>ciaos.metrics</c> and <c>ciaos.http</c> of
/// hocon/reference.conf.</summary>
/// <param name="IsEnabled">Otherwise nothing is measured, and no slow request is told.</param>
/// <param name="IsPublic">Metrics are told to whoever asks, also where authentication is on.</param>
/// <param name="SlowRequest">Requests that take longer are told to the log; zero: none is.</param>
public sealed record MetricsSettings(bool IsEnabled, bool IsPublic, TimeSpan SlowRequest)
{
    /// <exception cref="SettingsException">A value is missing, malformed or out of range.</exception>
    public static MetricsSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.metrics");
        return new MetricsSettings(
            section.Flag("enabled"),
            section.Flag("public"),
            new SettingsSection(config, "ciaos.http").Duration("slow-request", TimeSpan.Zero, TimeSpan.FromHours(24)));
    }
}
