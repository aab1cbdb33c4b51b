using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Http.Tls;

/// <summary>Section <c>ciaos.tls</c> of hocon/reference.conf: PEM files.</summary>
/// <param name="CertificatePath">The server's certificate, followed by those between it and its root.</param>
/// <param name="KeyPath">Its private key, not encrypted.</param>
public sealed record TlsSettings(string CertificatePath, string KeyPath, TimeSpan ReloadInterval)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Null: the front ends speak plain HTTP.</summary>
    /// <exception cref="SettingsException">Only one of the two files is named.</exception>
    public static TlsSettings? From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.tls");
        var (certificate, key) = (section.OptionalText("certificate"), section.OptionalText("private-key"));
        var interval = section.Duration("reload-interval", Second, Day);
        if (certificate.Length == 0 && key.Length == 0) return null;
        if (certificate.Length == 0) throw section.Refuse("certificate", "", "a file, since private-key is set");
        if (key.Length == 0) throw section.Refuse("private-key", "", "a file, since certificate is set");
        return new TlsSettings(certificate, key, interval);
    }
}
