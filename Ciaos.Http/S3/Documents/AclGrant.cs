namespace Ciaos.Http.S3.Documents;

/// <summary>Whom a grant names, as it was written.</summary>
internal enum GranteeKind
{
    /// <summary>By canonical id.</summary>
    User,

    /// <summary>By e-mail address.</summary>
    Email,

    /// <summary>By the URI of a group.</summary>
    Group,
}

/// <summary>One permission for one grantee, as a document or header has it.</summary>
/// <param name="Grantee">Canonical id, e-mail address or group URI.</param>
/// <param name="Permission">READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL.</param>
internal sealed record AclGrant(GranteeKind Kind, string Grantee, string Permission)
{
    public const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    public const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    public const string LogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

    public const string Read = "READ";
    public const string Write = "WRITE";
    public const string ReadAcp = "READ_ACP";
    public const string WriteAcp = "WRITE_ACP";
    public const string FullControl = "FULL_CONTROL";

    private const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>Everybody, or everybody with a user of this node.</summary>
    public bool IsPublic => Kind is GranteeKind.Group && Grantee is AllUsers or AuthenticatedUsers;

    public static AclGrant From(XmlItem item)
    {
        item.Only("Grantee", "Permission");
        var grantee = item.Get("Grantee").Only("ID", "DisplayName", "EmailAddress", "URI");
        if (item.FindWord("Permission") is not (Read or Write or ReadAcp or WriteAcp or FullControl) and var permission)
            throw new S3Exception(S3Error.MalformedAcl, $"The permission '{permission}' is none.");
        // Some clients leave out xsi:type: then the element that is there tells.
        return (grantee.FindWord("ID"), grantee.FindWord("EmailAddress"), grantee.FindWord("URI"), grantee.Type) switch
        {
            ({ } id, null, null, null or "CanonicalUser") =>
                new AclGrant(GranteeKind.User, id, item.GetWord("Permission")),
            (null, { } email, null, null or "AmazonCustomerByEmail") =>
                new AclGrant(GranteeKind.Email, email, item.GetWord("Permission")),
            (null, null, { } uri, null or "Group") => ToGroup(uri, item.GetWord("Permission")),
            _ => throw new S3Exception(S3Error.MalformedAcl),
        };
    }

    /// <exception cref="S3Exception">InvalidArgument: there is no such group.</exception>
    public static AclGrant ToGroup(string uri, string permission) =>
        uri is AllUsers or AuthenticatedUsers or LogDelivery
            ? new AclGrant(GranteeKind.Group, uri, permission)
            : throw DocumentErrors.InvalidArgument("Invalid group uri", "Group/URI", uri);

    /// <param name="displayName">Of a user; null where it is not known.</param>
    public void WriteTo(S3Xml xml, string? displayName)
    {
        var (type, element) = Kind switch
        {
            GranteeKind.User => ("CanonicalUser", "ID"),
            GranteeKind.Email => ("AmazonCustomerByEmail", "EmailAddress"),
            _ => ("Group", "URI"),
        };
        xml.Open("Grant").Open("Grantee").Attribute("xsi", "type", SchemaInstance, type).Text(element, Grantee);
        if (Kind is GranteeKind.User) xml.Text("DisplayName", displayName);
        xml.Close().Text("Permission", Permission).Close();
    }
}
