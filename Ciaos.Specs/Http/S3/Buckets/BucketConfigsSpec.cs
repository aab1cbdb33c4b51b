using Ciaos.Http.S3.Access;
using Xunit;

namespace Ciaos.Specs.Http.S3.Buckets;

/// <summary>The parts of a bucket's configuration that are documents.</summary>
public sealed class BucketConfigsSpec : IAsyncLifetime
{
    private const string Glacier30 =
        "<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>";

    private BucketBench _bench = null!;

    public async Task InitializeAsync() => _bench = await BucketBench.WithBucketAsync("b-1");

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    public static TheoryData<string, string, string, string> Removable => new()
    {
        {
            "cors", "NoSuchCORSConfiguration", "AllowedOrigin",
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
            + "</CORSRule></CORSConfiguration>"
        },
        {
            "tagging", "NoSuchTagSet", "Key",
            "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
        },
        {
            "lifecycle", "NoSuchLifecycleConfiguration", "Days",
            "<LifecycleConfiguration><Rule><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration>"
            + "</Rule></LifecycleConfiguration>"
        },
        {
            "ownershipControls", "OwnershipControlsNotFoundError", "ObjectOwnership",
            "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule>"
            + "</OwnershipControls>"
        },
        {
            "publicAccessBlock", "NoSuchPublicAccessBlockConfiguration", "BlockPublicAcls",
            "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
            + "</PublicAccessBlockConfiguration>"
        },
        {
            "encryption", "ServerSideEncryptionConfigurationNotFoundError", "SSEAlgorithm",
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
            + "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
            + "</ServerSideEncryptionConfiguration>"
        },
        {
            "website", "NoSuchWebsiteConfiguration", "Suffix",
            "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
            + "</WebsiteConfiguration>"
        },
    };

    [Theory]
    [MemberData(nameof(Removable))]
    public async Task It_is_missing_then_set_then_removed(
        string subResource, string missing, string element, string document)
    {
        var target = $"/b-1?{subResource}";
        Assert.Equal((404, missing), (await _bench.SendAsync(_bench.Main, "GET", target)).Outcome);
        Assert.InRange((await _bench.SendAsync(_bench.Main, "PUT", target, document)).Status, 200, 204);
        var kept = (await _bench.SendAsync(_bench.Main, "GET", target)).One(element);
        Assert.Contains(kept, document);
        Assert.Equal((400, "MalformedXML"), (await _bench.SendAsync(_bench.Main, "PUT", target, "<a/>")).Outcome);
        Assert.Equal((204, ""), (await _bench.SendAsync(_bench.Main, "DELETE", target)).Outcome);
        Assert.Equal((404, missing), (await _bench.SendAsync(_bench.Main, "GET", target)).Outcome);
        Assert.Equal((204, ""), (await _bench.SendAsync(_bench.Main, "DELETE", target)).Outcome);
    }

    [Theory]
    [MemberData(nameof(Removable))]
    public async Task It_is_the_owners_alone(string subResource, string missing, string element, string document)
    {
        Assert.NotEqual(missing, element);
        foreach (var user in new[] { _bench.Other, null })
        {
            foreach (var method in new[] { "GET", "PUT", "DELETE" })
            {
                Assert.Equal((403, "AccessDenied"),
                    (await _bench.SendAsync(user, method, $"/b-1?{subResource}", document)).Outcome);
            }
        }
    }

