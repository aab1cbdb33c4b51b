using System.Collections.Immutable;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>
/// Those whom a statement of a bucket's policy is about. Understood are: everybody (<c>*</c>); a user as
/// <c>arn:aws:iam::ANYTHING:user/NAME</c> or as the bare name, where the canonical id may stand for the name; and
/// <c>arn:aws:iam::ID:root</c>, where ID is the canonical id or name of a user, or empty for root itself; and services,
/// which is what parts of the node are that act by themselves.
/// </summary>
internal sealed class PrincipalSet(
    ImmutableArray<string> users, ImmutableArray<string> canonicalUsers, bool isEverybody,
    ImmutableArray<string> services)
{
    private const string ArnStart = "arn:aws:iam::";
    private const string AccountEnd = ":root";
    private const string UserPart = ":user/";

    /// <summary>Also those who did not say who they are.</summary>
    public bool IsEverybody => isEverybody;

    /// <summary>Named other than by canonical id, as they are written.</summary>
    public ImmutableArray<string> Users => users;

    public ImmutableArray<string> CanonicalUsers => canonicalUsers;

    /// <param name="isAllow">Of the statement: what is allowed to everybody is not allowed to services, which have to
    /// be named, though what is denied to everybody is denied to them too.</param>
    public bool Contains(Principal? principal, bool isAllow)
    {
        if (principal?.Service is { } service)
            return services.Contains(service, StringComparer.Ordinal) || (isEverybody && !isAllow);
        if (isEverybody) return true;
        if (principal is null) return false;
        foreach (var id in canonicalUsers)
            if (string.Equals(id, principal.CanonicalId, StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var user in users)
            if (Names(user, principal)) return true;
        return false;
    }

    private static bool Names(string text, Principal principal)
    {
        if (!text.StartsWith(ArnStart, StringComparison.Ordinal))
            return text == principal.UserName || text == principal.CanonicalId;
        var user = text.IndexOf(UserPart, ArnStart.Length - 1, StringComparison.Ordinal);
        if (user >= 0)
        {
            var name = text.AsSpan(user + UserPart.Length);
            return name.SequenceEqual(principal.UserName) || name.SequenceEqual(principal.CanonicalId);
        }

        if (!text.EndsWith(AccountEnd, StringComparison.Ordinal)) return false;
        var account = text.AsSpan(ArnStart.Length, Math.Max(0, text.Length - ArnStart.Length - AccountEnd.Length));
        return account.IsEmpty
            ? principal.UserName == IdentityRules.RootName
            : account.SequenceEqual(principal.CanonicalId) || account.SequenceEqual(principal.UserName);
    }
}
