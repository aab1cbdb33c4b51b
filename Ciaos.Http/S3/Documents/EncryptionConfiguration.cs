namespace Ciaos.Http.S3.Documents;

/// <summary>How new objects of a bucket are encrypted where the request says nothing, and how they must not
/// be.</summary>
/// <param name="Algorithm">AES256 or aws:kms; null: they are not.</param>
/// <param name="KmsKeyId">With aws:kms only; null: none was named.</param>
/// <param name="BlocksCustomerKeys">Whether what brings a key of its client (SSE-C) is refused; null: nothing was said
/// of it.</param>
internal sealed record EncryptionConfiguration(
    string? Algorithm, string? KmsKeyId, bool? BucketKeyEnabled, bool? BlocksCustomerKeys = null)
    : IS3Document<EncryptionConfiguration>
{
    private const string CustomerKeys = "SSE-C";
    private const string NoType = "NONE";

    public static string Root => "ServerSideEncryptionConfiguration";

    public static EncryptionConfiguration From(XmlItem root)
    {
        var rule = root.Only("Rule").Get("Rule")
            .Only("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes");
        var blocks = BlocksOf(rule.Find("BlockedEncryptionTypes"));
        if (rule.Find("ApplyServerSideEncryptionByDefault") is not { } apply)
        {
            return blocks is null
                ? throw XmlItem.Malformed("A rule says how objects are encrypted, or how not.")
                : new EncryptionConfiguration(null, null, rule.FindFlag("BucketKeyEnabled"), blocks);
        }

        apply.Only("SSEAlgorithm", "KMSMasterKeyID");
        var algorithm = apply.GetOneOf("SSEAlgorithm", "AES256", "aws:kms", "aws:kms:dsse");
        if (algorithm == "aws:kms:dsse")
            throw new S3Exception(S3Error.NotImplemented, "Dual-layer encryption (aws:kms:dsse) is not implemented.");
        var key = apply.FindWord("KMSMasterKeyID");
        if (key is not null && algorithm == "AES256")
            throw new S3Exception(S3Error.InvalidArgument, "KMSMasterKeyID does not go with the algorithm AES256.");
        return new EncryptionConfiguration(algorithm, key, rule.FindFlag("BucketKeyEnabled"), blocks);
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("Rule");
        if (Algorithm is not null)
        {
            xml.Open("ApplyServerSideEncryptionByDefault");
            xml.Text("SSEAlgorithm", Algorithm).Text("KMSMasterKeyID", KmsKeyId).Close();
        }

        xml.Flag("BucketKeyEnabled", BucketKeyEnabled ?? false);
        if (BlocksCustomerKeys is { } blocks)
            xml.Open("BlockedEncryptionTypes").Text("EncryptionType", blocks ? CustomerKeys : NoType).Close();
        xml.Close();
    }

    private static bool? BlocksOf(XmlItem? types)
    {
        if (types is null) return null;
        var blocks = false;
        foreach (var type in types.Only("EncryptionType").Children)
        {
            blocks = type.Leaf().Trim() switch
            {
                CustomerKeys => true,
                NoType => blocks,
                var other => throw XmlItem.Malformed($"EncryptionType cannot be '{other}'."),
            };
        }

        return blocks;
    }
}
