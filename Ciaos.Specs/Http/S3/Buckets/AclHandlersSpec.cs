using Ciaos.Actors.Identity;
using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Buckets;

public sealed class AclHandlersSpec : IAsyncLifetime
{
    private const string AllUsers = AclGrant.AllUsers;

    private BucketBench _bench = null!;

    public async Task InitializeAsync() => _bench = await BucketBench.WithBucketAsync("b-1");

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_bucket_is_private_until_it_is_opened()
    {
        var acl = await _bench.SendAsync(_bench.Main, "GET", "/b-1?acl");
        Assert.Equal(["FULL_CONTROL"], acl.All("Permission"));
        Assert.Equal([BucketBench.MainId, BucketBench.MainId], acl.All("ID"));
        Assert.Equal(["The main one", "The main one"], acl.All("DisplayName"));
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        Assert.Equal((200, ""), (await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "public-read"))).Outcome);
        acl = await _bench.SendAsync(_bench.Main, "GET", "/b-1?acl");
        Assert.Equal(["READ", "FULL_CONTROL"], acl.All("Permission"));
        Assert.Equal([AllUsers], acl.All("URI"));
        Assert.Equal(200, (await _bench.SendAsync(null, "HEAD", "/b-1")).Status);
        await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "private"));
        Assert.Equal(403, (await _bench.SendAsync(null, "HEAD", "/b-1")).Status);
        Assert.False(_bench.Bucket("b-1").Config.ContainsKey("acl"));
    }

    [Fact]
    public async Task A_document_grants_by_id_and_by_email()
    {
        Assert.Equal((200, ""), (await PutAsync(_bench.Main, "/b-1?acl", Policy(
            BucketBench.MainId, $"<ID>{BucketBench.MainId}</ID>", "FULL_CONTROL",
            "<EmailAddress>other@example.org</EmailAddress>", "READ"))).Outcome);
        Assert.Equal(
            ["The main one", "The main one", "The other one"],
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1?acl")).All("DisplayName"));
        Assert.Equal(200, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "GET", "/b-1?acl")).Status);
    }

    [Theory]
    [InlineData("<ID>_foo</ID>", "InvalidArgument")]
    [InlineData("<EmailAddress>nobody@example.org</EmailAddress>", "UnresolvableGrantByEmailAddress")]
    public async Task A_grant_to_nobody_is_refused(string grantee, string code) =>
        Assert.Equal((400, code), (await PutAsync(
            _bench.Main, "/b-1?acl", Policy(BucketBench.MainId, grantee, "READ"))).Outcome);

    [Theory]
    [InlineData(BucketBench.OtherId, 403, "AccessDenied")]
    [InlineData("nobody", 400, "InvalidArgument")]
    public async Task The_owner_cannot_be_changed(string owner, int status, string code) =>
        Assert.Equal((status, code), (await PutAsync(_bench.Main, "/b-1?acl", Policy(
            owner, $"<ID>{BucketBench.OtherId}</ID>", "READ"))).Outcome);

    [Fact]
    public async Task An_acl_is_stated_once()
    {
        Assert.Equal((400, "MissingSecurityHeader"), (await PutAsync(_bench.Main, "/b-1?acl", "")).Outcome);
        Assert.Equal((400, "UnexpectedContent"), (await PutAsync(
            _bench.Main, "/b-1?acl", Policy(BucketBench.MainId), ("x-amz-acl", "private"))).Outcome);
        foreach (var body in new[]
        {
            "<AccessControlPolicy/>", "<AccessControlPolicy", "<Tagging/>",
            "<AccessControlPolicy><AccessControlList/></AccessControlPolicy>",
        })
            Assert.Equal((400, "MalformedACLError"), (await PutAsync(_bench.Main, "/b-1?acl", body)).Outcome);
        Assert.Equal((400, "InvalidArgument"), (await PutAsync(
            _bench.Main, "/b-1?acl", "", ("x-amz-acl", "open"))).Outcome);
    }

    [Fact]
    public async Task All_grants_can_be_taken_away_and_given_back()
    {
        Assert.Equal((200, ""), (await PutAsync(_bench.Main, "/b-1?acl", Policy(BucketBench.MainId))).Outcome);
        Assert.Empty((await _bench.SendAsync(_bench.Main, "GET", "/b-1?acl")).All("Permission"));
        Assert.Equal(403, (await _bench.SendAsync(_bench.Main, "HEAD", "/b-1")).Status);
        await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "private"));
        Assert.Equal(200, (await _bench.SendAsync(_bench.Main, "HEAD", "/b-1")).Status);
    }

    [Fact]
    public async Task An_object_has_an_acl_of_its_own()
    {
        _bench.Put("b-1", "mine");
        _bench.Put("b-1", "theirs", ("owner", BucketBench.OtherId));
        Assert.Equal(["FULL_CONTROL"], (await _bench.SendAsync(_bench.Main, "GET", "/b-1/mine?acl")).All("Permission"));
        Assert.Equal(403, (await _bench.SendAsync(_bench.Main, "GET", "/b-1/theirs?acl")).Status);
        Assert.Equal(
            [BucketBench.OtherId, BucketBench.OtherId],
            (await _bench.SendAsync(_bench.Other, "GET", "/b-1/theirs?acl")).All("ID"));
        Assert.Equal(403, (await PutAsync(_bench.Other, "/b-1/mine?acl", "", ("x-amz-acl", "private"))).Status);
        Assert.Equal((200, ""), (await PutAsync(
            _bench.Other, "/b-1/theirs?acl", "", ("x-amz-acl", "bucket-owner-read"))).Outcome);
        Assert.Equal(
            ["FULL_CONTROL", "READ"],
            (await _bench.SendAsync(_bench.Other, "GET", "/b-1/theirs?acl")).All("Permission"));
    }

    [Fact]
    public async Task What_is_not_there_is_told_only_to_those_who_may_list()
    {
        Assert.Equal((404, "NoSuchKey"), (await _bench.SendAsync(_bench.Main, "GET", "/b-1/no?acl")).Outcome);
        Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(_bench.Other, "GET", "/b-1/no?acl")).Outcome);
        Assert.Equal((404, "NoSuchVersion"),
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1/no?acl&versionId=null")).Outcome);
        Assert.Equal((400, "InvalidArgument"),
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1/no?acl&versionId=x")).Outcome);
    }

    [Fact]
    public async Task Public_acls_can_be_blocked_and_ignored()
    {
        await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "public-read"));
        await BlockAsync("IgnorePublicAcls");
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "HEAD", "/b-1")).Status);
        Assert.Equal(200, (await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "public-read"))).Status);
        await BlockAsync("BlockPublicAcls");
        foreach (var name in new[] { "public-read", "public-read-write", "authenticated-read" })
        {
            Assert.Equal((403, "AccessDenied"),
                (await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", name))).Outcome);
        }

        Assert.Equal(200, (await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "private"))).Status);
    }

    [Fact]
    public async Task Where_the_bucket_owner_is_enforced_acls_do_not_count()
    {
        _bench.Put("b-1", "theirs", ("owner", BucketBench.OtherId), ("acl", "READ=@global/AllUsers"));
        await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "public-read"));
        Assert.Equal((400, "InvalidBucketAclWithObjectOwnership"), (await OwnAsync("BucketOwnerEnforced")).Outcome);
        await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", "private"));
        Assert.Equal((200, ""), (await OwnAsync("BucketOwnerEnforced")).Outcome);
        foreach (var name in new[] { "public-read", "private" })
        {
            Assert.Equal((400, "AccessControlListNotSupported"),
                (await PutAsync(_bench.Main, "/b-1?acl", "", ("x-amz-acl", name))).Outcome);
        }

        Assert.Equal(200, (await PutAsync(
            _bench.Main, "/b-1/theirs?acl", "", ("x-amz-acl", "bucket-owner-full-control"))).Status);
        Assert.Equal(
            [BucketBench.MainId, BucketBench.MainId],
            (await _bench.SendAsync(_bench.Main, "GET", "/b-1/theirs?acl")).All("ID"));
        Assert.Equal(403, (await _bench.SendAsync(_bench.Other, "GET", "/b-1/theirs?acl")).Status);
    }

    [Fact]
    public async Task A_bucket_is_made_with_an_ownership_and_an_acl_that_go_together()
    {
        Assert.Equal((400, "InvalidBucketAclWithObjectOwnership"), (await PutAsync(
            _bench.Main, "/b-2", "", ("x-amz-acl", "public-read"), ("x-amz-object-ownership", "BucketOwnerEnforced")))
            .Outcome);
        Assert.Equal((400, "InvalidArgument"), (await PutAsync(
            _bench.Main, "/b-2", "", ("x-amz-object-ownership", "Mine"))).Outcome);
        Assert.Equal(200, (await PutAsync(
            _bench.Main, "/b-2", "", ("x-amz-acl", "public-read"), ("x-amz-object-ownership", "ObjectWriter"))).Status);
        Assert.Equal("ObjectWriter", (await _bench.SendAsync(_bench.Main, "GET", "/b-2?ownershipControls"))
            .One("ObjectOwnership"));
        Assert.Equal(200, (await _bench.SendAsync(null, "HEAD", "/b-2")).Status);
    }

    private Task<BucketAnswer> PutAsync(
        User user, string target, string body, params (string Name, string Value)[] headers) =>
        _bench.SendAsync(user, "PUT", target, body, headers);

    private Task<BucketAnswer> OwnAsync(string ownership) => _bench.SendAsync(
        _bench.Main, "PUT", "/b-1?ownershipControls",
        $"<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>");

    private Task BlockAsync(string what) => _bench.SendAsync(
        _bench.Main, "PUT", "/b-1?publicAccessBlock",
        $"<PublicAccessBlockConfiguration><{what}>true</{what}></PublicAccessBlockConfiguration>");

    // Pairs of grantee and permission.
    private static string Policy(string owner, params string[] grants) =>
        $"<AccessControlPolicy><Owner><ID>{owner}</ID></Owner><AccessControlList>"
        + string.Concat(grants.Chunk(2).Select(pair =>
            $"<Grant><Grantee>{pair[0]}</Grantee><Permission>{pair[1]}</Permission></Grant>"))
        + "</AccessControlList></AccessControlPolicy>";
}
