using System.Net;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Http.Batch;

namespace Ciaos.Http;

/// <summary>Section <c>ciaos.http</c> of hocon/reference.conf, which tells every setting's meaning and range.</summary>
/// <param name="IsAuthenticationOn">Otherwise the header <c>User</c> is believed as it stands.</param>
public sealed record HttpSettings(
    bool IsAuthenticationOn,
    IPAddress Address,
    int Port,
    int MaxConnections,
    TimeSpan KeepAliveTimeout,
    TimeSpan RequestHeadersTimeout,
    long MinBodyBytesPerSecond,
    TimeSpan MinBodyRateGrace,
    int MaxRequestLineBytes,
    int MaxRequestHeadersBytes,
    int MaxFilesPerUpload,
    int MaxFollowers,
    TimeSpan FollowerKeepAlive,
    BatchSettings Batch,
    TimeSpan ShutdownTimeout)
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;
    private const int GiB = 1024 * MiB;
    private const int MaxPort = 65_535;
    private const int MaxAllowedConnections = 1_000_000;
    private const int MaxAllowedFiles = 10_000_000;
    private const int MaxAllowedFollowers = 1_000_000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <exception cref="SettingsException">A value is missing, malformed, out of range or unsafe.</exception>
    public static HttpSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.http");
        var isAuthenticationOn = section.Flag("authentication");
        return new HttpSettings(
            isAuthenticationOn,
            AddressOf(section, isAuthenticationOn),
            section.Int("port", 0, MaxPort),
            section.Int("max-connections", 1, MaxAllowedConnections),
            section.Duration("keep-alive-timeout", Second, Hour),
            section.Duration("request-headers-timeout", Second, TenMinutes),
            section.Bytes("min-body-rate", 0, GiB),
            section.Duration("min-body-rate-grace", 2 * Second, TenMinutes),
            (int)section.Bytes("max-request-line", 8 * KiB, MiB),
            (int)section.Bytes("max-request-headers", 4 * KiB, MiB),
            section.Int("max-files-per-upload", 1, MaxAllowedFiles),
            section.Int("max-followers", 0, MaxAllowedFollowers),
            section.Duration("follower-keep-alive", Second, Hour),
            BatchSettings.From(section),
            section.Duration("shutdown-timeout", TimeSpan.Zero, Hour));
    }

    // Without authentication whoever reaches the port owns everybody's data.
    private static IPAddress AddressOf(SettingsSection section, bool isAuthenticationOn)
    {
        var text = section.Text("address");
        var address = IPAddress.Loopback;
        if (text != "localhost" && !IPAddress.TryParse(text, out address))
            throw section.Refuse("address", text, "an IP address, or localhost");
        return isAuthenticationOn || IPAddress.IsLoopback(address)
            ? address
            : throw section.Refuse(
                "address", text,
                "a loopback address such as 127.0.0.1: authentication is off (ciaos.http.authentication)");
    }
}
