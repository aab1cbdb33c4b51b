using Akka.Configuration;

namespace Ciaos.Actors.Identity;

/// <summary>The section <c>ciaos.identity</c>, checked. hocon/reference.conf tells what each setting is for.</summary>
/// <param name="RootAccessKey">Empty: a random one is made at the first start.</param>
/// <param name="RootSecretKey">Empty just when <paramref name="RootAccessKey"/> is.</param>
/// <param name="JournalPlugin">Path of the journal's section; empty: the system's default.</param>
public sealed record IdentitySettings(
    string RootAccessKey,
    string RootSecretKey,
    TimeSpan LastUseInterval,
    TimeSpan MaxSession,
    int MaxUsers,
    int MaxKeysPerUser,
    int MaxSessions,
    int MaxPoliciesPerUser,
    TimeSpan AskTimeout,
    TimeSpan RestartBackoffMin,
    TimeSpan RestartBackoffMax,
    string JournalPlugin)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <exception cref="SettingsException">Names the key, its value and what is allowed.</exception>
    public static IdentitySettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.identity");
        var backoffMin = section.Duration("restart-backoff-min", Shortest, Hour);
        return new IdentitySettings(
            RootAccessKeyOf(section),
            RootSecretKeyOf(section),
            section.Duration("last-use-interval", Second, Day),
            section.Duration("max-session", Second, 7 * Day),
            section.Int("max-users", 1, 1_000_000),
            section.Int("max-keys-per-user", 1, 1000),
            section.Int("max-sessions", 0, 1_000_000),
            section.Int("max-policies-per-user", 0, 1000),
            section.Duration("ask-timeout", Shortest, Hour),
            backoffMin,
            section.Duration("restart-backoff-max", backoffMin, Day),
            section.OptionalText("journal-plugin"));
    }

    private static string RootAccessKeyOf(SettingsSection section)
    {
        var id = section.OptionalText("root-access-key");
        return id.Length == 0 || KeyTexts.IsId(id)
            ? id
            : throw section.Refuse("root-access-key", id, KeyTexts.IdForm);
    }

    // The text of the error goes into logs, so it must not tell the secret.
    private static string RootSecretKeyOf(SettingsSection section)
    {
        var (id, secret) = (section.OptionalText("root-access-key"), section.OptionalText("root-secret-key"));
        if (id.Length == 0 != (secret.Length == 0))
            throw section.Refuse(
                id.Length == 0 ? "root-access-key" : "root-secret-key", "",
                "a value, because the other one of root-access-key and root-secret-key has one");
        return secret.Length == 0 || KeyTexts.IsSecret(secret)
            ? secret
            : throw section.Refuse("root-secret-key", "(not shown)", KeyTexts.SecretForm);
    }

    // A record would print the secret.
    public override string ToString() => $"ciaos.identity with root key \"{RootAccessKey}\"";
}
