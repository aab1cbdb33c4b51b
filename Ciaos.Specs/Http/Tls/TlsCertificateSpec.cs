using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ciaos.Actors;
using Ciaos.Http;
using Ciaos.Http.Tls;
using Ciaos.Specs.Index;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Http.Tls;

public sealed class TlsCertificateSpec : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ciaos-tls-");
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_listener_shows_the_certificate_and_new_connections_get_a_changed_one()
    {
        Write("first", DateTime.UnixEpoch);
        var certificate = TlsCertificate.Open(Settings(), _time, NullLogger.Instance);
        await using var server = await ServeAsync(certificate);
        Assert.StartsWith("https://", server.Address, StringComparison.Ordinal);
        Assert.Equal(("CN=first", HttpVersion.Version20), await AskAsync(server.Address));

        Write("second", DateTime.UnixEpoch.AddDays(1));
        Assert.Equal("CN=first", (await AskAsync(server.Address)).Subject);
        _time.Advance(Interval);
        Assert.Equal("CN=second", (await AskAsync(server.Address)).Subject);
    }

    [Fact]
    public async Task Files_that_cannot_be_read_leave_the_old_certificate_in_use()
    {
        Write("first", DateTime.UnixEpoch);
        var certificate = TlsCertificate.Open(Settings(), _time, NullLogger.Instance);
        await using var server = await ServeAsync(certificate);
        await File.WriteAllTextAsync(CertificatePath, "no certificate");
        _time.Advance(Interval);
        Assert.Equal("CN=first", (await AskAsync(server.Address)).Subject);
        Write("third", DateTime.UnixEpoch.AddDays(3));
        _time.Advance(Interval);
        Assert.Equal("CN=third", (await AskAsync(server.Address)).Subject);
    }

    [Fact]
    public void A_node_does_not_start_with_files_that_are_no_certificate()
    {
        File.WriteAllText(CertificatePath, "nothing");
        File.WriteAllText(KeyPath, "nothing");
        var error = Assert.Throws<SettingsException>(
            () => TlsCertificate.Open(Settings(), _time, NullLogger.Instance));
        Assert.Contains(CertificatePath, error.Message, StringComparison.Ordinal);
    }

    private string CertificatePath => Path.Combine(_folder.FullName, "server.pem");

    private string KeyPath => Path.Combine(_folder.FullName, "server.key");

    private TlsSettings Settings() => new(CertificatePath, KeyPath, Interval);

    private void Write(string name, DateTime stamp)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(CertificatePath, stamp);
        File.SetLastWriteTimeUtc(KeyPath, stamp);
    }

    private static Task<HttpServer> ServeAsync(TlsCertificate certificate) => HttpServer.StartAsync(
        HttpSettings.From(HttpSettingsSpec.Reference()),
        new ListenerSettings(IPAddress.Loopback, 0, certificate),
        context => context.Response.WriteAsync("hello"),
        NullLoggerFactory.Instance,
        default);

    private static async Task<(string? Subject, Version Version)> AskAsync(string address)
    {
        string? subject = null;
        using var handler = new HttpClientHandler();
        handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
        {
            subject = certificate?.Subject;
            return true;
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version20 };
        using var response = await client.SendAsync(request);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        return (subject, response.Version);
    }
}
