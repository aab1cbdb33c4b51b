namespace Ciaos.Http.S3.Objects;

/// <summary>Names under which the S3 front end keeps what it knows of an object; those that the index understands too
/// are <see cref="Ciaos.Actors.Index.ObjectMetadata"/>'s. They are in journals: never rename one.</summary>
internal static class MetadataKeys
{
    public const string ContentType = "content-type";
    public const string CacheControl = "cache-control";
    public const string ContentDisposition = "content-disposition";
    public const string ContentEncoding = "content-encoding";
    public const string ContentLanguage = "content-language";
    public const string Expires = "expires";

    /// <summary>Before the name of user metadata, which is in lower case.</summary>
    public const string UserPrefix = "meta-";

    /// <summary>Before the name of an algorithm, such as crc32c. The value is base64.</summary>
    public const string ChecksumPrefix = "checksum-";

    /// <summary><see cref="FullObject"/> or COMPOSITE.</summary>
    public const string ChecksumType = "checksum-type";

    /// <summary>Of parts only, whose upload was begun without a checksum: the default one, in base64, whatever the
    /// client sent with the part.</summary>
    public const string PartChecksum = "part-crc64nvme";

    public const string FullObject = "FULL_OBJECT";

    /// <summary>As <c>TagSet</c> writes them: percent-encoded, <c>a=b&amp;c=d</c>.</summary>
    public const string Tags = "tags";

    public const string Acl = "acl";

    /// <summary>Canonical id of the object's owner.</summary>
    public const string Owner = "owner";

    /// <summary>Absent for STANDARD.</summary>
    public const string StorageClass = "storage-class";

    public const string WebsiteRedirect = "website-redirect";
}
