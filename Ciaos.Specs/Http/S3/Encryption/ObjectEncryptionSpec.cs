using Ciaos.Specs.Http.S3.Objects;
using Xunit;

namespace Ciaos.Specs.Http.S3.Encryption;

public sealed class ObjectEncryptionSpec
{
    private const string Sse = "x-amz-server-side-encryption";
    private const string BucketKey = "x-amz-server-side-encryption-bucket-key-enabled";
    private const string Md5 = "x-amz-server-side-encryption-customer-key-MD5";
    private const string GoodMd5 = "DWygnHRtgiJ77HCm+1rvHw==";

    private static readonly (string Name, string Value)[] Mine =
    [
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-server-side-encryption-customer-key", "pO3upElrwuEXSoFwCfnZPdSsmt/xWeFa0N9KgDijwVs="),
        (Md5, GoodMd5),
    ];

    private static readonly (string Name, string Value)[] Others =
    [
        Mine[0],
        ("x-amz-server-side-encryption-customer-key", "6b+WOZ1T3cqZMxgThRcXAQBrS5mXKdDUphvpxptl9/4="),
        (Md5, "arxBvwY2V4SiOne6yppVPQ=="),
    ];

    [Fact]
    public async Task A_bucket_that_blocks_keys_of_clients_takes_none()
    {
        await using var bench = await ObjectBench.StartAsync();
        Assert.Equal(200, (await bench.SendAsync("PUT", "/box/before", "mine", Mine)).Status);
        Assert.Equal(200, (await bench.SendAsync("PUT", "/box/plain", "x")).Status);

        await BlockAsync(bench, "SSE-C");

        Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync("PUT", "/box/k", "x", Mine)).Outcome);
        Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync("POST", "/box/k?uploads", "", Mine)).Outcome);
        Assert.Equal(
            ObjectAnswer.Denied,
            (await bench.SendAsync("PUT", "/box/k", "", [("x-amz-copy-source", "box/plain"), .. Mine])).Outcome);
        Assert.Equal("mine", (await bench.SendAsync("GET", "/box/before", "", Mine)).Text);

        await BlockAsync(bench, "NONE");

        Assert.Equal(200, (await bench.SendAsync("PUT", "/box/k", "x", Mine)).Status);
    }

    [Fact]
    public async Task A_checksum_is_made_for_who_has_the_key_only()
    {
        await using var bench = await ObjectBench.StartAsync();
        var begun = await bench.SendAsync(
            "POST", "/box/k?uploads", "", [("x-amz-checksum-algorithm", "CRC64NVME"), .. Mine]);
        var upload = $"/box/k?uploadId={Assert.Single(begun.All("UploadId"))}";
        var tag = (await bench.SendAsync("PUT", $"{upload}&partNumber=1", "part", Mine)).Headers.ETag;
        var parts = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>"
            + $"<ETag>{tag}</ETag></Part></CompleteMultipartUpload>";

        Assert.Equal((400, "InvalidArgument"), (await bench.SendAsync("POST", upload, parts)).Outcome);
        await Assert.ThrowsAsync<Ciaos.Actors.Encryption.DataKeyException>(
            () => bench.SendAsync("POST", upload, parts, Others));
        var made = await bench.SendAsync("POST", upload, parts, Mine);

        Assert.Equal((200, GoodMd5), (made.Status, made.Headers[Md5].ToString()));
        Assert.Equal("part", (await bench.SendAsync("GET", "/box/k", "", Mine)).Text);
    }

    [Fact]
    public async Task A_key_of_the_bucket_is_told_where_it_was_asked_for()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/with", "x", (Sse, "aws:kms"), (BucketKey, "true"));
        await bench.SendAsync("PUT", "/box/without", "x", (Sse, "aws:kms"));

        Assert.Equal("true", (await bench.SendAsync("GET", "/box/with")).Headers[BucketKey]);
        Assert.False((await bench.SendAsync("GET", "/box/without")).Headers.ContainsKey(BucketKey));
    }

    private static async Task BlockAsync(ObjectBench bench, string type)
    {
        var answer = await bench.SendAsync(
            "PUT", "/box?encryption",
            "<ServerSideEncryptionConfiguration><Rule><BlockedEncryptionTypes>"
            + $"<EncryptionType>{type}</EncryptionType></BlockedEncryptionTypes></Rule>"
            + "</ServerSideEncryptionConfiguration>");
        Assert.Equal((200, ""), answer.Outcome);
    }
}
