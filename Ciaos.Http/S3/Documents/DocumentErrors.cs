namespace Ciaos.Http.S3.Documents;

/// <summary>Errors that only documents and bucket configurations lead to.</summary>
internal static class DocumentErrors
{
    public static readonly S3Error InvalidRetentionPeriod = new(
        "InvalidRetentionPeriod", 400, "The retention period must be a positive whole number of days or years.");

    public static readonly S3Error UnresolvableGrantByEmailAddress = new(
        "UnresolvableGrantByEmailAddress", 400, "The e-mail address that you provided belongs to no user on record.");

    public static readonly S3Error InvalidBucketAclWithObjectOwnership = new(
        "InvalidBucketAclWithObjectOwnership", 400,
        "A bucket cannot have ACLs that grant something to others while its object ownership is BucketOwnerEnforced.");

    public static readonly S3Error InvalidTargetBucketForLogging = new(
        "InvalidTargetBucketForLogging", 400,
        "The target bucket for logging does not exist, or is not owned by the owner of this bucket.");

    public static readonly S3Error AccessForbidden = new(
        "AccessForbidden", 403, "CORSResponse: This CORS request is not allowed.");

    public static readonly S3Error BadRequest = new("BadRequest", 400, "The request is not valid.");

    public static readonly S3Error OperationAborted = new(
        "OperationAborted", 409, "A conflicting operation is in progress on this bucket. Try again.");

    public static readonly S3Error ReplicationConfigurationNotFound = new(
        "ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found.");

    public static readonly S3Error NoSuchConfiguration = new(
        "NoSuchConfiguration", 404, "The specified configuration does not exist.");

    /// <summary>An argument that is refused, named as clients expect it.</summary>
    public static S3Exception InvalidArgument(string text, string name, string value) =>
        new(S3Error.InvalidArgument, text) { Details = [new("ArgumentName", name), new("ArgumentValue", value)] };
}
