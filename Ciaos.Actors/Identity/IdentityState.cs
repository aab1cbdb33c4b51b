using System.Collections.Immutable;
using System.Text;
using static Ciaos.Actors.Identity.IdentityEvents;

namespace Ciaos.Actors.Identity;

/// <summary>All users and keys at one time; immutable. What events make of it is decided here alone, for recovery and
/// for what happens now.</summary>
internal sealed record IdentityState
{
    public static readonly IdentityState Empty = new();

    private static readonly byte[] CheckText = Encoding.ASCII.GetBytes("ciaos identities");
    private static readonly byte[] CheckContext = Encoding.ASCII.GetBytes("identity/check");

    private IdentityState()
    {
    }

    public ImmutableDictionary<string, User> Users { get; private init; } =
        ImmutableDictionary.Create<string, User>(StringComparer.Ordinal);

    public ImmutableDictionary<string, AccessKey> Keys { get; private init; } =
        ImmutableDictionary.Create<string, AccessKey>(StringComparer.Ordinal);

    /// <summary>Ids of a user's keys, temporary ones too.</summary>
    public ImmutableDictionary<string, ImmutableSortedSet<string>> KeysOfUsers { get; private init; } =
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal);

    public ImmutableDictionary<string, string> NamesByCanonicalId { get; private init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    public ImmutableDictionary<string, string> NamesByEmail { get; private init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>As the journal has it; keys that were never used are missing.</summary>
    public ImmutableDictionary<string, DateTimeOffset> LastUsed { get; private init; } =
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    public static byte[] NewCheck(MasterKey master) => master.Wrap(CheckText, CheckContext);

    public static string ContextOfSecret(string keyId) => $"identity/secret/{keyId}";

    public static string ContextOfToken(string keyId) => $"identity/token/{keyId}";

    public IEnumerable<AccessKey> KeysOf(string user) =>
        KeysOfUsers.TryGetValue(user, out var ids) ? ids.Select(id => Keys[id]) : [];

    /// <exception cref="WrongMasterKeyException">Secrets were encrypted under another one.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A secret has been changed.</exception>
    public IdentityState Apply(IIdentityEvent message, MasterKey master) => message switch
    {
        IdentityBegun begun => Check(begun, master),
        UserCreated created => Add(created),
        UserChanged changed => Change(changed),
        UserDeleted deleted => Remove(Users[deleted.Name]),
        KeyCreated created => Add(new AccessKey(
            created.Id, master.UnwrapText(created.WrappedSecret, ContextOfSecret(created.Id)), created.User, true,
            created.At, null, null, null)),
        KeyChanged changed => this with
        {
            Keys = Keys.SetItem(changed.Id, Keys[changed.Id] with { IsActive = changed.IsActive }),
        },
        KeyDeleted deleted => Remove(Keys[deleted.Id]),
        SessionCreated created => Add(new AccessKey(
            created.Id, master.UnwrapText(created.WrappedSecret, ContextOfSecret(created.Id)), created.User, true,
            created.At, created.Expires, master.UnwrapText(created.WrappedToken, ContextOfToken(created.Id)),
            created.Policy)),
        PolicyPut put => Set(Users[put.User] with
        {
            Policies = Users[put.User].Policies.SetItem(put.Name, put.Document),
        }),
        PolicyDeleted deleted => Set(Users[deleted.User] with
        {
            Policies = Users[deleted.User].Policies.Remove(deleted.Name),
        }),
        QuotaSet set => Set(Users[set.User] with { Quota = set.Quota }),
        KeysUsed used => this with
        {
            LastUsed = LastUsed.SetItems(used.LastUsed.Where(key => Keys.ContainsKey(key.Key))),
        },
        _ => throw new InvalidOperationException($"{message.GetType()} is no event of identities"),
    };

    /// <summary>Without the temporary keys that have ended.</summary>
    public IdentityState WithoutExpired(DateTimeOffset before) => Keys.Values
        .Where(key => key.Expires < before)
        .Aggregate(this, (state, key) => state.Remove(key));

    private IdentityState Check(IdentityBegun begun, MasterKey master)
    {
        try
        {
            if (master.Unwrap(begun.MasterKeyCheck, CheckContext).AsSpan().SequenceEqual(CheckText)) return this;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Told below.
        }

        throw new WrongMasterKeyException(
            "The master key is not the one that the secrets of users were encrypted under");
    }

    private IdentityState Add(UserCreated created) => Set(new User(
        created.Name, created.CanonicalId, created.DisplayName, created.Email, created.IsRoot, true, created.At,
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), Quota.None)) with
    {
        NamesByCanonicalId = NamesByCanonicalId.Add(created.CanonicalId, created.Name),
        NamesByEmail = created.Email is null ? NamesByEmail : NamesByEmail.Add(created.Email, created.Name),
    };

    private IdentityState Change(UserChanged changed)
    {
        var before = Users[changed.Name];
        var emails = before.Email is null ? NamesByEmail : NamesByEmail.Remove(before.Email);
        return Set(before with
        {
            DisplayName = changed.DisplayName,
            Email = changed.Email,
            IsActive = changed.IsActive,
        }) with
        {
            NamesByEmail = changed.Email is null ? emails : emails.Add(changed.Email, changed.Name),
        };
    }

    private IdentityState Remove(User user) => KeysOf(user.Name).Aggregate(this, (state, key) => state.Remove(key)) with
    {
        Users = Users.Remove(user.Name),
        NamesByCanonicalId = NamesByCanonicalId.Remove(user.CanonicalId),
        NamesByEmail = user.Email is null ? NamesByEmail : NamesByEmail.Remove(user.Email),
    };

    private IdentityState Set(User user) => this with { Users = Users.SetItem(user.Name, user) };

    private IdentityState Add(AccessKey key) => this with
    {
        Keys = Keys.SetItem(key.Id, key),
        KeysOfUsers = KeysOfUsers.SetItem(
            key.User,
            KeysOfUsers.GetValueOrDefault(key.User, ImmutableSortedSet.Create<string>(StringComparer.Ordinal))
                .Add(key.Id)),
    };

    private IdentityState Remove(AccessKey key)
    {
        var rest = KeysOfUsers[key.User].Remove(key.Id);
        return this with
        {
            Keys = Keys.Remove(key.Id),
            KeysOfUsers = rest.IsEmpty ? KeysOfUsers.Remove(key.User) : KeysOfUsers.SetItem(key.User, rest),
            LastUsed = LastUsed.Remove(key.Id),
        };
    }
}
