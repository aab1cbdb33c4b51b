using Ciaos.Http.S3.Buckets;
using Xunit;

namespace Ciaos.Specs.Http.S3.Buckets;

public sealed class PolicyHandlersSpec : IAsyncLifetime
{
    private BucketBench _bench = null!;

    public async Task InitializeAsync() => _bench = await BucketBench.WithBucketAsync("b-1");

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_policy_is_returned_as_it_was_set()
    {
        var json = Policy("Allow", "*", "s3:ListBucket", "arn:aws:s3:::b-1");
        Assert.Equal((404, "NoSuchBucketPolicy"), (await SendAsync("GET")).Outcome);
        Assert.Equal((204, ""), (await SendAsync("PUT", json)).Outcome);
        var answer = await SendAsync("GET");
        Assert.Equal((json, "application/json"), (answer.Text, answer.Headers.ContentType.ToString()));
        Assert.Equal(200, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        Assert.Equal((204, ""), (await SendAsync("DELETE")).Outcome);
        Assert.Equal((404, "NoSuchBucketPolicy"), (await SendAsync("GET")).Outcome);
        Assert.Equal((204, ""), (await SendAsync("DELETE")).Outcome);
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
    }

    [Fact]
    public async Task A_denial_outweighs_the_acl_and_the_owner_can_still_mend_it()
    {
        await _bench.SendAsync(_bench.Main, "PUT", "/b-1?acl", "", ("x-amz-acl", "public-read"));
        await SendAsync("PUT", Policy("Deny", "*", "s3:*", "arn:aws:s3:::b-1"));
        foreach (var user in new[] { _bench.Main, _bench.Other, _bench.Root, null })
            Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(user, "HEAD", "/b-1")).Outcome);
        Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(_bench.Other, "DELETE", "/b-1?policy")).Outcome);
        Assert.Equal((204, ""), (await SendAsync("DELETE")).Outcome);
        Assert.Equal(200, (await _bench.SendAsync(null, "HEAD", "/b-1")).Status);
    }

    [Fact]
    public async Task Conditions_see_the_request()
    {
        await SendAsync("PUT", Policy(
            "Allow", "*", "s3:ListBucket", "arn:aws:s3:::b-1",
            "{\"StringLike\":{\"aws:Referer\":\"http://example.com/*\"}}"));
        Assert.Equal(403, (await _bench.SendAsync(null, "HEAD", "/b-1")).Status);
        Assert.Equal(403, (await _bench.SendAsync(null, "HEAD", "/b-1", "", ("Referer", "http://a.org/"))).Status);
        Assert.Equal(
            200, (await _bench.SendAsync(null, "HEAD", "/b-1", "", ("Referer", "http://example.com/a"))).Status);
    }

    [Fact]
    public async Task Conditions_see_the_tags_of_the_object()
    {
        _bench.Put("b-1", "open", ("tags", "security=public&a=b"));
        _bench.Put("b-1", "shut", ("tags", "security=private"));
        _bench.Put("b-1", "bare");
        await SendAsync("PUT", Policy(
            "Allow", "*", "s3:GetObjectAcl", "arn:aws:s3:::b-1/*",
            "{\"StringEquals\":{\"s3:ExistingObjectTag/security\":\"public\"}}"));
        Assert.Equal(200, (await _bench.SendAsync(_bench.Other, "GET", "/b-1/open?acl")).Status);
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "GET", "/b-1/shut?acl")).Status);
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "GET", "/b-1/bare?acl")).Status);
    }

    [Theory]
    [InlineData("no json", "MalformedPolicy")]
    [InlineData("{}", "MalformedPolicy")]
    [InlineData("{\"Statement\":[]}", "MalformedPolicy")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Perhaps\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}",
        "MalformedPolicy")]
    public async Task What_is_no_policy_is_refused(string json, string code) =>
        Assert.Equal((400, code), (await SendAsync("PUT", json)).Outcome);

    [Theory]
    [InlineData("*", "s3:Bogus", "{}")]
    [InlineData("*", "s3:Bog*", "{}")]
    [InlineData("*", "ec2:RunInstances", "{}")]
    [InlineData("{\"AWS\":\"nobody\"}", "s3:GetObject", "{}")]
    [InlineData("{\"CanonicalUser\":\"main\"}", "s3:GetObject", "{}")]
    [InlineData("*", "s3:GetObject", "{\"StringEquals\":{\"s3:VersionStatus\":\"a\"}}")]
    public async Task Names_that_S3_does_not_have_are_refused(string principal, string action, string condition) =>
        Assert.Equal((400, "MalformedPolicy"), (await SendAsync(
            "PUT", Policy("Allow", principal, action, "arn:aws:s3:::b-1/*", condition))).Outcome);

    [Theory]
    [InlineData("{\"AWS\":\"other\"}", "S3:getobject", "{\"StringEquals\":{\"S3:X-Amz-Acl\":\"a\"}}")]
    [InlineData("{\"AWS\":\"arn:aws:iam::123456789012:root\"}", "s3:Get*", "{}")]
    [InlineData("{\"AWS\":\"123456789012\"}", "*", "{\"Bool\":{\"s3:ObjectCreationOperation\":\"true\"}}")]
    [InlineData("*", "s3:PutObject", "{\"StringLike\":{\"aws:any\":\"a\",\"s3:RequestObjectTag/a\":\"b\"}}")]
    public async Task Names_of_other_systems_are_taken(string principal, string action, string condition) =>
        Assert.Equal((204, ""), (await SendAsync(
            "PUT", Policy("Allow", principal, action, "arn:aws:s3:::b-1/*", condition))).Outcome);

    [Fact]
    public async Task Not_everybody_else_can_be_let_in()
    {
        static string Except(string effect) => Policy(effect, "*", "s3:GetObject", "arn:aws:s3:::b-1/*").Replace(
            "\"Principal\":\"*\"", "\"NotPrincipal\":{\"AWS\":\"other\"}", StringComparison.Ordinal);
        Assert.Equal((400, "MalformedPolicy"), (await SendAsync("PUT", Except("Allow"))).Outcome);
        Assert.Equal((204, ""), (await SendAsync("PUT", Except("Deny"))).Outcome);
    }

    [Fact]
    public async Task Who_may_list_a_prefix_hears_what_is_not_below_it()
    {
        await SendAsync("PUT", Policy(
            "Allow", "*", "s3:ListBucket", "arn:aws:s3:::b-1", "{\"StringLike\":{\"s3:prefix\":\"public/*\"}}"));
        Assert.Equal(404, (await _bench.SendAsync(_bench.Other, "GET", "/b-1/public/no?acl")).Status);
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "GET", "/b-1/private/no?acl")).Status);
    }

    [Fact]
    public async Task A_policy_is_about_its_own_bucket()
    {
        Assert.Equal((400, "MalformedPolicy"),
            (await SendAsync("PUT", Policy("Allow", "*", "s3:GetObject", "arn:aws:s3:::b-2/*"))).Outcome);
        Assert.Equal((400, "MalformedPolicy"), (await SendAsync(
            "PUT", Policy("Allow", "*", "s3:GetObject", "arn:aws:s3:::b-1/" + new string('a', 20_480)))).Outcome);
    }

    [Theory]
    [InlineData("arn:aws:s3:::b-1", true)]
    [InlineData("arn:aws:s3:::b-1/a/*", true)]
    [InlineData("arn:aws:s3:::*", true)]
    [InlineData("arn:aws:s3:::*/*", true)]
    [InlineData("arn:aws:s3::*:b-1", true)]
    [InlineData("arn:aws:s3:::b-?/x", true)]
    [InlineData("arn:aws:s3:::b-1/a:b/*", true)]
    [InlineData("arn:aws:s3:::b-1/${aws:username}/*", true)]
    [InlineData("arn:aws:s3:::b-11/a:b-1", false)]
    [InlineData("arn:aws:s3:::b-11", false)]
    [InlineData("arn:aws:s3:::B-1", false)]
    [InlineData("arn:aws:sqs:::b-1", false)]
    [InlineData("b-1", false)]
    public void Resources_name_the_bucket(string resource, bool isOf) =>
        Assert.Equal(isOf, PolicyHandlers.IsOf("b-1", resource));

    [Fact]
    public async Task The_status_tells_whether_everybody_may_do_something()
    {
        async Task<string> StatusAsync() =>
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1?policyStatus")).One("IsPublic");
        Assert.Equal("false", await StatusAsync());
        await SendAsync("PUT", Policy("Allow", "*", "s3:ListBucket", "arn:aws:s3:::b-1"));
        Assert.Equal("true", await StatusAsync());
        await SendAsync("PUT", Policy(
            "Allow", "*", "s3:ListBucket", "arn:aws:s3:::b-1", "{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/32\"}}"));
        Assert.Equal("false", await StatusAsync());
        await _bench.SendAsync(_bench.Main, "PUT", "/b-1?acl", "", ("x-amz-acl", "authenticated-read"));
        Assert.Equal("true", await StatusAsync());
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "GET", "/b-1?policyStatus")).Status);
    }

    [Fact]
    public async Task Public_policies_can_be_blocked_and_restricted()
    {
        var json = Policy("Allow", "*", "s3:ListBucket", "arn:aws:s3:::b-1");
        await BlockAsync("BlockPublicPolicy");
        Assert.Equal((403, "AccessDenied"), (await SendAsync("PUT", json)).Outcome);
        Assert.Equal((204, ""), (await SendAsync(
            "PUT", Policy("Allow", "{\"AWS\":\"arn:aws:iam:::user/other\"}", "s3:ListBucket", "arn:aws:s3:::b-1")))
            .Outcome);
        Assert.Equal(200, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        await BlockAsync("RestrictPublicBuckets");
        Assert.Equal(200, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        await SendAsync("PUT", json);
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        Assert.Equal(403, (await _bench.SendAsync(null, "HEAD", "/b-1")).Status);
        Assert.Equal(200, (await _bench.SendAsync(_bench.Main, "HEAD", "/b-1")).Status);
    }

    private Task<BucketAnswer> SendAsync(string method, string body = "") =>
        _bench.SendAsync(_bench.Main, method, "/b-1?policy", body);

    private Task BlockAsync(string what) => _bench.SendAsync(
        _bench.Main, "PUT", "/b-1?publicAccessBlock",
        $"<PublicAccessBlockConfiguration><{what}>true</{what}></PublicAccessBlockConfiguration>");

    /// <param name="principal">An asterisk, or JSON.</param>
    private static string Policy(
        string effect, string principal, string action, string resource, string condition = "{}") =>
        $$"""
        {"Version":"2012-10-17","Statement":[{"Effect":"{{effect}}",
        "Principal":{{(principal == "*" ? "\"*\"" : principal)}},"Action":"{{action}}","Resource":"{{resource}}",
        "Condition":{{condition}}}]}
        """;
}
