using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>Finds the users that grants name.</summary>
/// <param name="NameOfId">Display name of the user with that canonical id; null: there is none.</param>
/// <param name="IdOfEmail">Canonical id of the user with that e-mail address; null: there is none.</param>
internal sealed record Grantees(Func<string, string?> NameOfId, Func<string, string?> IdOfEmail)
{
    /// <summary>The grants with every user known, and by canonical id.</summary>
    /// <exception cref="S3Exception">InvalidArgument or UnresolvableGrantByEmailAddress: there is no such
    /// user.</exception>
    public GrantList Resolve(IEnumerable<AclGrant> grants) => new([.. grants.Select(Resolve)]);

    private AclGrant Resolve(AclGrant grant) => grant.Kind switch
    {
        GranteeKind.Email => grant with
        {
            Kind = GranteeKind.User,
            Grantee = IdOfEmail(grant.Grantee)
                ?? throw new S3Exception(DocumentErrors.UnresolvableGrantByEmailAddress),
        },
        GranteeKind.User when NameOfId(grant.Grantee) is null =>
            throw DocumentErrors.InvalidArgument("Invalid id", "CanonicalUser/ID", grant.Grantee),
        _ => grant,
    };
}
