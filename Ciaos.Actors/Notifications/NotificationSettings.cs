using Akka.Configuration;

namespace Ciaos.Actors.Notifications;

/// <summary>The section <c>ciaos.notifications</c>, checked. hocon/reference.conf tells what each setting is
/// for.</summary>
/// <param name="PageEvents">Events of a shard that are read, and told in one call, at a time.</param>
/// <param name="Region">Of the S3 front end: each notification names it.</param>
public sealed record NotificationSettings(
    TimeSpan PollInterval, TimeSpan CallTimeout, TimeSpan RetryMin, TimeSpan RetryMax, int PageEvents, string Region)
{
    /// <summary>Where webhooks may be.</summary>
    public WebhookHosts AllowedHosts { get; init; } = WebhookHosts.Any;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    /// <exception cref="SettingsException">Names the key, its value and what is allowed.</exception>
    public static NotificationSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.notifications");
        var retryMin = section.Duration("retry-min", Shortest, TimeSpan.FromHours(1));
        return new NotificationSettings(
            section.Duration("poll-interval", Shortest, TimeSpan.FromMinutes(10)),
            section.Duration("call-timeout", Shortest, TimeSpan.FromMinutes(10)),
            retryMin,
            section.Duration("retry-max", retryMin, TimeSpan.FromHours(24)),
            section.Int("page-events", 1, 1_000),
            new SettingsSection(config, "ciaos.s3").Text("region"))
        {
            AllowedHosts = WebhookHosts.From(section, "allowed-hosts"),
        };
    }
}
