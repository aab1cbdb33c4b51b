using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

/// <summary>The examples of the Amazon S3 API reference, "Signature Calculations for the Authorization Header" and
/// "Using Query Parameters", with the signatures that are printed there.</summary>
public class DocumentedSignaturesSpec
{
    private const string Host = "examplebucket.s3.amazonaws.com";

    [Fact]
    public Task A_get_with_a_range() => IsAcceptedAsync(
        TestClient.Request(
            "GET", "/test.txt", ("Host", Host), ("Range", "bytes=0-9"),
            ("x-amz-content-sha256", TestClient.EmptyHash), ("x-amz-date", TestClient.Timestamp)),
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

    [Theory]
    [InlineData("/test$file.text")]
    [InlineData("/test%24file.text")]
    [InlineData("/%74est%24file.text")]
    public Task A_put_whatever_of_its_path_is_encoded(string target) => IsAcceptedAsync(
        TestClient.Request(
            "PUT", target, ("Host", Host), ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-date", TestClient.Timestamp), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")),
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");

    [Fact]
    public Task A_get_of_the_lifecycle_configuration() => IsAcceptedAsync(
        TestClient.Request(
            "GET", "/?lifecycle", ("Host", Host), ("x-amz-date", TestClient.Timestamp),
            ("x-amz-content-sha256", TestClient.EmptyHash)),
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

    [Theory]
    [InlineData("/?max-keys=2&prefix=J")]
    [InlineData("/?prefix=J&max-keys=2")]
    [InlineData("?prefix=%4A&&max-keys=2")]
    public Task A_listing_in_whatever_order_its_query_is(string target) => IsAcceptedAsync(
        TestClient.Request(
            "GET", target, ("Host", Host), ("x-amz-date", TestClient.Timestamp),
            ("x-amz-content-sha256", TestClient.EmptyHash)),
        "host;x-amz-content-sha256;x-amz-date",
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");

    [Fact]
    public async Task A_presigned_get()
    {
        var context = TestClient.Request(
            "GET",
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            ("Host", Host));
        var caller = await new TestClient().SendAsync(context);
        Assert.Equal(TestClient.KeyId, caller.Credential?.AccessKeyId);
        Assert.Equal(S3BodyKind.Unsigned, caller.Payload.Kind);
    }

    [Fact]
    public Task A_chunked_upload() => IsAcceptedAsync(
        TestClient.Request(
            "PUT", "/examplebucket/chunkObject.txt", ("Host", "s3.amazonaws.com"),
            ("x-amz-date", TestClient.Timestamp), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), ("Content-Encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"), ("Content-Length", "66824")),
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;"
        + "x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");

    private static async Task IsAcceptedAsync(HttpContext context, string signedHeaders, string signature)
    {
        context.Request.Headers.Authorization =
            $"AWS4-HMAC-SHA256 Credential={TestClient.KeyId}/20130524/us-east-1/s3/aws4_request,"
            + $"SignedHeaders={signedHeaders},Signature={signature}";
        var caller = await new TestClient().SendAsync(context);
        Assert.Equal(TestClient.KeyId, caller.Credential?.AccessKeyId);
    }
}
