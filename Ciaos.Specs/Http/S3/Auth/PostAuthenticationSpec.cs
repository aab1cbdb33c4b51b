using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Bodies;
using Ciaos.Specs.Http.S3.Bodies;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

public class PostAuthenticationSpec
{
    private const string NoMatch = "SignatureDoesNotMatch";
    private const string Expiration = "\"expiration\": \"2013-05-24T01:00:00.000Z\"";
    private const string Conditions =
        "{\"bucket\": \"photos\"}, [\"starts-with\", \"$key\", \"foo\"], {\"acl\": \"private\"}, "
        + "[\"starts-with\", \"$Content-Type\", \"text/plain\"], [\"content-length-range\", 0, 1024]";

    private readonly TestClient _client = new();

    [Fact]
    public async Task A_form_with_either_signature_is_accepted()
    {
        foreach (var isNew in new[] { true, false })
        {
            var grant = await SendAsync(Form(Conditions, isNew));
            Assert.Equal(TestClient.KeyId, grant.Caller.Credential?.AccessKeyId);
            Assert.Equal(new BodyLimits(0, 1024), grant.Limits);
        }
    }

    [Fact]
    public async Task The_documented_example_is_accepted()
    {
        // Amazon S3 API reference, "Example: Browser-Based Upload using HTTP POST". Line ends are a part of the policy.
        const string policy =
            "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\r\n  \"conditions\": [\r\n"
            + "    {\"bucket\": \"sigv4examplebucket\"},\r\n    [\"starts-with\", \"$key\", \"user/user1/\"],\r\n"
            + "    {\"acl\": \"public-read\"},\r\n"
            + "    {\"success_action_redirect\": "
            + "\"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\r\n"
            + "    [\"starts-with\", \"$Content-Type\", \"image/\"],\r\n"
            + "    {\"x-amz-meta-uuid\": \"14365123651274\"},\r\n"
            + "    {\"x-amz-server-side-encryption\": \"AES256\"},\r\n"
            + "    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\r\n\r\n"
            + "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\r\n"
            + "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\r\n"
            + "    {\"x-amz-date\": \"20151229T000000Z\" }\r\n  ]\r\n}";
        _client.Time.Now = new DateTimeOffset(2015, 12, 29, 1, 0, 0, TimeSpan.Zero);
        var fields = new Dictionary<string, string>
        {
            ["key"] = "user/user1/${filename}",
            ["acl"] = "public-read",
            ["success_action_redirect"] = "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
            ["Content-Type"] = "image/jpeg",
            ["x-amz-meta-uuid"] = "14365123651274",
            ["x-amz-server-side-encryption"] = "AES256",
            ["X-Amz-Credential"] = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
            ["X-Amz-Algorithm"] = "AWS4-HMAC-SHA256",
            ["X-Amz-Date"] = "20151229T000000Z",
            ["x-amz-meta-tag"] = "",
            ["Policy"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy)),
            ["X-Amz-Signature"] = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
        };
        Assert.NotNull((await SendAsync(fields, bucket: "sigv4examplebucket")).Caller.Credential);
    }

    [Fact]
    public async Task A_form_without_policy_is_anonymous()
    {
        var grant = await SendAsync(new() { ["key"] = "a", ["acl"] = "public-read" });
        Assert.True(grant.Caller.IsAnonymous);
        Assert.Equal(new BodyLimits(0, 1 << 20), grant.Limits);
    }

    [Theory]
    [InlineData("key", "InvalidArgument")]
    [InlineData("signature", "InvalidArgument")]
    [InlineData("policy", "InvalidArgument")]
    [InlineData("AWSAccessKeyId", "InvalidArgument")]
    [InlineData("acl", "AccessDenied")]
    [InlineData("Content-Type", "AccessDenied")]
    public async Task A_field_that_is_missing_is_refused(string field, string code)
    {
        var form = Form(Conditions, isNew: false);
        form.Remove(field);
        Assert.Equal(code, await RefusedAsync(form));
    }

    [Theory]
    [InlineData("x-amz-signature", "InvalidArgument")]
    [InlineData("x-amz-credential", "InvalidArgument")]
    [InlineData("x-amz-date", "InvalidArgument")]
    public async Task A_field_of_the_new_signature_that_is_missing_is_refused(string field, string code)
    {
        var form = Form(Conditions, isNew: true);
        form.Remove(field);
        Assert.Equal(code, await RefusedAsync(form));
    }

    [Theory]
    [InlineData(true, "x-amz-signature", "0000000000000000000000000000000000000000000000000000000000000000", NoMatch)]
    [InlineData(true, "x-amz-credential", "AKIAUNKNOWN/20130524/us-east-1/s3/aws4_request", "InvalidAccessKeyId")]
    [InlineData(true, "x-amz-credential", "AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/s3/aws4_request", "InvalidArgument")]
    [InlineData(true, "x-amz-credential", TestClient.KeyId + "/20130524/us-east-1/sts/aws4_request", "InvalidArgument")]
    [InlineData(true, "x-amz-algorithm", "AWS4-ECDSA-P256-SHA256", "InvalidArgument")]
    [InlineData(true, "x-amz-date", "20130525T000000Z", "InvalidArgument")]
    [InlineData(false, "signature", "=gzDqlly//owCLOtDKpYD8NUIJrf", NoMatch)]
    [InlineData(false, "AWSAccessKeyId", "foo", "InvalidAccessKeyId")]
    [InlineData(false, "key", "bar.txt", "AccessDenied")]
    [InlineData(false, "acl", "public-read", "AccessDenied")]
    [InlineData(false, "Content-Type", "text/plain,image/png", "AccessDenied")]
    [InlineData(false, "x-amz-meta-extra", "1", "AccessDenied")]
    [InlineData(false, "x-ignore-extra", "1", "")]
    public async Task A_field_that_is_not_as_signed_is_refused(bool isNew, string field, string value, string code)
    {
        var form = Form(Conditions, isNew);
        form[field] = value;
        Assert.Equal(code, await RefusedAsync(form));
    }

    [Fact]
    public async Task A_policy_that_was_altered_is_refused()
    {
        foreach (var isNew in new[] { true, false })
        {
            var form = Form(Conditions, isNew);
            form["policy"] = Form(Conditions.Replace("1024", "9999"), isNew)["policy"];
            Assert.Equal("SignatureDoesNotMatch", await RefusedAsync(form));
        }
    }

    [Fact]
    public async Task The_bucket_must_be_the_one_of_the_policy()
    {
        var form = Form(Conditions, isNew: false);
        Assert.Equal("AccessDenied", await RefusedAsync(form, bucket: "other"));
        var without = Form(Conditions.Replace("{\"bucket\": \"photos\"}, ", ""), isNew: false);
        Assert.Equal("AccessDenied", await RefusedAsync(without));
    }

    [Fact]
    public async Task A_policy_ends()
    {
        _client.Time.Now = new DateTimeOffset(2013, 5, 24, 1, 0, 0, TimeSpan.Zero);
        var refused = await Assert.ThrowsAsync<S3Exception>(() => SendAsync(Form(Conditions, isNew: false)));
        Assert.Equal(S3Error.AccessDenied, refused.Error);
        Assert.Equal("Invalid according to Policy: Policy expired.", refused.Message);
    }

    [Theory]
    [InlineData("{\"EXPIRATION\": \"2013-05-24T01:00:00Z\", \"conditions\": []}")]
    [InlineData("{\"expiration\": \"2013-05-24 01:00:00\", \"conditions\": []}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\"}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"CONDITIONS\": []}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": {}}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": [{}]}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": [[\"eq\", \"key\", \"a\"]]}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": [[\"ends-with\", \"$key\", \"a\"]]}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": [[\"content-length-range\", 0]]}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": [[\"content-length-range\", -1, 0]]}")]
    [InlineData("{\"expiration\": \"2013-05-24T01:00:00Z\", \"conditions\": [[\"content-length-range\", \"a\", 0]]}")]
    [InlineData("[]")]
    [InlineData("not json")]
    public async Task What_is_no_policy_is_refused(string policy) =>
        Assert.Equal("InvalidPolicyDocument", await RefusedAsync(Signed(policy)));

    [Theory]
    [InlineData("[\"eq\", \"$key\", \"foo.txt\"]", "foo.txt", "")]
    [InlineData("[\"eq\", \"$key\", \"foo.txt\"]", "foo.txt2", "AccessDenied")]
    [InlineData("[\"StArTs-WiTh\", \"$KeY\", \"foo\"]", "foo.txt", "")]
    [InlineData("[\"starts-with\", \"$key\", \"\\\\$foo\"]", "\\$foo.txt", "")]
    [InlineData("[\"starts-with\", \"$key\", \"\\$foo\"]", "$foo.txt", "")]
    [InlineData("[\"starts-with\", \"$key\", \"\"]", "anything", "")]
    public async Task Conditions_compare_values_by_case_and_names_without(string condition, string key, string code)
    {
        var form = Signed($"{{{Expiration}, \"conditions\": [{{\"bUcKeT\": \"photos\"}}, {condition}]}}");
        form["key"] = key;
        Assert.Equal(code, await RefusedAsync(form));
    }

    [Fact]
    public async Task A_key_that_is_not_active_or_lacks_its_token_is_refused()
    {
        _client.Credential = _client.Credential with { SessionToken = "token" };
        var form = Form(Conditions, isNew: true);
        Assert.Equal("InvalidAccessKeyId", await RefusedAsync(form));
        form["x-amz-security-token"] = "token";
        Assert.Equal("", await RefusedAsync(form));
        _client.Credential = _client.Credential with { IsActive = false };
        Assert.Equal("InvalidAccessKeyId", await RefusedAsync(form));
    }

    private static Dictionary<string, string> Form(string conditions, bool isNew)
    {
        const string credential = $"{TestClient.KeyId}/{TestClient.Day}/us-east-1/s3/aws4_request";
        if (isNew)
            conditions +=
                $", {{\"x-amz-credential\": \"{credential}\"}}, {{\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"}}, "
                + $"{{\"x-amz-date\": \"{TestClient.Timestamp}\"}}";
        var form = Signed($"{{{Expiration}, \"conditions\": [{conditions}]}}");
        (form["key"], form["acl"], form["Content-Type"]) = ("foo.txt", "private", "text/plain");
        if (!isNew) return form;
        form.Remove("AWSAccessKeyId");
        form.Remove("signature");
        form["x-amz-credential"] = credential;
        form["x-amz-algorithm"] = "AWS4-HMAC-SHA256";
        form["x-amz-date"] = TestClient.Timestamp;
        form["x-amz-signature"] = TestClient.Hex(TestClient.Hmac(TestClient.Key(), form["policy"]));
        return form;
    }

    private static Dictionary<string, string> Signed(string policy)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(policy));
        var signature = HMACSHA1.HashData(Encoding.UTF8.GetBytes(TestClient.Secret), Encoding.UTF8.GetBytes(base64));
        return new Dictionary<string, string>
        {
            ["key"] = "foo.txt",
            ["AWSAccessKeyId"] = TestClient.KeyId,
            ["policy"] = base64,
            ["signature"] = Convert.ToBase64String(signature),
        };
    }

    private async Task<PostGrant> SendAsync(Dictionary<string, string> fields, string bucket = "photos")
    {
        var parts = string.Concat(fields.Select(field => PostFormSpec.Field(field.Key, field.Value)));
        var form = await PostForm.ReadAsync(PostFormSpec.Request(parts + PostFormSpec.File("photo.jpg", "bar")));
        return new PostAuthentication(_client.Server()).Authenticate(form, bucket, maxObjectBytes: 1 << 20);
    }

    private async Task<string> RefusedAsync(Dictionary<string, string> fields, string bucket = "photos")
    {
        var failure = await Record.ExceptionAsync(() => SendAsync(fields, bucket));
        return failure is null ? "" : Assert.IsType<S3Exception>(failure).Error.Code;
    }
}
