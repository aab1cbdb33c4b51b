namespace Ciaos.Http.S3.Access;

/// <summary>What decides who may do what to an object.</summary>
internal static class ObjectAccess
{
    /// <summary>Metadata: canonical id of the owner; missing: the bucket's owner.</summary>
    public const string OwnerKey = "owner";

    /// <summary>Metadata: <see cref="GrantList.ToText"/>; missing: private.</summary>
    public const string AclKey = "acl";

    /// <summary>Whether an action tells what is under a key. Where nothing is, that too is told only to those who may
    /// list the bucket.</summary>
    public static bool TellsObject(string action) =>
        action.StartsWith("s3:Get", StringComparison.Ordinal)
        || action is "s3:PutObjectAcl" or "s3:PutObjectVersionAcl" or "s3:RestoreObject";
}
