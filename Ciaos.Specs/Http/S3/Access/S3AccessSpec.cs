using System.Collections.Immutable;
using Ciaos.Actors.Identity;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Documents;
using Ciaos.Specs.Http.S3.Buckets;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Access;

/// <summary>Access with policies of users and sessions, and what new objects get.</summary>
public sealed class S3AccessSpec : IAsyncLifetime
{
    private static readonly string[] ObjectActions =
    [
        "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion",
        "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetObjectTagging", "s3:PutObjectTagging",
        "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:BypassGovernanceRetention",
        "s3:PutObjectRetention", "s3:GetObjectAttributes", "s3:RestoreObject",
    ];

    private static readonly string[] BucketActions =
    [
        "s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads", "s3:GetBucketAcl", "s3:PutBucketAcl",
        "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucket", "s3:PutBucketNotification",
    ];

    private BucketBench _bench = null!;

    public async Task InitializeAsync() => _bench = await BucketBench.WithBucketAsync("b-1");

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public void A_users_policies_say_all_that_he_may()
    {
        var reader = With(_bench.Main, Policy("Allow", "s3:GetObject", "arn:aws:s3:::b-1/*"));
        Assert.True(Allows(reader, "s3:GetObject", Key()));
        Assert.False(Allows(reader, "s3:PutObject", Key()));
        Assert.False(Allows(reader, "s3:ListBucket", Bucket()));
        Assert.True(Allows(_bench.Main, "s3:PutObject", Key()));
    }

    [Fact]
    public void A_users_policies_open_others_buckets()
    {
        var guest = With(
            _bench.Other, Policy("Allow", "s3:*", "arn:aws:s3:::b-1*"), Policy("Deny", "s3:Delete*", "*"));
        Assert.True(Allows(guest, "s3:PutObject", Key()));
        Assert.False(Allows(guest, "s3:DeleteObject", Key()));
        Assert.False(Allows(_bench.Other, "s3:PutObject", Key()));
    }

    [Fact]
    public void A_session_policy_must_allow_too()
    {
        var key = new AccessKey(
            "ID", "secret-secret", "main", true, default, null, "token", Policy("Allow", "s3:GetObject", "*"));
        Assert.True(Allows(_bench.Main, "s3:GetObject", Key(), key));
        Assert.False(Allows(_bench.Main, "s3:PutObject", Key(), key));
        Assert.False(Allows(_bench.Other, "s3:GetObject", Key(), key));
    }

    [Fact]
    public void Service_actions_follow_the_users_policies()
    {
        var access = _bench.Services.Access;
        var maker = With(_bench.Main, Policy("Allow", "s3:CreateBucket", "arn:aws:s3:::team-*"));
        access.DemandOfService(Request(maker), "s3:CreateBucket", "arn:aws:s3:::team-1");
        Assert.Throws<S3Exception>(
            () => access.DemandOfService(Request(maker), "s3:CreateBucket", "arn:aws:s3:::mine"));
        Assert.Throws<S3Exception>(() => access.DemandOfService(Request(null), "s3:CreateBucket", "*"));
        access.DemandOfService(Request(_bench.Main), "s3:CreateBucket", "arn:aws:s3:::mine");
    }

    [Fact]
    public async Task What_is_plainly_allowed_is_what_the_facts_allow()
    {
        var session = new AccessKey(
            "ID", "secret-secret", "main", true, default, null, "token", Policy("Allow", "s3:GetObject", "*"));
        var denied = With(_bench.Main, Policy("Deny", "s3:*", "*"));
        var root = _bench.Other with { IsRoot = true };
        (User?, AccessKey?)[] askers =
            [(_bench.Main, null), (_bench.Main, session), (denied, null), (_bench.Other, null), (root, null), default];
        var own = Key();
        AccessTarget OwnWith(string key, string value) =>
            own with { Object = own.Object! with { Metadata = own.Object.Metadata.Add(key, value) } };
        AccessTarget[] objects =
            [own, OwnWith("owner", BucketBench.OtherId), OwnWith("acl", "-"), own with { Object = null }];
        var plain = new List<(User?, string)>();
        void Compare(string state)
        {
            foreach (var (user, key) in askers)
            {
                foreach (var target in objects)
                    Check(user, key, target with { Bucket = _bench.Bucket("b-1") }, ObjectActions);
                Check(user, key, Bucket(), BucketActions);
            }

            void Check(User? user, AccessKey? key, AccessTarget target, string[] actions)
            {
                var request = Request(user, key);
                if (!S3Access.IsPlainlyAllowed(request, target, BucketBench.MainId)) return;
                foreach (var action in actions)
                {
                    plain.Add((user, state));
                    var isMissing = target is { Key: not null, Object: null } && ObjectAccess.TellsObject(action);
                    Assert.True(
                        isMissing || _bench.Services.Access.IsAllowedByFacts(
                            request, action, target, BucketBench.MainId),
                        $"{action} on {target.Arn} {state}");
                }
            }
        }

        Compare("private");
        await _bench.SendAsync(_bench.Main, "PUT", "/b-1?acl", "", ("x-amz-acl", "public-read"));
        Compare("public");
        await _bench.SendAsync(
            _bench.Main, "PUT", "/b-1?policy",
            Policy("Deny", "s3:GetObject", "arn:aws:s3:::b-1/*").Replace(
                "\"Effect\"", "\"Principal\":\"*\",\"Effect\"", StringComparison.Ordinal));
        Compare("denied");
        User[] Plainly(string state) =>
            [.. plain.Where(one => one.Item2 == state).Select(one => one.Item1!).Distinct()];
        Assert.Equal(new[] { _bench.Main, root }, Plainly("private"));
        Assert.Equal(new[] { root }, Plainly("public"));
        Assert.Empty(Plainly("denied"));
    }

