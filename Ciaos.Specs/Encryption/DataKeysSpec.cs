using System.Security.Cryptography;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Encryption;

public sealed class DataKeysSpec
{
    private static readonly BucketId Bucket = new(3);
    private static readonly CustomerKey Customer = new(Sequence(0x80, CustomerKey.SizeBytes));

    private readonly DataKeys _keys = new(Master(0x40), RandomNumberGenerator.Fill);

    [Fact]
    public void A_key_is_wrapped_into_the_bytes_of_the_format_page()
    {
        var fills = new Queue<byte[]>([Sequence(0, 32), Sequence(0x10, 24)]);
        var metadata = new Dictionary<string, string>();
        var keys = new DataKeys(Master(0x40), bytes => fills.Dequeue().CopyTo(bytes));
        var key = keys.Create(Bucket, new EncryptionRequest(EncryptionMetadata.Managed), metadata);
        Assert.Equal(Sequence(0, 32), key.Bytes.ToArray());
        Assert.Equal("AES256", metadata["sse"]);
        Assert.Equal(FormatPage.Example("wrapped key"), Convert.FromBase64String(metadata["sse-key"]));
        Assert.Equal(2, metadata.Count);
        Assert.Equal(key.Bytes.ToArray(), _keys.Find(Bucket, metadata, null)!.Bytes.ToArray());
    }

    [Fact]
    public void A_key_is_found_again_by_what_the_metadata_tells()
    {
        foreach (var request in Requests())
        {
            var metadata = new Dictionary<string, string>();
            var key = _keys.Create(Bucket, request, metadata);
            Assert.Equal(request.Scheme, metadata["sse"]);
            Assert.Equal(request.KmsKeyId, metadata.GetValueOrDefault("sse-kms-key-id"));
            Assert.Equal(key.Bytes.ToArray(), _keys.Find(Bucket, metadata, request.Customer)!.Bytes.ToArray());
            Assert.NotEqual(key.Bytes.ToArray(), _keys.Create(Bucket, request, metadata).Bytes.ToArray());
        }

        Assert.Null(_keys.Find(Bucket, new Dictionary<string, string> { ["etag"] = "x" }, null));
    }

    [Fact]
    public void A_key_opens_in_its_bucket_and_scheme_and_under_its_name_only()
    {
        foreach (var request in Requests())
        {
            var problem = request.Customer is null ? DataKeyProblem.Damaged : DataKeyProblem.CustomerKeyWrong;
            var metadata = new Dictionary<string, string>();
            _keys.Create(Bucket, request, metadata);
            Refuses(problem, new BucketId(4), metadata, request.Customer);
            Refuses(problem, Bucket, With(metadata, "sse-kms-key-id", "other"), request.Customer);
            foreach (var other in new[] { "AES256", "aws:kms", "" }.Where(other => other != request.Scheme))
                Refuses(DataKeyProblem.Damaged, Bucket, With(metadata, "sse", other), null);
        }
    }

    [Fact]
    public void A_changed_bit_or_length_of_a_wrapped_key_is_noticed()
    {
        var metadata = new Dictionary<string, string>();
        _keys.Create(Bucket, new EncryptionRequest(EncryptionMetadata.Managed), metadata);
        var wrapped = Convert.FromBase64String(metadata["sse-key"]);
        for (var bit = 0; bit < wrapped.Length * 8; bit++)
        {
            var changed = wrapped.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Refuses(DataKeyProblem.Damaged, Bucket, With(metadata, "sse-key", Convert.ToBase64String(changed)), null);
        }

        foreach (var text in new[] { "", "x", metadata["sse-key"][..^4], metadata["sse-key"] + "AAAA" })
            Refuses(DataKeyProblem.Damaged, Bucket, With(metadata, "sse-key", text), null);
        metadata.Remove("sse-key");
        Refuses(DataKeyProblem.Damaged, Bucket, metadata, null);
    }

    [Fact]
    public void Another_master_key_opens_nothing()
    {
        var metadata = new Dictionary<string, string>();
        _keys.Create(Bucket, new EncryptionRequest(EncryptionMetadata.Managed), metadata);
        var error = Assert.Throws<DataKeyException>(
            () => new DataKeys(Master(0x41), RandomNumberGenerator.Fill).Find(Bucket, metadata, null));
        Assert.Equal(DataKeyProblem.Damaged, error.Problem);
    }

    [Fact]
    public void The_clients_key_opens_on_any_node_and_is_not_kept()
    {
        var metadata = new Dictionary<string, string>();
        var request = new EncryptionRequest(EncryptionMetadata.Customer, Customer: Customer);
        var key = _keys.Create(Bucket, request, metadata);
        var elsewhere = new DataKeys(Master(0x41), RandomNumberGenerator.Fill).Find(Bucket, metadata, Customer);
        Assert.Equal(key.Bytes.ToArray(), elsewhere!.Bytes.ToArray());
        var kept = string.Concat(metadata.Values);
        Assert.DoesNotContain(Customer.Md5Text, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Customer.Bytes), kept, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clients_key_must_be_there_and_be_the_right_one_and_only_where_it_was_used()
    {
        var metadata = new Dictionary<string, string>();
        _keys.Create(Bucket, new EncryptionRequest(EncryptionMetadata.Customer, Customer: Customer), metadata);
        Refuses(DataKeyProblem.CustomerKeyMissing, Bucket, metadata, null);
        var other = new CustomerKey(Sequence(0x81, CustomerKey.SizeBytes));
        Refuses(DataKeyProblem.CustomerKeyWrong, Bucket, metadata, other);
        Refuses(DataKeyProblem.CustomerKeyNotWanted, Bucket, new Dictionary<string, string>(), Customer);
        metadata.Clear();
        _keys.Create(Bucket, new EncryptionRequest(EncryptionMetadata.Managed), metadata);
        Refuses(DataKeyProblem.CustomerKeyNotWanted, Bucket, metadata, Customer);
    }

    [Fact]
    public void The_digest_of_a_key_is_what_clients_compute()
    {
        var key = new CustomerKey(Convert.FromBase64String("pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs="));
        Assert.Equal("DWygnHRtgiJ77HCm+1rvHw==", key.Md5Text);
        Assert.Throws<ArgumentException>(() => new CustomerKey(new byte[31]));
    }

    private void Refuses(
        DataKeyProblem problem, BucketId bucket, Dictionary<string, string> metadata, CustomerKey? customer) =>
        Assert.Equal(
            problem, Assert.Throws<DataKeyException>(() => _keys.Find(bucket, metadata, customer)).Problem);

    private static EncryptionRequest[] Requests() =>
    [
        new(EncryptionMetadata.Managed),
        new(EncryptionMetadata.Kms, "my-key"),
        new(EncryptionMetadata.Kms),
        new(EncryptionMetadata.Customer, Customer: Customer),
    ];

    private static Dictionary<string, string> With(Dictionary<string, string> metadata, string name, string value) =>
        new(metadata) { [name] = value };

    private static MasterKey Master(int from) => new(Sequence(from, MasterKey.SizeBytes), RandomNumberGenerator.Fill);

    private static byte[] Sequence(int from, int count) =>
        Enumerable.Range(from, count).Select(i => (byte)i).ToArray();
}
