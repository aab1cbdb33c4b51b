namespace Ciaos.Http.S3.Documents;

/// <summary>What a bucket does against ACLs and policies that open it to everybody.</summary>
/// <param name="BlockPublicAcls">Refuses to set an ACL that grants something to everybody.</param>
/// <param name="IgnorePublicAcls">Such grants do not count.</param>
/// <param name="BlockPublicPolicy">Refuses to set a policy that is public.</param>
/// <param name="RestrictPublicBuckets">While the policy is public, it allows nothing to others than the owner.</param>
internal sealed record PublicAccessBlock(
    bool BlockPublicAcls, bool IgnorePublicAcls, bool BlockPublicPolicy, bool RestrictPublicBuckets)
    : IS3Document<PublicAccessBlock>
{
    public static readonly PublicAccessBlock Nothing = new(false, false, false, false);

    public static string Root => "PublicAccessBlockConfiguration";

    public static PublicAccessBlock From(XmlItem root)
    {
        root.Only("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets");
        if (root.Children.Count == 0)
            throw new S3Exception(S3Error.InvalidRequest, "At least one of the four settings must be given.");
        return new PublicAccessBlock(
            root.FindFlag("BlockPublicAcls") ?? false,
            root.FindFlag("IgnorePublicAcls") ?? false,
            root.FindFlag("BlockPublicPolicy") ?? false,
            root.FindFlag("RestrictPublicBuckets") ?? false);
    }

    public void WriteTo(S3Xml xml) => xml
        .Flag("BlockPublicAcls", BlockPublicAcls)
        .Flag("IgnorePublicAcls", IgnorePublicAcls)
        .Flag("BlockPublicPolicy", BlockPublicPolicy)
        .Flag("RestrictPublicBuckets", RestrictPublicBuckets);
}
