using System.Collections.Immutable;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>What an ACL grants: to users by canonical id, and to groups.</summary>
internal sealed record GrantList(ImmutableArray<AclGrant> Grants)
{
    public static readonly GrantList Nothing = new(ImmutableArray<AclGrant>.Empty);

    private const string GroupPrefix = "http://acs.amazonaws.com/groups/";
    private const string GroupMark = "@";

    /// <summary>Grants something to everybody, or to everybody with a user.</summary>
    public bool IsPublic => Grants.Any(grant => grant.IsPublic);

    /// <summary>The owner has every permission, nobody else has any.</summary>
    public static GrantList Private(string ownerId) =>
        new([new AclGrant(GranteeKind.User, ownerId, AclGrant.FullControl)]);

    public bool IsPrivateTo(string ownerId) => Grants is [var only] && only == Private(ownerId).Grants[0];

    public GrantList WithoutPublic() => IsPublic ? new([.. Grants.Where(grant => !grant.IsPublic)]) : this;

    /// <param name="userId">Canonical id of who asks; null: somebody without a user.</param>
    public bool Allows(string permission, string? userId) => Grants.Any(grant =>
        (grant.Permission == permission || grant.Permission == AclGrant.FullControl)
        && grant.Kind switch
        {
            GranteeKind.User => grant.Grantee == userId,
            GranteeKind.Group => grant.Grantee == AclGrant.AllUsers
                || (grant.Grantee == AclGrant.AuthenticatedUsers && userId is not null),
            _ => false,
        });

    /// <summary>As a bucket's configuration and an object's metadata keep it, such as
    /// <c>READ=@global/AllUsers,FULL_CONTROL=79a5…</c>; a list without grants is a hyphen.</summary>
    public string ToText() => Grants.Length == 0 ? "-" : string.Join(',', Grants.Select(TextOf));

    /// <summary>From what <see cref="ToText"/> wrote.</summary>
    public static GrantList FromText(string text) =>
        text == "-" ? Nothing : new([.. text.Split(',').Select(GrantOf)]);

    private static string TextOf(AclGrant grant) => grant.Kind switch
    {
        GranteeKind.User => $"{grant.Permission}={grant.Grantee}",
        GranteeKind.Group => $"{grant.Permission}={GroupMark}{grant.Grantee[GroupPrefix.Length..]}",
        _ => throw new InvalidOperationException("A grant by e-mail is resolved before it is kept"),
    };

    private static AclGrant GrantOf(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (permission, grantee) = (text[..equals], text[(equals + 1)..]);
        return grantee.StartsWith(GroupMark, StringComparison.Ordinal)
            ? new AclGrant(GranteeKind.Group, GroupPrefix + grantee[GroupMark.Length..], permission)
            : new AclGrant(GranteeKind.User, grantee, permission);
    }
}
