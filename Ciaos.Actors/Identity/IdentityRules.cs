using Ciaos.Actors.Identity.Policies;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Identity.IdentityProtocol;
using static Ciaos.Actors.Identity.KeyTexts;

namespace Ciaos.Actors.Identity;

/// <summary>Whether a command may be done as things are, and what event it makes.</summary>
internal sealed class IdentityRules(IdentityContext context)
{
    public const string RootName = "root";

    private readonly IdentitySettings _settings = context.Settings;

    /// <summary>The event, or the refusal. Neither: it is as the command wants it already.</summary>
    public (IIdentityEvent? Event, Refused? Refused) Judge(ICommand command, IdentityState state, DateTimeOffset now)
    {
        try
        {
            return (Check(command, state, now), null);
        }
        catch (RefusedException refused)
        {
            return (null, refused.Reply);
        }
    }

    /// <summary>The answer to a command that has been done.</summary>
    public static IReply ReplyTo(ICommand command, IIdentityEvent? done, IdentityState state) => (command, done) switch
    {
        (CreateUser create, _) => new UserStored(state.Users[create.Name]),
        (ChangeUser change, _) => new UserStored(state.Users[change.Name]),
        (DeleteUser delete, _) => new UserRemoved(delete.Name),
        (_, KeyCreated created) => new KeyStored(state.Keys[created.Id]),
        (_, SessionCreated created) => new KeyStored(state.Keys[created.Id]),
        (ChangeKey change, _) => new KeyStored(state.Keys[change.Id]),
        (DeleteKey delete, _) => new KeyRemoved(delete.Id),
        (PutPolicy put, _) => new UserStored(state.Users[put.User]),
        (DeletePolicy delete, _) => new UserStored(state.Users[delete.User]),
        (SetQuota set, _) => new UserStored(state.Users[set.User]),
        _ => throw new InvalidOperationException($"{command.GetType()} is no command about identities"),
    };

    /// <summary>A key with a secret that was chosen elsewhere: that of root.</summary>
    public KeyCreated KeyOf(Origin by, string user, string id, string secret, DateTimeOffset now) => new(
        now, by, id, user, context.MasterKey.WrapText(secret, IdentityState.ContextOfSecret(id)));

    private IIdentityEvent? Check(ICommand command, IdentityState state, DateTimeOffset now) => command switch
    {
        CreateUser create => Check(create, state, now),
        ChangeUser change => Check(change, state, now),
        DeleteUser delete => Check(delete, state, now),
        CreateKey create => Check(create, state, now),
        ChangeKey change => Check(change, state, now),
        DeleteKey delete => Check(delete, state, now),
        CreateSession create => Check(create, state, now),
        PutPolicy put => Check(put, state, now),
        DeletePolicy delete => UserOf(delete.User, state).Policies.ContainsKey(delete.Name)
            ? new PolicyDeleted(now, delete.By, delete.User, delete.Name)
            : throw new RefusedException(
                RefuseReason.NoSuchPolicy, $"The user {delete.User} has no policy {delete.Name}"),
        SetQuota set => Check(set, state, now),
        _ => throw new InvalidOperationException($"{command.GetType()} is no command about identities"),
    };

    private UserCreated Check(CreateUser create, IdentityState state, DateTimeOffset now)
    {
        Require(IsName(create.Name), "A user's name", NameForm);
        if (state.Users.ContainsKey(create.Name)) throw Exists($"There is a user {create.Name} already");
        if (state.Users.Count >= _settings.MaxUsers)
            throw new RefusedException(
                RefuseReason.TooMany, $"There are {_settings.MaxUsers} users, and no more are allowed "
                + "(ciaos.identity.max-users)");
        var display = create.DisplayName ?? create.Name;
        Require(IsDisplayName(display), "A display name", DisplayNameForm);
        var email = EmailOf(create.Email, create.Name, state);
        var canonical = create.CanonicalId ?? NewCanonicalId(context.Random);
        Require(IsCanonicalId(canonical), "A canonical id", CanonicalIdForm);
        if (state.NamesByCanonicalId.ContainsKey(canonical)) throw Exists("Another user has this canonical id");
        return new UserCreated(now, create.By, create.Name, canonical, display, email, IsRoot: false);
    }

    private static UserChanged? Check(ChangeUser change, IdentityState state, DateTimeOffset now)
    {
        var user = UserOf(change.Name, state);
        var display = change.DisplayName ?? user.DisplayName;
        Require(IsDisplayName(display), "A display name", DisplayNameForm);
        var email = change.Email is null ? user.Email : EmailOf(change.Email, user.Name, state);
        var isActive = change.IsActive ?? user.IsActive;
        if (user.IsRoot && !isActive) throw RootNeeded("The user root cannot be disabled");
        return (display, email, isActive) == (user.DisplayName, user.Email, user.IsActive)
            ? null
            : new UserChanged(now, change.By, user.Name, display, email, isActive);
    }

    private static UserDeleted Check(DeleteUser delete, IdentityState state, DateTimeOffset now) =>
        UserOf(delete.Name, state).IsRoot
            ? throw RootNeeded("The user root cannot be deleted")
            : new UserDeleted(now, delete.By, delete.Name);

    private KeyCreated Check(CreateKey create, IdentityState state, DateTimeOffset now)
    {
        var user = UserOf(create.User, state);
        if (state.KeysOf(user.Name).Count(key => !key.IsTemporary) >= _settings.MaxKeysPerUser)
            throw new RefusedException(
                RefuseReason.TooMany, $"The user {user.Name} has {_settings.MaxKeysPerUser} keys, and no more are "
                + "allowed (ciaos.identity.max-keys-per-user)");
        var id = create.Id ?? NewId("AK", context.Random);
        Require(IsId(id), "The id of an access key", IdForm);
        if (state.Keys.ContainsKey(id)) throw Exists($"There is an access key {id} already");
        var secret = create.Secret ?? NewSecret(context.Random);
        Require(IsSecret(secret), "A secret key", SecretForm);
        return KeyOf(create.By, user.Name, id, secret, now);
    }

