namespace Ciaos.Http.S3.Documents;

/// <summary>Who owns the objects that others put into a bucket, and whether ACLs count in it.</summary>
internal sealed record OwnershipControls(string ObjectOwnership) : IS3Document<OwnershipControls>
{
    /// <summary>ACLs do not count; the bucket's owner owns every object.</summary>
    public const string BucketOwnerEnforced = "BucketOwnerEnforced";

    /// <summary>The bucket's owner owns what was put with the canned ACL bucket-owner-full-control.</summary>
    public const string BucketOwnerPreferred = "BucketOwnerPreferred";

    /// <summary>Whoever puts an object owns it.</summary>
    public const string ObjectWriter = "ObjectWriter";

    public static string Root => "OwnershipControls";

    public static OwnershipControls From(XmlItem root) => new(root.Only("Rule").Get("Rule").Only("ObjectOwnership")
        .GetOneOf("ObjectOwnership", BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter));

    /// <summary>From the header x-amz-object-ownership.</summary>
    public static OwnershipControls FromHeader(string value) =>
        value is BucketOwnerEnforced or BucketOwnerPreferred or ObjectWriter
            ? new OwnershipControls(value)
            : throw DocumentErrors.InvalidArgument(
                "The object ownership is not valid.", "x-amz-object-ownership", value);

    public void WriteTo(S3Xml xml) => xml.Open("Rule").Text("ObjectOwnership", ObjectOwnership).Close();
}