    [Theory]
    [InlineData("notification", "NotificationConfiguration", "")]
    [InlineData("logging", "BucketLoggingStatus", "")]
    [InlineData("requestPayment", "RequestPaymentConfiguration", "<Payer>Requester</Payer>")]
    [InlineData("accelerate", "AccelerateConfiguration", "<Status>Enabled</Status>")]
    public async Task It_is_never_missing(string subResource, string root, string inner)
    {
        var target = $"/b-1?{subResource}";
        Assert.Equal(200, (await _bench.SendAsync(_bench.Main, "GET", target)).Status);
        Assert.Equal((200, ""), (await _bench.SendAsync(
            _bench.Main, "PUT", target, $"<{root}>{inner}</{root}>")).Outcome);
        Assert.Contains(inner, (await _bench.SendAsync(_bench.Main, "GET", target)).Text);
        Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(_bench.Other, "GET", target)).Outcome);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/hook", "")]
    [InlineData("http://hooks.example.com/hook", "")]
    [InlineData("http://169.254.169.254/latest/meta-data", "InvalidArgument")]
    [InlineData("http://[fe80::1]/hook", "InvalidArgument")]
    public async Task A_webhook_is_where_it_may_be(string url, string code)
    {
        var answer = await _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?notification",
            $"<NotificationConfiguration><TopicConfiguration><Topic>arn:ciaos:webhook:::{url}</Topic>"
            + "<Event>s3:ObjectCreated:*</Event></TopicConfiguration></NotificationConfiguration>");
        Assert.Equal(code, answer.Code);
        Assert.Equal(code.Length == 0, _bench.Bucket("b-1").Config.ContainsKey(BucketConfig.Notification));
    }

    [Fact]
    public async Task A_log_goes_to_a_bucket_of_the_same_owner_that_takes_logs()
    {
        await _bench.SendAsync(_bench.Other, "PUT", "/theirs");
        static string To(string bucket) => "<BucketLoggingStatus><LoggingEnabled>"
            + $"<TargetBucket>{bucket}</TargetBucket><TargetPrefix>a</TargetPrefix></LoggingEnabled>"
            + "</BucketLoggingStatus>";
        async Task<string> PutAsync(string bucket) =>
            (await _bench.SendAsync(_bench.Main, "PUT", "/b-1?logging", To(bucket))).Code;
        Assert.Equal("InvalidTargetBucketForLogging", await PutAsync("b-1"));
        foreach (var (owner, bucket) in new[] { (_bench.Main, "b-1"), (_bench.Other, "theirs") })
            await _bench.SendAsync(owner, "PUT", $"/{bucket}?acl", "", ("x-amz-acl", "log-delivery-write"));
        Assert.Equal("", await PutAsync("b-1"));
        Assert.Equal("InvalidTargetBucketForLogging", await PutAsync("theirs"));
        Assert.Equal("InvalidTargetBucketForLogging", await PutAsync("missing"));
    }

    [Theory]
    [InlineData("replication", "ReplicationConfigurationNotFoundError", 204)]
    [InlineData("analytics&id=a", "NoSuchConfiguration", 404)]
    [InlineData("inventory&id=a", "NoSuchConfiguration", 404)]
    [InlineData("metrics&id=a", "NoSuchConfiguration", 404)]
    [InlineData("intelligent-tiering&id=a", "NoSuchConfiguration", 404)]
    public async Task What_cannot_be_set_is_never_there(string query, string code, int deleted)
    {
        var target = $"/b-1?{query}";
        Assert.Equal((404, code), (await _bench.SendAsync(_bench.Main, "GET", target)).Outcome);
        Assert.Equal((501, "NotImplemented"), (await _bench.SendAsync(_bench.Main, "PUT", target, "<a/>")).Outcome);
        Assert.Equal(deleted, (await _bench.SendAsync(_bench.Main, "DELETE", target)).Status);
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
            Assert.Equal(403, (await _bench.SendAsync(_bench.Other, method, target)).Status);
    }

    [Theory]
    [InlineData("analytics")]
    [InlineData("inventory")]
    [InlineData("metrics")]
    [InlineData("intelligent-tiering")]
    public async Task A_list_of_what_cannot_be_set_is_empty(string subResource) =>
        Assert.Equal("false", (await _bench.SendAsync(_bench.Main, "GET", $"/b-1?{subResource}")).One("IsTruncated"));

    // Whoever wants to remove a part of the bucket that is not known here must not lose the bucket.
    [Theory]
    [InlineData("metadataTable")]
    [InlineData("metadataConfiguration")]
    [InlineData("abac")]
    public async Task Parts_that_are_not_there_are_not_taken_for_the_bucket(string subResource)
    {
        foreach (var method in new[] { "PUT", "DELETE" })
            Assert.Equal(501, (await _bench.SendAsync(_bench.Main, method, $"/b-1?{subResource}")).Status);
        Assert.Equal(200, (await _bench.SendAsync(_bench.Main, "HEAD", "/b-1")).Status);
    }

    [Theory]
    [InlineData("<AllowedHeader>x-amz-*</AllowedHeader><MaxAgeSeconds>-1</MaxAgeSeconds>", "")]
    [InlineData("<AllowedHeader>X[Key]</AllowedHeader>", "InvalidRequest")]
    [InlineData("<ExposeHeader>two words</ExposeHeader>", "InvalidRequest")]
    public async Task Rules_for_browsers_name_headers(string headers, string code) =>
        Assert.Equal(code, (await _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?cors",
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
            + $"{headers}</CORSRule></CORSConfiguration>")).Code);

    [Theory]
    [InlineData("<Expiration><Days>30</Days></Expiration>" + Glacier30, "InvalidArgument")]
    [InlineData("<Expiration><Days>31</Days></Expiration>" + Glacier30, "")]
    [InlineData("<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>" + Glacier30, "InvalidRequest")]
    [InlineData(Glacier30 + "<Transition><Days>60</Days><StorageClass>GLACIER</StorageClass></Transition>",
        "InvalidRequest")]
    [InlineData("<NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration>"
        + "<NoncurrentVersionTransition><NoncurrentDays>5</NoncurrentDays><StorageClass>GLACIER</StorageClass>"
        + "</NoncurrentVersionTransition>", "InvalidArgument")]
    public async Task The_actions_of_a_lifecycle_rule_follow_one_another(string actions, string code) =>
        Assert.Equal(code, (await _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?lifecycle",
            "<LifecycleConfiguration><Rule><Filter/><Status>Enabled</Status>"
            + $"{actions}</Rule></LifecycleConfiguration>")).Code);

    [Fact]
    public async Task Versioning_is_off_until_it_is_enabled_and_then_never_again()
    {
        async Task<string[]> StatusAsync() =>
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1?versioning")).All("Status");
        Task<BucketAnswer> SetAsync(string status) => _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?versioning",
            $"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
        Assert.Empty(await StatusAsync());
        Assert.Equal((200, ""), (await SetAsync("Suspended")).Outcome);
        Assert.Equal(["Suspended"], await StatusAsync());
        Assert.Equal((200, ""), (await SetAsync("Enabled")).Outcome);
        Assert.Equal(["Enabled"], await StatusAsync());
        Assert.Equal((400, "MalformedXML"), (await SetAsync("Off")).Outcome);
    }

    [Fact]
    public async Task Object_lock_needs_versioning_and_keeps_it()
    {
        const string @lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule>"
            + "<DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
            + "</ObjectLockConfiguration>";
        Task<BucketAnswer> SetAsync(string status) => _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?versioning",
            $"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
        Assert.Equal((404, "ObjectLockConfigurationNotFoundError"),
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1?object-lock")).Outcome);
        Assert.Equal((409, "InvalidBucketState"),
            (await _bench.SendAsync(_bench.Main, "PUT", "/b-1?object-lock", @lock)).Outcome);
        await SetAsync("Enabled");
        Assert.Equal((200, ""), (await _bench.SendAsync(_bench.Main, "PUT", "/b-1?object-lock", @lock)).Outcome);
        Assert.Equal("1", (await _bench.SendAsync(_bench.Main, "GET", "/b-1?object-lock")).One("Days"));
        Assert.Equal((409, "InvalidBucketState"), (await SetAsync("Suspended")).Outcome);
        Assert.Equal((200, ""), (await SetAsync("Enabled")).Outcome);
    }
}
