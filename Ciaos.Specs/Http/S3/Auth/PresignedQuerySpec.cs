using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

public class PresignedQuerySpec
{
    private readonly TestClient _client = new();

    [Theory]
    [InlineData("1")]
    [InlineData("604800")]
    public async Task It_is_good_until_it_expires(string expires)
    {
        var target = Presign(expires);
        _client.Time.Now = TestClient.ExampleTime.AddSeconds(int.Parse(expires)).AddMilliseconds(-1);
        Assert.Equal(TestClient.KeyId, (await _client.SendAsync(Get(target))).Credential?.AccessKeyId);
        _client.Time.Now = TestClient.ExampleTime.AddSeconds(int.Parse(expires));
        var refused = await _client.RefusedAsync(Get(target));
        Assert.Equal(S3Error.AccessDenied, refused.Error);
        Assert.Equal("Request has expired", refused.Message);
    }

    [Theory]
    [InlineData("0", 403)]
    [InlineData("604801", 403)]
    [InlineData("-1", 403)]
    [InlineData("99999999999999999999", 403)]
    [InlineData("1.5", 400)]
    [InlineData("", 400)]
    [InlineData("NaN", 400)]
    public async Task It_lives_from_one_second_to_a_week(string expires, int status)
    {
        var error = (await _client.RefusedAsync(Get(Presign(expires)))).Error;
        Assert.Equal(("AuthorizationQueryParametersError", status), (error.Code, error.Status));
    }

    [Fact]
    public async Task It_is_not_good_long_before_its_time()
    {
        _client.Time.Now = TestClient.ExampleTime.AddMinutes(-15);
        Assert.NotNull((await _client.SendAsync(Get(Presign("3600")))).Credential);
        _client.Time.Now = TestClient.ExampleTime.AddMinutes(-16);
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(Get(Presign("3600")))).Error);
    }

    [Theory]
    [InlineData("/bucket/key", "/bucket/other")]
    [InlineData("X-Amz-Expires=3600", "X-Amz-Expires=36000")]
    [InlineData("&X-Amz-Signature", "&acl&X-Amz-Signature")]
    [InlineData("X-Amz-Signature=", "X-Amz-Signature=0")]
    [InlineData("20130524T000000Z", "20130524T000001Z")]
    public async Task It_cannot_be_altered(string part, string with) => Assert.Equal(
        S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(Get(Presign("3600").Replace(part, with)))).Error);

    [Fact]
    public async Task It_is_good_for_one_method_and_host_only()
    {
        var target = Presign("3600");
        var put = TestClient.Request("PUT", target, ("Host", "localhost:9711"));
        Assert.Equal(S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(put)).Error);
        var elsewhere = TestClient.Request("GET", target, ("Host", "elsewhere"));
        Assert.Equal(S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(elsewhere)).Error);
    }

    [Theory]
    [InlineData("X-Amz-Date")]
    [InlineData("X-Amz-Credential")]
    [InlineData("X-Amz-SignedHeaders")]
    [InlineData("X-Amz-Signature")]
    [InlineData("X-Amz-Expires")]
    [InlineData("X-Amz-Algorithm")]
    public async Task Each_of_its_parameters_must_be_there_once(string name)
    {
        var twice = await _client.RefusedAsync(Get($"{Presign("3600")}&{name}=1"));
        Assert.Equal(S3Error.AuthorizationQueryParametersError, twice.Error);
        var missing = await _client.RefusedAsync(Get(Presign("3600").Replace($"{name}=", "X-Other=")));
        Assert.Equal(S3Error.AuthorizationQueryParametersError, missing.Error);
    }

    [Fact]
    public async Task Another_region_or_secret_is_refused()
    {
        var region = await _client.RefusedAsync(Get(Presign("3600", region: "eu-central-1")));
        Assert.Equal(S3Error.AuthorizationQueryParametersError, region.Error);
        Assert.Contains(region.Details, detail => detail is { Key: "Region", Value: "us-east-1" });
        var secret = await _client.RefusedAsync(Get(Presign("3600", secret: "guess")));
        Assert.Equal(S3Error.SignatureDoesNotMatch, secret.Error);
    }

    [Fact]
    public async Task A_header_of_s3_that_is_not_signed_is_refused()
    {
        var context = Get(Presign("3600"));
        context.Request.Headers["x-amz-acl"] = "public-read";
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(context)).Error);
    }

    [Fact]
    public async Task A_header_that_is_signed_must_come_with_its_value()
    {
        var target = TestClient.Presign(
            "PUT", "/bucket/key", "3600", signedHeaders: "host;x-amz-acl",
            headers: [("Host", "localhost:9711"), ("x-amz-acl", "private")]);
        var good = TestClient.Request("PUT", target, ("Host", "localhost:9711"), ("x-amz-acl", "private"));
        Assert.NotNull((await _client.SendAsync(good)).Credential);
        var other = TestClient.Request("PUT", target, ("Host", "localhost:9711"), ("x-amz-acl", "public-read"));
        Assert.Equal(S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(other)).Error);
        var without = TestClient.Request("PUT", target, ("Host", "localhost:9711"));
        Assert.Equal(S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(without)).Error);
    }

    [Fact]
    public async Task A_hash_in_the_query_is_signed_and_no_header_stands_against_it()
    {
        var hash = new string('a', 64);
        var target = TestClient.Presign(
            "PUT", "/bucket/key", "3600", more: $"&X-Amz-Content-Sha256={hash}", payload: hash,
            headers: ("Host", "localhost:9711"));
        var context = TestClient.Request(
            "PUT", target, ("Host", "localhost:9711"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"));
        var caller = await _client.SendAsync(context);
        Assert.Equal(S3BodyKind.Hashed, caller.Payload.Kind);
        Assert.Equal(hash, Convert.ToHexStringLower(caller.Payload.Sha256));
    }

    [Fact]
    public async Task A_temporary_key_is_sent_with_its_token_in_the_query()
    {
        _client.Credential = _client.Credential with { SessionToken = "tok/en" };
        Assert.Equal(S3Error.InvalidAccessKeyId, (await _client.RefusedAsync(Get(Presign("3600")))).Error);
        var good = Presign("3600", more: "&X-Amz-Security-Token=tok%2Fen");
        Assert.NotNull((await _client.SendAsync(Get(good))).Credential);
        var wrong = Presign("3600", more: "&X-Amz-Security-Token=token");
        Assert.Equal(S3Error.InvalidToken, (await _client.RefusedAsync(Get(wrong))).Error);
    }

    [Fact]
    public async Task Presigned_requests_of_version_2_are_refused()
    {
        var context = Get($"/bucket/key?AWSAccessKeyId={TestClient.KeyId}&Expires=1369353600&Signature=abc%3D");
        Assert.Equal(S3Error.UnsupportedSignature, (await _client.RefusedAsync(context)).Error);
    }

    private static DefaultHttpContext Get(string target) =>
        TestClient.Request("GET", target, ("Host", "localhost:9711"));

    private static string Presign(
        string expires, string region = "us-east-1", string secret = TestClient.Secret, string more = "") =>
        TestClient.Presign(
            "GET", "/bucket/key", expires, region: region, secret: secret, more: more,
            headers: ("Host", "localhost:9711"));
}
