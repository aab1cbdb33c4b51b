using Ciaos.Actors.Index;

namespace Ciaos.Http.S3.Access;

/// <summary>Keys of a bucket's configuration. Where nothing else is said, the value is the document's XML
/// (<see cref="Documents.S3Document"/>).</summary>
internal static class BucketConfig
{
    /// <summary>"enabled" or "suspended".</summary>
    public const string Versioning = BucketProtocol.BucketInfo.VersioningKey;

    /// <summary>JSON, as it was sent.</summary>
    public const string Policy = "policy";

    /// <summary><see cref="GrantList.ToText"/>; missing: private.</summary>
    public const string Acl = "acl";

    public const string Cors = "cors";
    public const string Tagging = "tagging";
    public const string Lifecycle = "lifecycle";
    public const string Ownership = "ownership";
    public const string PublicAccessBlock = "public-access-block";
    public const string Notification = "notification";
    public const string ObjectLock = "object-lock";
    public const string Encryption = "encryption";
    public const string Logging = "logging";

    /// <summary>The location constraint, as it was sent.</summary>
    public const string Location = "location";

    public const string RequestPayment = "request-payment";
    public const string Website = "website";
    public const string Accelerate = "accelerate";
}
