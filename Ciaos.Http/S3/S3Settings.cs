using System.Net;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Lifecycle;
using Ciaos.Actors.Notifications;

namespace Ciaos.Http.S3;

/// <summary>Section <c>ciaos.s3</c> of hocon/reference.conf, which tells every setting's meaning and range.</summary>
/// <param name="Domains">Without the bucket's name in front.</param>
/// <param name="AllowsCustomerKeysOverHttp">Clients may send their own keys (SSE-C) without TLS.</param>
public sealed record S3Settings(
    bool IsEnabled,
    IPAddress Address,
    int Port,
    string Region,
    IReadOnlyList<string> Domains,
    long MaxObjectBytes,
    int MaxBuckets,
    bool AllowsCustomerKeysOverHttp = true)
{
    /// <summary>When a lifecycle rule will end something is told in these days.</summary>
    public LifecycleCalendar Calendar { get; init; } = new(TimeSpan.FromDays(1));

    /// <summary>All parts of an upload but the last have at least this. Clients of S3 count on that number: only the
    /// simulation has a smaller one.</summary>
    public long MinPartBytes { get; init; } = Multipart.Completion.MinPartBytes;

    /// <summary>Where the webhooks of buckets may be.</summary>
    public WebhookHosts WebhookHosts { get; init; } = WebhookHosts.Any;

    private const int MaxPort = 65_535;
    private const int NativePort = 9710;
    private const int S3Port = 9711;
    private const long MiB = 1024 * 1024;
    private const long TiB = MiB * MiB;
    private const int MaxAllowedBuckets = 1_000_000;
    private const int MaxRegionLength = 64;

    /// <exception cref="SettingsException">A value is missing, malformed or out of range.</exception>
    public static S3Settings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.s3");
        var region = section.Text("region");
        if (region.Length > MaxRegionLength
            || region.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '-'))
            throw section.Refuse("region", region, $"1 to {MaxRegionLength} letters, digits and hyphens");
        return new S3Settings(
            section.Flag("enabled"),
            AddressOf(section),
            PortOf(config, section),
            region,
            section.OptionalText("domains").Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            section.Bytes("max-object", MiB, 1024 * TiB),
            section.Int("max-buckets-per-user", 1, MaxAllowedBuckets),
            section.Flag("sse-c-over-http"))
        {
            Calendar = LifecycleSettings.From(config).Calendar,
            WebhookHosts = NotificationSettings.From(config).AllowedHosts,
        };
    }

    // Several nodes on one machine are told apart by their native port: only the usual one brings the usual S3 port.
    private static int PortOf(Config config, SettingsSection section)
    {
        if (section.Text("port") != "auto") return section.Int("port", 0, MaxPort);
        return new SettingsSection(config, "ciaos.http").Int("port", 0, MaxPort) == NativePort ? S3Port : 0;
    }

    private static IPAddress AddressOf(SettingsSection section)
    {
        var text = section.Text("address");
        var address = IPAddress.Loopback;
        return text == "localhost" || IPAddress.TryParse(text, out address)
            ? address
            : throw section.Refuse("address", text, "an IP address, or localhost");
    }
}
