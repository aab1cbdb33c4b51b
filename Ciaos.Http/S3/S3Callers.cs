using Ciaos.Actors.Identity;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Auth;

namespace Ciaos.Http.S3;

/// <summary>Who sends requests: proved by their signatures, or by those of their forms, and known to the
/// directory.</summary>
internal sealed class S3Callers
{
    private readonly IdentityDirectory _identity;
    private readonly UserQuotas _quotas;

    public S3Callers(IdentityDirectory identity, S3Settings settings, UserQuotas quotas, TimeProvider time)
    {
        (_identity, _quotas) = (identity, quotas);
        Requests = new S3Authentication(settings.Region, Find, time);
        Forms = new PostAuthentication(Requests);
    }

    public S3Authentication Requests { get; }

    public PostAuthentication Forms { get; }

    /// <summary>Whose request it is, counted against what he may send; nulls: it is anonymous.</summary>
    /// <exception cref="S3Exception">The key is gone, or its user has sent too many.</exception>
    public (AccessKey? Key, User? User) Identify(S3Caller caller)
    {
        if (caller.Credential is not { } credential) return default;
        var key = _identity.FindKey(credential.AccessKeyId);
        var user = key is null ? null : _identity.FindUser(key.User);
        if (key is null || user is null) throw new S3Exception(S3Error.InvalidAccessKeyId);
        _identity.NoteUse(key.Id);
        return _quotas.TryTakeRequest(user.Name)
            ? (key, user)
            : throw new S3Exception(S3Error.SlowDown);
    }

    private Credential? Find(string accessKeyId) =>
        _identity.FindKey(accessKeyId) is { } key
            ? new Credential(
                key.Id, key.Secret, key.SessionToken, key.Expires, key.IsActive,
                _identity.FindUser(key.User) is { IsActive: true })
            : null;
}
