namespace Ciaos.Http.S3.Access;

/// <summary>What decides who may do what to an object.</summary>
internal static class ObjectAccess
{
    /// <summary>Metadata: canonical id of the owner; missing: the bucket's owner.</summary>
    public const string OwnerKey = "owner";

    /// <summary>Metadata: <see cref="GrantList.ToText"/>; missing: private.</summary>
    public const string AclKey = "acl";

    /// <summary>Whether an action is about an object that must be there already.</summary>
    public static bool NeedsObject(string action) => action is not (
        "s3:PutObject" or "s3:DeleteObject" or "s3:DeleteObjectVersion" or "s3:AbortMultipartUpload"
        or "s3:ListMultipartUploadParts" or "s3:BypassGovernanceRetention" or "s3:PutObjectRetention"
        or "s3:PutObjectLegalHold");
}
