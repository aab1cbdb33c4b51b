namespace Ciaos.Http.S3.Documents;

/// <summary>What a new bucket is to be like.</summary>
/// <param name="Location">Empty where the client does not care.</param>
internal sealed record CreateBucketConfiguration(string Location, TagSet Tags) : IS3Document<CreateBucketConfiguration>
{
    public static readonly CreateBucketConfiguration Default = new("", TagSet.Empty);

    public static string Root => "CreateBucketConfiguration";

    public static CreateBucketConfiguration From(XmlItem root)
    {
        root.Only("LocationConstraint", "Location", "Bucket", "Tags");
        if (root.Find("Location") is not null || root.Find("Bucket") is not null)
            throw new S3Exception(S3Error.NotImplemented, "Directory buckets are not supported.");
        return new CreateBucketConfiguration(
            root.FindWord("LocationConstraint") ?? "",
            root.Find("Tags") is { } tags ? TagSet.FromItems(tags, TagSet.MaxOfBucket) : TagSet.Empty);
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Text("LocationConstraint", Location);
        if (Tags.Tags.Length == 0) return;
        xml.Open("Tags");
        Tags.WriteItems(xml);
        xml.Close();
    }
}