    [Theory]
    [InlineData("x-amz-acl", "s3:x-amz-acl", "public-read")]
    [InlineData("x-amz-server-side-encryption", "s3:x-amz-server-side-encryption", "AES256")]
    [InlineData("x-amz-object-lock-mode", "s3:object-lock-mode", "GOVERNANCE")]
    [InlineData("x-amz-metadata-directive", "s3:x-amz-metadata-directive", "COPY")]
    public void Headers_are_conditions(string header, string condition, string value)
    {
        var conditions = AccessConditions.Of(Request(_bench.Main, (header, value)), default);
        Assert.Equal([value], conditions[condition]);
    }

    [Fact]
    public void Tags_times_queries_and_sources_are_conditions()
    {
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var request = Request(
            _bench.Main, ("x-amz-tagging", "A=b"), ("x-amz-copy-source", "/src/a%20b"),
            ("x-amz-object-lock-retain-until-date", "2030-01-03T12:00:00Z"));
        var conditions = AccessConditions.Of(request, now);
        Assert.Equal(["b"], conditions["s3:requestobjecttag/A"]);
        Assert.Equal(["A"], conditions["s3:requestobjecttagkeys"]);
        Assert.Equal(["src/a b"], conditions["s3:x-amz-copy-source"]);
        Assert.Equal(["3"], conditions["s3:object-lock-remaining-retention-days"]);
        Assert.Equal(["2030-01-01T00:00:00Z"], conditions["aws:currenttime"]);
        Assert.Equal(["p/"], conditions["s3:prefix"]);
        Assert.False(conditions.ContainsKey("s3:delimiter"));
        var target = Bucket() with
        {
            RequestTags = new TagSet([new Tag("C", "d")]),
            Prefix = "a/key",
        };
        var body = AccessConditions.Of(request, now, target);
        Assert.Equal(["a/key"], body["s3:prefix"]);
        Assert.Equal(["d"], body["s3:requestobjecttag/C"]);
        Assert.False(body.ContainsKey("s3:requestobjecttag/A"));
    }

    [Fact]
    public async Task A_new_object_belongs_to_its_writer_unless_the_bucket_says_otherwise()
    {
        var access = _bench.Services.Access;
        NewOwnership New(User? user, string? acl)
        {
            var request = acl is null ? Request(user) : Request(user, ("x-amz-acl", acl));
            return access.NewObject(request, AclHeaders.From(request.Headers));
        }

        Assert.Equal(new NewOwnership(null, null), New(_bench.Main, null));
        Assert.Equal(new NewOwnership(BucketBench.OtherId, null), New(_bench.Other, null));
        Assert.Equal(new NewOwnership(null, null), New(null, null));
        Assert.StartsWith("READ=@global/AllUsers", New(_bench.Main, "public-read").Acl, StringComparison.Ordinal);
        const string given = "bucket-owner-full-control";
        Assert.Equal(BucketBench.OtherId, New(_bench.Other, given).OwnerId);
        await OwnAsync(OwnershipControls.BucketOwnerPreferred);
        Assert.Equal(new NewOwnership(null, null), New(_bench.Other, given));
        Assert.Equal(BucketBench.OtherId, New(_bench.Other, null).OwnerId);
        await OwnAsync(OwnershipControls.BucketOwnerEnforced);
        Assert.Equal(new NewOwnership(null, null), New(_bench.Other, null));
        Assert.Equal(new NewOwnership(null, null), New(_bench.Other, given));
        Assert.Equal("AccessControlListNotSupported",
            Assert.Throws<S3Exception>(() => New(_bench.Other, "private")).Error.Code);
    }

    private Task OwnAsync(string ownership) => _bench.SendAsync(
        _bench.Main, "PUT", "/b-1?ownershipControls",
        $"<OwnershipControls><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>");

    private AccessTarget Bucket() => new(_bench.Bucket("b-1"));

    private AccessTarget Key()
    {
        _bench.Put("b-1", "a");
        return new AccessTarget(_bench.Bucket("b-1"), "a", _bench.Object("b-1", "a"));
    }

    private bool Allows(User? user, string action, AccessTarget target, AccessKey? key = null) =>
        _bench.Services.Access.Allows(Request(user, key), action, target);

    private S3Request Request(User? user, params (string Name, string Value)[] headers) =>
        Request(user, key: null, headers);

    private S3Request Request(User? user, AccessKey? key, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        foreach (var (name, value) in headers) context.Request.Headers[name] = value;
        var operation = new S3Operation(S3Scope.Bucket, "GET", null, "Spec", _ => Task.CompletedTask);
        return new S3Request(
            context, S3Target.Parse("/b-1?prefix=p/", "localhost", []), operation,
            new S3Caller(null, S3Payload.Unsigned, null), key, user)
        {
            Bucket = _bench.Bucket("b-1"),
        };
    }

    private static User With(User user, params string[] policies) => user with
    {
        Policies = policies.Select((policy, index) => (policy, index)).ToImmutableSortedDictionary(
            pair => $"policy-{pair.index}", pair => pair.policy, StringComparer.Ordinal),
    };

    private static string Policy(string effect, string action, string resource) =>
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"" + effect + "\",\"Action\":\"" + action
        + "\",\"Resource\":\"" + resource + "\"}]}";
}
