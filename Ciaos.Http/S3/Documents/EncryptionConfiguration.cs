namespace Ciaos.Http.S3.Documents;

/// <summary>How new objects of a bucket are encrypted where the request says nothing.</summary>
/// <param name="Algorithm">AES256 or aws:kms.</param>
/// <param name="KmsKeyId">With aws:kms only; null: none was named.</param>
internal sealed record EncryptionConfiguration(string Algorithm, string? KmsKeyId, bool? BucketKeyEnabled)
    : IS3Document<EncryptionConfiguration>
{
    public static string Root => "ServerSideEncryptionConfiguration";

    public static EncryptionConfiguration From(XmlItem root)
    {
        var rule = root.Only("Rule").Get("Rule")
            .Only("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes");
        var apply = rule.Get("ApplyServerSideEncryptionByDefault").Only("SSEAlgorithm", "KMSMasterKeyID");
        var algorithm = apply.GetOneOf("SSEAlgorithm", "AES256", "aws:kms", "aws:kms:dsse");
        if (algorithm == "aws:kms:dsse")
            throw new S3Exception(S3Error.NotImplemented, "Dual-layer encryption (aws:kms:dsse) is not implemented.");
        var key = apply.FindWord("KMSMasterKeyID");
        if (key is not null && algorithm == "AES256")
            throw new S3Exception(S3Error.InvalidArgument, "KMSMasterKeyID does not go with the algorithm AES256.");
        return new EncryptionConfiguration(algorithm, key, rule.FindFlag("BucketKeyEnabled"));
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("Rule").Open("ApplyServerSideEncryptionByDefault");
        xml.Text("SSEAlgorithm", Algorithm).Text("KMSMasterKeyID", KmsKeyId).Close();
        xml.Flag("BucketKeyEnabled", BucketKeyEnabled ?? false).Close();
    }
}
