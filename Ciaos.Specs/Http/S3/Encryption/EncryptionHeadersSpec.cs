using Ciaos.Actors.Encryption;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Objects;
using Xunit;

namespace Ciaos.Specs.Http.S3.Encryption;

public sealed class EncryptionHeadersSpec
{
    private const string Sse = "x-amz-server-side-encryption";
    private const string KmsKeyId = "x-amz-server-side-encryption-aws-kms-key-id";
    private const string Algorithm = "x-amz-server-side-encryption-customer-algorithm";
    private const string Key = "x-amz-server-side-encryption-customer-key";
    private const string Md5 = "x-amz-server-side-encryption-customer-key-MD5";
    private const string GoodKey = "pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs=";
    private const string GoodMd5 = "DWygnHRtgiJ77HCm+1rvHw==";

    private static readonly EncryptionConfiguration Managed = new("AES256", null, null);
    private static readonly EncryptionConfiguration Kms = new("aws:kms", "the-buckets", null);
    private static readonly EncryptionConfiguration NamelessKms = new("aws:kms", null, null);

    [Fact]
    public void Who_says_nothing_gets_what_the_bucket_does()
    {
        Assert.Null(Read(null));
        Assert.Equal(new EncryptionRequest("AES256"), Read(Managed));
        Assert.Equal(new EncryptionRequest("aws:kms", "the-buckets"), Read(Kms));
        Assert.Equal(new EncryptionRequest("aws:kms", "alias/aws/s3"), Read(NamelessKms));
    }

    [Fact]
    public void What_the_client_says_comes_before_what_the_bucket_does()
    {
        Assert.Equal(new EncryptionRequest("AES256"), Read(Kms, (Sse, "AES256")));
        Assert.Equal(new EncryptionRequest("aws:kms", "mine"), Read(Managed, (Sse, "aws:kms"), (KmsKeyId, "mine")));
        Assert.Equal(new EncryptionRequest("aws:kms", "the-buckets"), Read(Kms, (Sse, "aws:kms")));
        Assert.Equal(new EncryptionRequest("aws:kms", "alias/aws/s3"), Read(null, (Sse, "aws:kms")));
        Assert.Equal(new EncryptionRequest("aws:kms", "alias/aws/s3"), Read(null, (Sse, "aws:kms"), (KmsKeyId, "")));
        var customer = Read(Managed, (Algorithm, "AES256"), (Key, GoodKey), (Md5, GoodMd5))!;
        Assert.Equal("SSE-C", customer.Scheme);
        Assert.Equal(GoodMd5, customer.Customer!.Md5Text);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Refuses(S3Error.InvalidArgument, (Sse, ""));
        Refuses(S3Error.InvalidArgument, (Sse, "aes256"));
        Refuses(S3Error.InvalidArgument, (Sse, "aes:kms"), (KmsKeyId, "k"));
        Refuses(S3Error.InvalidArgument, (Sse, "AES256"), (KmsKeyId, "k"));
        Refuses(S3Error.InvalidArgument, (KmsKeyId, "k"));
        Refuses(S3Error.NotImplemented, (Sse, "aws:kms:dsse"), (KmsKeyId, "k"));
        Refuses(S3Error.InvalidArgument, (Sse, "AES256"), (Algorithm, "AES256"), (Key, GoodKey), (Md5, GoodMd5));
        Refuses(S3Error.InvalidArgument, (KmsKeyId, "k"), (Algorithm, "AES256"), (Key, GoodKey), (Md5, GoodMd5));
    }

    [Theory]
    [InlineData("AES256", GoodKey, null)]
    [InlineData("AES256", GoodKey, "")]
    [InlineData("AES256", GoodKey, "AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AES256", null, GoodMd5)]
    [InlineData("AES256", "", GoodMd5)]
    [InlineData("AES256", null, null)]
    [InlineData(null, GoodKey, GoodMd5)]
    [InlineData(null, GoodKey, null)]
    [InlineData(null, null, GoodMd5)]
    [InlineData("AES256", "no base64 at all", GoodMd5)]
    [InlineData("AES256", "MTIzNDU2Nzg5MA==", "6Afx/PgtEy+bsBjKZzihnw==")]
    [InlineData("AES256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "CZoVDoOXKkM0kqWcL76Y4A==")]
    public void Half_a_key_is_refused(string? algorithm, string? key, string? md5)
    {
        var headers = new[] { (Algorithm, algorithm), (Key, key), (Md5, md5) }
            .Where(header => header.Item2 is not null).Select(header => (header.Item1, header.Item2!)).ToArray();
        Refuses(S3Error.InvalidArgument, headers);
    }

    [Fact]
    public void The_one_algorithm_is_AES256()
    {
        Refuses(S3Error.InvalidEncryptionAlgorithmError, (Algorithm, "AES128"), (Key, "x"), (Md5, "x"));
        Refuses(S3Error.InvalidEncryptionAlgorithmError, (Algorithm, ""), (Key, GoodKey), (Md5, GoodMd5));
    }

    [Fact]
    public void A_read_needs_no_digest_but_a_wrong_one_is_refused()
    {
        var fields = Fields((Algorithm, "AES256"), (Key, GoodKey));
        var key = EncryptionHeaders.ReadCustomer(fields.Find, EncryptionHeaders.Customer, mustHaveMd5: false);
        Assert.Equal(GoodMd5, key!.Md5Text);
        var wrong = Fields((Algorithm, "AES256"), (Key, GoodKey), (Md5, "AAAAAAAAAAAAAAAAAAAAAA=="));
        Assert.Throws<S3Exception>(
            () => EncryptionHeaders.ReadCustomer(wrong.Find, EncryptionHeaders.Customer, mustHaveMd5: false));
    }

    [Fact]
    public void The_key_of_a_source_is_not_that_of_its_copy()
    {
        var fields = Fields((Algorithm, "AES256"), (Key, GoodKey), (Md5, GoodMd5));
        Assert.Null(EncryptionHeaders.ReadCustomer(fields.Find, EncryptionHeaders.SourceCustomer, mustHaveMd5: false));
    }

    private static EncryptionRequest? Read(EncryptionConfiguration? byDefault, params (string, string)[] headers) =>
        EncryptionHeaders.ReadOfWrite(Fields(headers), byDefault);

    private static void Refuses(S3Error error, params (string, string)[] headers) =>
        Assert.Equal(error, Assert.Throws<S3Exception>(() => Read(null, headers)).Error);

    private static ObjectFields Fields(params (string Name, string Value)[] headers) =>
        ObjectFields.Of(headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value)));
}
