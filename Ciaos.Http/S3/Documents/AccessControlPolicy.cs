using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>The ACL of a bucket or an object: its owner, and what is granted to whom.</summary>
/// <param name="OwnerId">Canonical id; null where the document names no owner.</param>
internal sealed record AccessControlPolicy(string? OwnerId, ImmutableArray<AclGrant> Grants)
    : IS3Document<AccessControlPolicy>
{
    /// <summary>More than S3 allows in one ACL are refused.</summary>
    public const int MaxGrants = 100;

    public static string Root => "AccessControlPolicy";

    /// <exception cref="S3Exception">MalformedACLError.</exception>
    public static AccessControlPolicy From(XmlItem root)
    {
        try
        {
            root.Only("Owner", "AccessControlList");
            var owner = root.Find("Owner")?.Only("ID", "DisplayName").FindWord("ID");
            var grants = root.Get("AccessControlList").Only("Grant").All("Grant").Select(AclGrant.From);
            ImmutableArray<AclGrant> all = [.. grants];
            return all.Length <= MaxGrants
                ? new AccessControlPolicy(owner, all)
                : throw XmlItem.Malformed($"An ACL has at most {MaxGrants} grants.");
        }
        catch (S3Exception error) when (error.Error == S3Error.MalformedXml)
        {
            throw new S3Exception(S3Error.MalformedAcl, error.Message);
        }
    }

    public void WriteTo(S3Xml xml) => WriteTo(xml, _ => null);

    /// <param name="displayName">Finds a user's display name by canonical id.</param>
    public void WriteTo(S3Xml xml, Func<string, string?> displayName)
    {
        if (OwnerId is not null)
            xml.Open("Owner").Text("ID", OwnerId).Text("DisplayName", displayName(OwnerId)).Close();
        xml.Open("AccessControlList");
        foreach (var grant in Grants)
            grant.WriteTo(xml, grant.Kind is GranteeKind.User ? displayName(grant.Grantee) : null);
        xml.Close();
    }
}
