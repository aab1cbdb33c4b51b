namespace Akka.Configuration;

public static class ConfigExtensions
{
    /// <summary>As <see cref="Config.WithFallback"/>, where either may be missing or both the same.</summary>
    public static Config? SafeWithFallback(this Config? config, Config? fallback) =>
        config is null ? fallback
        : fallback is null || ReferenceEquals(config, fallback) ? config
        : config.WithFallback(fallback);

    /// <summary>True when there is no setting at all.</summary>
    public static bool IsNullOrEmpty([System.Diagnostics.CodeAnalysis.NotNullWhen(false)] this Config? config) =>
        config is null || config.IsEmpty;
}
