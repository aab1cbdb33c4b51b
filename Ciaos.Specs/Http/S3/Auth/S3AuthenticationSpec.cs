using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

public class S3AuthenticationSpec
{
    private readonly TestClient _client = new();

    public static TheoryData<string, Action<HttpContext>> Tampers => new()
    {
        { "the method", context => context.Request.Method = "DELETE" },
        { "the path", context => SetTarget(context, "/bucket/other?list-type=2&prefix=a%2Fb") },
        { "slashes in the path", context => SetTarget(context, "/bucket//key?list-type=2&prefix=a%2Fb") },
        { "a value in the query", context => SetTarget(context, "/bucket/key?list-type=2&prefix=a%2Fc") },
        { "a parameter more", context => SetTarget(context, "/bucket/key?list-type=2&prefix=a%2Fb&acl") },
        { "a parameter less", context => SetTarget(context, "/bucket/key?list-type=2") },
        { "a parameter's name", context => SetTarget(context, "/bucket/key?list-typf=2&prefix=a%2Fb") },
        { "a header's value", context => context.Request.Headers["x-amz-meta-colour"] = "red" },
        { "a second value", context => context.Request.Headers.Append("x-amz-meta-colour", "red") },
        { "the host", context => context.Request.Headers.Host = "elsewhere:9711" },
        { "a header taken away", context => context.Request.Headers.Remove("x-amz-meta-colour") },
        { "the hash of the body", context => context.Request.Headers["x-amz-content-sha256"] = new string('0', 64) },
        { "the body unsigned", context => context.Request.Headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD" },
        { "the time", context => context.Request.Headers["x-amz-date"] = "20130524T000100Z" },
        { "the signature", context => Replace(context, "Signature=", "Signature=0") },
        { "a signature cut short", context => Replace(context, "Signature=", "Signature=00 ") },
        { "fewer signed headers", context => Replace(context, ";x-amz-date", "") },
    };

    [Theory]
    [MemberData(nameof(Tampers))]
    public async Task A_request_that_was_altered_after_it_was_signed_is_refused(string what, Action<HttpContext> tamper)
    {
        var context = TestClient.Good();
        Assert.False((await _client.SendAsync(context)).IsAnonymous);
        tamper(context);
        var refused = await _client.RefusedAsync(context);
        Assert.True(refused.Error.Status == 403, what);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_the_client_learns_what_was_signed()
    {
        var context = TestClient.Good();
        TestClient.Sign(context, secret: TestClient.Secret + "x");
        var refused = await _client.RefusedAsync(context);
        Assert.Equal(S3Error.SignatureDoesNotMatch, refused.Error);
        Assert.Contains(refused.Details, detail => detail.Key == "StringToSign");
        Assert.DoesNotContain(refused.Details, detail => detail.Value.Contains(TestClient.Secret));
    }

    [Fact]
    public async Task A_header_of_s3_that_is_not_signed_is_refused()
    {
        var context = TestClient.Good();
        context.Request.Headers["x-amz-acl"] = "public-read";
        var refused = await _client.RefusedAsync(context);
        Assert.Equal(S3Error.AccessDenied, refused.Error);
        Assert.Contains(refused.Details, detail => detail is { Key: "HeadersNotSigned", Value: "x-amz-acl" });
    }

    [Fact]
    public async Task The_host_must_be_signed()
    {
        var context = TestClient.Good();
        TestClient.Sign(context, "x-amz-content-sha256;x-amz-date;x-amz-meta-colour");
        Assert.Equal(S3Error.AuthorizationHeaderMalformed, (await _client.RefusedAsync(context)).Error);
    }

    [Theory]
    [InlineData(-15, true)]
    [InlineData(15, true)]
    [InlineData(-16, false)]
    [InlineData(16, false)]
    public async Task A_clock_may_be_off_by_a_quarter_of_an_hour(int minutes, bool isAccepted)
    {
        _client.Time.Now = TestClient.ExampleTime.AddMinutes(minutes);
        if (isAccepted) Assert.NotNull((await _client.SendAsync(TestClient.Good())).Credential);
        else Assert.Equal(S3Error.RequestTimeTooSkewed, (await _client.RefusedAsync(TestClient.Good())).Error);
    }

    [Theory]
    [InlineData("20100707T215304Z", "RequestTimeTooSkewed")]
    [InlineData("99990707T215304Z", "RequestTimeTooSkewed")]
    [InlineData("19500707T215304Z", "AccessDenied")]
    [InlineData("Bad Date", "AccessDenied")]
    public async Task A_time_far_away_counts_more_than_the_day_of_the_scope(string time, string code)
    {
        var context = TestClient.Good();
        context.Request.Headers["x-amz-date"] = time;
        Assert.Equal(code, (await _client.RefusedAsync(context)).Error.Code);
    }

    // Some tests of S3 count the days of the week wrongly.
    [Theory]
    [InlineData("Tue, 07 Jul 2010 21:53:04 GMT", "RequestTimeTooSkewed")]
    [InlineData("Tue, 07 Jul 9999 21:53:04 GMT", "RequestTimeTooSkewed")]
    [InlineData("Tue, 07 Jul 1950 21:53:04 GMT", "AccessDenied")]
    [InlineData("", "AccessDenied")]
    [InlineData("Tue, 24 May 2013 00:00:00 GMT", "InvalidRequest")]
    public async Task Of_the_older_version_the_time_is_judged_before_it_is_refused(string time, string code)
    {
        var context = TestClient.Request("PUT", "/bucket/key", ("Host", "h"), ("x-amz-date", time));
        context.Request.Headers.Authorization = "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=";
        Assert.Equal(code, (await _client.RefusedAsync(context)).Error.Code);
    }

    [Fact]
    public async Task Who_has_no_key_learns_nothing_else()
    {
        var context = TestClient.Good();
        TestClient.Sign(context, keyId: "AKIAUNKNOWN", day: "20130523", region: "mars");
        Assert.Equal(S3Error.InvalidAccessKeyId, (await _client.RefusedAsync(context)).Error);
    }

    [Fact]
    public async Task A_scope_of_another_day_is_refused()
    {
        var context = TestClient.Good();
        TestClient.Sign(context, day: "20130523");
        Assert.Equal(S3Error.AuthorizationHeaderMalformed, (await _client.RefusedAsync(context)).Error);
    }

    [Theory]
    [InlineData("eu-central-1")]
    [InlineData("")]
    [InlineData("US-EAST-1")]
    public async Task Another_region_is_refused_and_the_right_one_told(string region)
    {
        var context = TestClient.Good();
        TestClient.Sign(context, region: region);
        var refused = await _client.RefusedAsync(context);
        Assert.Equal(S3Error.AuthorizationHeaderMalformed, refused.Error);
        Assert.Contains(refused.Details, detail => detail is { Key: "Region", Value: "us-east-1" });
        Assert.Contains("expecting 'us-east-1'", refused.Message);
    }

    [Theory]
    [InlineData("ec2")]
    [InlineData("sts")]
    public async Task Another_service_is_refused(string service)
    {
        var context = TestClient.Good();
        TestClient.Sign(context, service: service);
        Assert.Equal(S3Error.AuthorizationHeaderMalformed, (await _client.RefusedAsync(context)).Error);
    }

    [Fact]
    public async Task A_request_to_sts_is_signed_with_the_hash_of_a_body_that_stays_to_be_read()
    {
        var context = StsRequest("Action=GetSessionToken");
        await _client.SendAsync(context);
        var read = await context.Request.BodyReader.ReadAsync();
        Assert.Equal("Action=GetSessionToken", Encoding.ASCII.GetString(read.Buffer));

        var altered = StsRequest("Action=GetSessionToken");
        altered.Request.Body = new MemoryStream("Action=GetSessionTokem"u8.ToArray());
        Assert.Equal(S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(altered)).Error);
    }

    [Fact]
    public async Task Unknown_keys_and_inactive_ones_do_not_exist()
    {
        var context = TestClient.Good();
        TestClient.Sign(context, keyId: "AKIAUNKNOWN");
        Assert.Equal(S3Error.InvalidAccessKeyId, (await _client.RefusedAsync(context)).Error);
        _client.Credential = _client.Credential with { IsActive = false };
        Assert.Equal(S3Error.InvalidAccessKeyId, (await _client.RefusedAsync(TestClient.Good())).Error);
    }

    [Fact]
    public async Task An_inactive_user_may_do_nothing()
    {
        _client.Credential = _client.Credential with { IsUserActive = false };
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(TestClient.Good())).Error);
    }

    [Fact]
    public async Task A_temporary_key_needs_its_token_and_ends()
    {
        _client.Credential = _client.Credential with
        {
            SessionToken = "the-token",
            Expires = TestClient.ExampleTime.AddMinutes(5),
        };
        Assert.Equal(S3Error.InvalidAccessKeyId, (await _client.RefusedAsync(TestClient.Good())).Error);
        Assert.Equal(S3Error.InvalidToken, (await _client.RefusedAsync(WithToken("another"))).Error);
        Assert.NotNull((await _client.SendAsync(WithToken("the-token"))).Credential);
        _client.Time.Now = TestClient.ExampleTime.AddMinutes(5);
        Assert.Equal(S3Error.ExpiredToken, (await _client.RefusedAsync(WithToken("the-token"))).Error);
    }

    [Fact]
    public async Task A_token_for_a_key_that_has_none_is_refused() =>
        Assert.Equal(S3Error.InvalidToken, (await _client.RefusedAsync(WithToken("any"))).Error);

    [Fact]
    public async Task A_request_without_signature_is_anonymous()
    {
        var caller = await _client.SendAsync(TestClient.Request("GET", "/bucket/key", ("Host", "localhost")));
        Assert.True(caller.IsAnonymous);
        Assert.Equal(S3BodyKind.Unsigned, caller.Payload.Kind);
    }

    [Fact]
    public async Task Nobody_signs_the_chunks_of_an_anonymous_request()
    {
        var context = TestClient.Request(
            "PUT", "/bucket/key", ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(context)).Error);
    }

    [Theory]
    [InlineData("", "AccessDenied")]
    [InlineData("AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=", "InvalidRequest")]
    [InlineData("AWS HAHAHA", "InvalidArgument")]
    [InlineData("Bearer abc", "InvalidArgument")]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=a", "InvalidRequest")]
    [InlineData("AWS4-HMAC-SHA256", "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request", "AuthorizationHeaderMalformed")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "AuthorizationHeaderMalformed")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;host, Signature=0",
        "AuthorizationHeaderMalformed")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=a/20130524/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=0,Signature=1",
        "AuthorizationHeaderMalformed")]
    public async Task Another_kind_of_authorization_is_refused(string authorization, string code)
    {
        var context = TestClient.Request("GET", "/", ("Host", "h"), ("x-amz-date", TestClient.Timestamp));
        context.Request.Headers.Authorization = authorization;
        Assert.Equal(code, (await _client.RefusedAsync(context)).Error.Code);
    }

    [Fact]
    public async Task Two_authorizations_are_refused()
    {
        var context = TestClient.Good();
        context.Request.Headers.Append("Authorization", context.Request.Headers.Authorization[0]);
        Assert.Equal(S3Error.InvalidArgument, (await _client.RefusedAsync(context)).Error);
        var presigned = TestClient.Good(target: "/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256");
        Assert.Equal(S3Error.InvalidArgument, (await _client.RefusedAsync(presigned)).Error);
    }

    [Fact]
    public async Task The_date_may_stand_in_the_header_date_but_somewhere_it_must()
    {
        var context = TestClient.Good();
        context.Request.Headers.Remove("x-amz-date");
        context.Request.Headers.Date = "Fri, 24 May 2013 00:00:00 GMT";
        TestClient.Sign(context);
        Assert.NotNull((await _client.SendAsync(context)).Credential);
        context.Request.Headers.Date = "Fri, 24 May 2013 00:00:00 -0000";
        TestClient.Sign(context);
        Assert.NotNull((await _client.SendAsync(context)).Credential);
        context.Request.Headers.Date = "some day";
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(context)).Error);
        context.Request.Headers.Remove("Date");
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(context)).Error);
        context.Request.Headers["x-amz-date"] = new[] { TestClient.Timestamp, TestClient.Timestamp };
        Assert.Equal(S3Error.AccessDenied, (await _client.RefusedAsync(context)).Error);
    }

    [Fact]
    public async Task The_hash_of_the_body_must_be_sent()
    {
        var context = TestClient.Good();
        context.Request.Headers.Remove("x-amz-content-sha256");
        TestClient.Sign(context, payload: "UNSIGNED-PAYLOAD");
        Assert.Equal(S3Error.InvalidRequest, (await _client.RefusedAsync(context)).Error);
        context.Request.Headers["x-amz-content-sha256"] = "abc";
        Assert.Equal(S3Error.InvalidArgument, (await _client.RefusedAsync(context)).Error);
    }

    [Theory]
    [InlineData("  blue ", "blue")]
    [InlineData("light   blue  sky", "light blue sky")]
    public async Task Spaces_around_and_within_a_value_do_not_count(string sent, string signed)
    {
        var context = TestClient.Good();
        context.Request.Headers["x-amz-meta-colour"] = signed;
        TestClient.Sign(context);
        context.Request.Headers["x-amz-meta-colour"] = sent;
        Assert.NotNull((await _client.SendAsync(context)).Credential);
    }

    [Theory]
    [InlineData("/bucket/a%20b%2Bc", "/bucket/a%20b+c")]
    [InlineData("/bucket/a/../b//c/.", "/bucket/a/../b//c/.")]
    [InlineData("/bucket/%C3%A9", "/bucket/%c3%a9")]
    [InlineData("/bucket/a%2520b", "/bucket/a%2520b")]
    [InlineData("/bucket/a/b", "/bucket/a%2Fb")]
    [InlineData("/bucket/~%21%28%29%2A%27", "/bucket/%7E!()*'")]
    public async Task A_path_is_decoded_once_and_never_resolved(string signed, string sent)
    {
        var context = TestClient.Good(target: signed);
        SetTarget(context, sent);
        Assert.NotNull((await _client.SendAsync(context)).Credential);
    }

    [Fact]
    public async Task Bytes_of_a_header_that_are_not_ascii_are_signed_as_they_came()
    {
        var context = TestClient.Good();
        context.Request.Headers["x-amz-meta-colour"] = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("Grün"));
        TestClient.Sign(context);
        Assert.NotNull((await _client.SendAsync(context)).Credential);
    }

    [Fact]
    public async Task A_key_whose_secret_changes_is_not_served_from_the_cache()
    {
        var server = _client.Server();
        await TestClient.SendAsync(server, TestClient.Good());
        _client.Credential = _client.Credential with { Secret = "another" };
        await Assert.ThrowsAsync<S3Exception>(() => TestClient.SendAsync(server, TestClient.Good()));
    }

    [Fact]
    public void The_cache_of_keys_is_bounded()
    {
        var keys = new SigningKeys();
        for (var i = 0; i < SigningKeys.MaxKeys + 5; i++)
            keys.Get(new CredentialScope($"key{i}", TestClient.Day, "us-east-1", "s3"), "secret");
        Assert.InRange(keys.Count, 1, SigningKeys.MaxKeys);
    }

    private static DefaultHttpContext WithToken(string token)
    {
        var context = TestClient.Good();
        context.Request.Headers["x-amz-security-token"] = token;
        TestClient.Sign(context);
        return context;
    }

    private static DefaultHttpContext StsRequest(string body)
    {
        var bytes = Encoding.ASCII.GetBytes(body);
        var context = TestClient.Request("POST", "/", ("Host", "localhost:9711"), ("x-amz-date", TestClient.Timestamp));
        context.Request.Body = new MemoryStream(bytes);
        TestClient.Sign(
            context, service: "sts",
            payload: TestClient.Hex(System.Security.Cryptography.SHA256.HashData(bytes)));
        return context;
    }

    private static void SetTarget(HttpContext context, string target) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;

    private static void Replace(HttpContext context, string old, string with) =>
        context.Request.Headers.Authorization =
            context.Request.Headers.Authorization.ToString().Replace(old, with, StringComparison.Ordinal);
}
