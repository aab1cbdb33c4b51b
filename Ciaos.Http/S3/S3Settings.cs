using System.Net;
using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Http.S3;

/// <summary>Section <c>ciaos.s3</c> of hocon/reference.conf, which tells every setting's meaning and range.</summary>
/// <param name="Domains">Without the bucket's name in front.</param>
public sealed record S3Settings(
    bool IsEnabled,
    IPAddress Address,
    int Port,
    string Region,
    IReadOnlyList<string> Domains,
    long MaxObjectBytes,
    int MaxBuckets)
{
    private const int MaxPort = 65_535;
    private const long MiB = 1024 * 1024;
    private const long TiB = MiB * MiB;
    private const int MaxAllowedBuckets = 1_000_000;
    private const int MaxRegionLength = 64;

    /// <exception cref="SettingsException">A value is missing, malformed or out of range.</exception>
    public static S3Settings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.s3");
        var region = section.Text("region");
        if (region.Length > MaxRegionLength || region.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '-'))
            throw section.Refuse("region", region, $"1 to {MaxRegionLength} letters, digits and hyphens");
        return new S3Settings(
            section.Flag("enabled"),
            AddressOf(section),
            section.Int("port", 0, MaxPort),
            region,
            section.OptionalText("domains").Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            section.Bytes("max-object", MiB, 1024 * TiB),
            section.Int("max-buckets-per-user", 1, MaxAllowedBuckets));
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
