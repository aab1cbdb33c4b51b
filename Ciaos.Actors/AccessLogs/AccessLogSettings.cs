using Akka.Configuration;

namespace Ciaos.Actors.AccessLogs;

/// <summary>The section <c>ciaos.s3.access-log</c>, checked. hocon/reference.conf tells what each setting is
/// for.</summary>
/// <param name="FirstDelay">From a line after a quiet time to the log object that holds it.</param>
/// <param name="MaxDelay">The same where lines keep coming: the delay doubles up to this.</param>
/// <param name="MaxObjectBytes">A log object that reaches this is written at once.</param>
/// <param name="MaxHeldBytes">Lines of all buckets together that wait to be written; more are lost.</param>
public sealed record AccessLogSettings(
    TimeSpan FirstDelay, TimeSpan MaxDelay, int MaxObjectBytes, long MaxHeldBytes)
{
    private const long KiB = 1024;
    private const long MiB = KiB * KiB;

    /// <exception cref="SettingsException">Names the key, its value and what is allowed.</exception>
    public static AccessLogSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.s3.access-log");
        var first = section.Duration("first-delay", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1));
        return new AccessLogSettings(
            first,
            section.Duration("max-delay", first, TimeSpan.FromDays(1)),
            (int)section.Bytes("max-object", KiB, 64 * MiB),
            section.Bytes("max-held", MiB, KiB * MiB));
    }
}
