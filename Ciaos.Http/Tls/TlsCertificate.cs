using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ciaos.Actors;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.Tls;

/// <summary>
/// The certificate that the front ends show: read from its files, and read again when they have changed. New
/// connections get the new one; what runs goes on. Files that cannot be read leave the old one in use, with a line in
/// the log. Safe for many threads.
/// </summary>
public sealed partial class TlsCertificate
{
    private readonly TlsSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private SslServerAuthenticationOptions _options;
    private (DateTime Certificate, DateTime Key) _stamp;
    private long _lookedAt;

    private TlsCertificate(TlsSettings settings, TimeProvider time, ILogger logger)
    {
        (_settings, _time, _logger) = (settings, time, logger);
        (_stamp, _lookedAt) = (StampOf(settings), time.GetTimestamp());
        _options = Read(settings);
    }

    /// <exception cref="SettingsException">The files hold no certificate with its key; the text tells why.</exception>
    public static TlsCertificate Open(TlsSettings settings, TimeProvider time, ILogger logger)
    {
        try
        {
            return new TlsCertificate(settings, time, logger);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            throw new SettingsException(
                "ciaos.tls.certificate", settings.CertificatePath,
                $"a PEM file whose private key is in ciaos.tls.private-key ({error.Message})");
        }
    }

    /// <summary>For the next handshake.</summary>
    internal SslServerAuthenticationOptions Options()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_lookedAt) < _settings.ReloadInterval) return _options;
            _lookedAt = _time.GetTimestamp();
            try
            {
                var stamp = StampOf(_settings);
                if (stamp == _stamp) return _options;
                _options = Read(_settings);
                _stamp = stamp;
                Reloaded(_logger, _settings.CertificatePath);
            }
            catch (Exception error) when (IsOfFiles(error))
            {
                // Perhaps one file is written and the other is not yet: it is looked at again.
                NotReloaded(_logger, error, _settings.CertificatePath);
            }

            return _options;
        }
    }

    private static SslServerAuthenticationOptions Read(TlsSettings settings)
    {
        var certificate = X509Certificate2.CreateFromPemFile(settings.CertificatePath, settings.KeyPath);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.CertificatePath);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
    }

    private static (DateTime Certificate, DateTime Key) StampOf(TlsSettings settings) =>
        (File.GetLastWriteTimeUtc(settings.CertificatePath), File.GetLastWriteTimeUtc(settings.KeyPath));

    private static bool IsOfFiles(Exception error) =>
        error is IOException or UnauthorizedAccessException or CryptographicException;

    [LoggerMessage(20, LogLevel.Information, "The certificate {Path} has changed: new connections get the new one")]
    private static partial void Reloaded(ILogger logger, string path);

    [LoggerMessage(21, LogLevel.Error, "The certificate {Path} has changed, but cannot be used: the old one stays")]
    private static partial void NotReloaded(ILogger logger, Exception error, string path);
}