    private static KeyChanged? Check(ChangeKey change, IdentityState state, DateTimeOffset now)
    {
        var key = KeyOf(change.Id, state);
        if (key.IsActive == change.IsActive) return null;
        if (!change.IsActive) RequireAnotherKey(key, state);
        return new KeyChanged(now, change.By, key.Id, change.IsActive);
    }

    private static KeyDeleted Check(DeleteKey delete, IdentityState state, DateTimeOffset now)
    {
        var key = KeyOf(delete.Id, state);
        if (key.IsActive) RequireAnotherKey(key, state);
        return new KeyDeleted(now, delete.By, key.Id);
    }

    private SessionCreated Check(CreateSession create, IdentityState state, DateTimeOffset now)
    {
        var user = UserOf(create.User, state);
        if (create.Duration < TimeSpan.FromSeconds(1) || create.Duration > _settings.MaxSession)
            throw new RefusedException(
                RefuseReason.Invalid, $"Temporary credentials live from 1 second to {_settings.MaxSession} "
                + "(ciaos.identity.max-session)");
        if (create.Policy is { } policy) CheckPolicy(policy);
        if (state.Keys.Values.Count(key => key.Expires > now) >= _settings.MaxSessions)
            throw new RefusedException(
                RefuseReason.TooMany, $"There are {_settings.MaxSessions} temporary credentials, and no more are "
                + "allowed (ciaos.identity.max-sessions)");
        var id = NewId("AS", context.Random);
        var secret = context.MasterKey.WrapText(NewSecret(context.Random), IdentityState.ContextOfSecret(id));
        var token = context.MasterKey.WrapText(NewToken(context.Random), IdentityState.ContextOfToken(id));
        return new SessionCreated(now, create.By, id, user.Name, secret, token, now + create.Duration, create.Policy);
    }

    private PolicyPut? Check(PutPolicy put, IdentityState state, DateTimeOffset now)
    {
        var user = UserOf(put.User, state);
        Require(IsPolicyName(put.Name), "A policy's name", PolicyNameForm);
        CheckPolicy(put.Document);
        if (user.Policies.TryGetValue(put.Name, out var before))
            return before == put.Document ? null : new PolicyPut(now, put.By, user.Name, put.Name, put.Document);
        if (user.Policies.Count >= _settings.MaxPoliciesPerUser)
            throw new RefusedException(
                RefuseReason.TooMany, $"The user {user.Name} has {_settings.MaxPoliciesPerUser} policies, and no more "
                + "are allowed (ciaos.identity.max-policies-per-user)");
        return new PolicyPut(now, put.By, user.Name, put.Name, put.Document);
    }

    private static QuotaSet? Check(SetQuota set, IdentityState state, DateTimeOffset now)
    {
        var user = UserOf(set.User, state);
        if (set.Quota.MaxBytes < 0 || set.Quota.MaxObjects < 0)
            throw new RefusedException(RefuseReason.Invalid, "A quota of bytes or objects is 0 or more");
        if (set.Quota.MaxRequestsPerSecond is { } rate && !(rate > 0 && double.IsFinite(rate)))
            throw new RefusedException(RefuseReason.Invalid, "A quota of requests is more than 0 a second");
        return user.Quota == set.Quota ? null : new QuotaSet(now, set.By, user.Name, set.Quota);
    }

    private static void CheckPolicy(string document)
    {
        try
        {
            PolicyDocument.Parse(document, PolicyKind.Identity);
        }
        catch (PolicyFormatException wrong)
        {
            throw new RefusedException(RefuseReason.Invalid, wrong.Message);
        }
    }

    // Else nobody could undo it.
    private static void RequireAnotherKey(AccessKey key, IdentityState state)
    {
        if (key.IsTemporary || !state.Users[key.User].IsRoot) return;
        if (!state.KeysOf(key.User).Any(other => other.Id != key.Id && other.IsActive && !other.IsTemporary))
            throw RootNeeded($"{key.Id} is the last active key of root: make another one first");
    }

    private static string? EmailOf(string? email, string user, IdentityState state)
    {
        if (string.IsNullOrEmpty(email)) return null;
        Require(IsEmail(email), "An e-mail address", EmailForm);
        return state.NamesByEmail.TryGetValue(email, out var owner) && owner != user
            ? throw Exists("Another user has this e-mail address")
            : email;
    }

    private static User UserOf(string name, IdentityState state) =>
        state.Users.TryGetValue(name, out var user)
            ? user
            : throw new RefusedException(RefuseReason.NoSuchUser, $"There is no user {name}");

    private static AccessKey KeyOf(string id, IdentityState state) =>
        state.Keys.TryGetValue(id, out var key)
            ? key
            : throw new RefusedException(RefuseReason.NoSuchKey, $"There is no access key {id}");

    private static void Require(bool isRight, string what, string form)
    {
        if (!isRight) throw new RefusedException(RefuseReason.Invalid, $"{what} has {form}");
    }

    private static RefusedException Exists(string detail) => new(RefuseReason.Exists, detail);

    private static RefusedException RootNeeded(string detail) => new(RefuseReason.RootNeeded, detail);

    private sealed class RefusedException(RefuseReason reason, string detail) : Exception(detail)
    {
        public Refused Reply { get; } = new(reason, detail);
    }
}
