using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Access;

public sealed class AccessDecisionSpec
{
    private const string Owner = "aaaa";
    private const string Other = "bbbb";

    private static readonly Asker Me = new(Owner, IsRoot: false, IsLimited: false);
    private static readonly Asker Stranger = new(Other, IsRoot: false, IsLimited: false);
    private static readonly Asker Root = new("0000", IsRoot: true, IsLimited: false);

    [Theory]
    [InlineData("s3:GetObject")]
    [InlineData("s3:PutObject")]
    [InlineData("s3:ListBucket")]
    [InlineData("s3:PutBucketPolicy")]
    [InlineData("s3:DeleteBucket")]
    [InlineData("s3:PutObjectTagging")]
    [InlineData("s3:BypassGovernanceRetention")]
    public void A_private_bucket_is_its_owners_alone(string action)
    {
        var facts = Facts(Me, action);
        Assert.True(AccessDecision.Allows(facts));
        Assert.True(AccessDecision.Allows(facts with { Asker = Root }));
        Assert.False(AccessDecision.Allows(facts with { Asker = Stranger }));
        Assert.False(AccessDecision.Allows(facts with { Asker = Asker.Anonymous }));
    }

    [Fact]
    public void An_acl_is_needed_where_neither_ownership_nor_a_policy_allows()
    {
        var facts = Facts(Stranger, "s3:GetObject");
        Assert.True(AccessDecision.NeedsAcl(facts));
        Assert.True(AccessDecision.NeedsAcl(facts with { Asker = Asker.Anonymous }));
        Assert.False(AccessDecision.NeedsAcl(facts with { Asker = Root }));
        Assert.False(AccessDecision.NeedsAcl(facts with { Asker = Me }));
        Assert.False(AccessDecision.NeedsAcl(facts with { ObjectOwnerId = Stranger.Id }));
        Assert.False(AccessDecision.NeedsAcl(facts with { Policy = Verdict.Allow }));
        Assert.False(AccessDecision.NeedsAcl(facts with { Identity = Verdict.Allow }));
    }

    // Bucket ACL and object ACL, and what somebody else may then do: read, list, write.
    [Theory]
    [InlineData("private", "private", false, false, false)]
    [InlineData("private", "public-read", true, false, false)]
    [InlineData("private", "public-read-write", true, false, false)]
    [InlineData("public-read", "private", false, true, false)]
    [InlineData("public-read", "public-read", true, true, false)]
    [InlineData("public-read-write", "private", false, true, true)]
    [InlineData("public-read-write", "public-read", true, true, true)]
    public void Acls_of_bucket_and_object_open_it_to_others(
        string bucket, string key, bool reads, bool lists, bool writes)
    {
        foreach (var asker in new[] { Stranger, Asker.Anonymous })
        {
            bool May(string action) => AccessDecision.Allows(Facts(asker, action) with
            {
                BucketAcl = CannedAcl.Of(bucket, Owner, Owner),
                ObjectAcl = CannedAcl.Of(key, Owner, Owner),
            });
            Assert.Equal((reads, lists, writes), (May("s3:GetObject"), May("s3:ListBucket"), May("s3:PutObject")));
            Assert.False(May("s3:PutObjectAcl"));
            Assert.False(May("s3:DeleteBucket"));
            Assert.False(May("s3:DeleteObjectVersion"));
        }
    }

    [Theory]
    [InlineData("READ", "s3:ListBucket")]
    [InlineData("WRITE", "s3:PutObject")]
    [InlineData("READ_ACP", "s3:GetBucketAcl")]
    [InlineData("WRITE_ACP", "s3:PutBucketAcl")]
    public void A_grant_on_a_bucket_allows_just_that(string permission, string allowed)
    {
        var acl = GrantList.FromText($"FULL_CONTROL={Owner},{permission}={Other}");
        foreach (var action in new[] { "s3:ListBucket", "s3:PutObject", "s3:GetBucketAcl", "s3:PutBucketAcl" })
        {
            Assert.Equal(
                action == allowed, AccessDecision.Allows(Facts(Stranger, action) with { BucketAcl = acl }));
        }
    }

    [Fact]
    public void An_owner_who_granted_himself_nothing_can_only_mend_that()
    {
        bool May(string action) => AccessDecision.Allows(Facts(Me, action) with { BucketAcl = GrantList.Nothing });
        Assert.False(May("s3:PutObject"));
        Assert.False(May("s3:ListBucket"));
        Assert.True(May("s3:GetObject"));
        Assert.True(May("s3:GetBucketAcl"));
        Assert.True(May("s3:PutBucketAcl"));
    }

    [Fact]
    public void Who_put_an_object_into_anothers_bucket_owns_it()
    {
        var theirs = Facts(Me, "s3:GetObject") with { ObjectOwnerId = Other, ObjectAcl = GrantList.Private(Other) };
        Assert.False(AccessDecision.Allows(theirs));
        Assert.False(AccessDecision.Allows(theirs with { Action = "s3:GetObjectAcl" }));
        Assert.True(AccessDecision.Allows(theirs with { Action = "s3:DeleteObject" }));
        Assert.True(AccessDecision.Allows(theirs with { Asker = Stranger }));
        var givenAway = theirs with { Asker = Stranger, ObjectAcl = GrantList.Private(Owner) };
        Assert.True(AccessDecision.Allows(givenAway with { Action = "s3:GetObjectAcl" }));
        Assert.False(AccessDecision.Allows(givenAway));
        Assert.False(AccessDecision.Allows(givenAway with { Action = "s3:BypassGovernanceRetention" }));
    }

    [Theory]
    [InlineData("s3:AbortMultipartUpload", true)]
    [InlineData("s3:ListMultipartUploadParts", true)]
    [InlineData("s3:PutObject", false)]
    public void Who_began_an_upload_may_look_at_it_and_abort_it(string action, bool allowed)
    {
        var begun = Facts(Stranger, action) with { IsInitiator = true };
        Assert.Equal(allowed, AccessDecision.Allows(begun));
        Assert.False(AccessDecision.Allows(begun with { IsInitiator = false }));
        Assert.False(AccessDecision.Allows(begun with { Policy = Verdict.Deny }));
        Assert.False(AccessDecision.Allows(begun with { Asker = Stranger with { IsLimited = true } }));
    }

    [Fact]
    public void A_denial_wins_over_everything()
    {
        var open = Facts(Stranger, "s3:GetObject") with
        {
            Identity = Verdict.Allow,
            Policy = Verdict.Allow,
            ObjectAcl = CannedAcl.Of("public-read", Owner, Owner),
        };
        Assert.True(AccessDecision.Allows(open));
        Assert.False(AccessDecision.Allows(open with { Identity = Verdict.Deny }));
        Assert.False(AccessDecision.Allows(open with { Policy = Verdict.Deny }));
        Assert.False(AccessDecision.Allows(open with { Session = Verdict.Deny }));
        Assert.False(AccessDecision.Allows(open with { Policy = Verdict.Deny, Asker = Root }));
        Assert.False(AccessDecision.Allows(open with { Policy = Verdict.Deny, Asker = Me }));
    }

    [Theory]
    [InlineData("s3:GetBucketPolicy", true)]
    [InlineData("s3:PutBucketPolicy", true)]
    [InlineData("s3:DeleteBucketPolicy", true)]
    [InlineData("s3:PutBucketAcl", false)]
    public void The_owner_can_mend_a_policy_that_denies_everything(string action, bool allowed)
    {
        var denied = Facts(Me, action) with { Policy = Verdict.Deny };
        Assert.Equal(allowed, AccessDecision.Allows(denied));
        Assert.Equal(allowed, AccessDecision.Allows(denied with { Asker = Root }));
        Assert.False(AccessDecision.Allows(denied with { Asker = Stranger }));
        Assert.False(AccessDecision.Allows(denied with { Asker = Me with { IsLimited = true } }));
    }

    [Fact]
    public void A_session_policy_only_takes_away()
    {
        var facts = Facts(Me, "s3:GetObject");
        Assert.True(AccessDecision.Allows(facts with { Session = Verdict.Allow }));
        Assert.False(AccessDecision.Allows(facts with { Session = Verdict.None }));
        Assert.False(AccessDecision.Allows(facts with { Session = Verdict.None, Asker = Root }));
        Assert.False(AccessDecision.Allows(facts with { Session = Verdict.Allow, Asker = Stranger }));
    }

    [Fact]
    public void Policies_of_a_user_say_all_that_he_may()
    {
        var limited = Facts(Me with { IsLimited = true }, "s3:PutObject");
        Assert.False(AccessDecision.Allows(limited));
        Assert.False(AccessDecision.Allows(limited with { Action = "s3:GetObject" }));
        Assert.False(AccessDecision.Allows(limited with { Action = "s3:PutBucketAcl" }));
        Assert.True(AccessDecision.Allows(limited with { Identity = Verdict.Allow }));
        Assert.True(AccessDecision.Allows(limited with { Policy = Verdict.Allow }));
        Assert.True(AccessDecision.Allows(
            limited with { BucketAcl = CannedAcl.Of("public-read-write", Owner, Owner) }));
    }

    [Fact]
    public void A_public_policy_can_be_restricted_to_the_owner()
    {
        var facts = Facts(Stranger, "s3:GetObject") with
        {
            Policy = Verdict.Allow,
            PolicyIsPublic = true,
            Block = PublicAccessBlock.Nothing with { RestrictPublicBuckets = true },
        };
        Assert.False(AccessDecision.Allows(facts));
        Assert.False(AccessDecision.Allows(facts with { Asker = Asker.Anonymous }));
        Assert.True(AccessDecision.Allows(facts with { PolicyIsPublic = false }));
        Assert.True(AccessDecision.Allows(facts with { Asker = Me }));
    }

    [Fact]
    public void Buckets_are_made_by_users()
    {
        Assert.True(AccessDecision.AllowsOfService(Me, Verdict.None, null));
        Assert.False(AccessDecision.AllowsOfService(Asker.Anonymous, Verdict.None, null));
        Assert.False(AccessDecision.AllowsOfService(Me with { IsLimited = true }, Verdict.None, null));
        Assert.True(AccessDecision.AllowsOfService(Me with { IsLimited = true }, Verdict.Allow, null));
        Assert.False(AccessDecision.AllowsOfService(Me, Verdict.Deny, null));
        Assert.False(AccessDecision.AllowsOfService(Root, Verdict.Allow, Verdict.None));
    }

    private static AccessFacts Facts(Asker asker, string action) => new(
        asker, action, Verdict.None, null, Verdict.None, false, PublicAccessBlock.Nothing, Owner,
        GrantList.Private(Owner), action.Contains("Object", StringComparison.Ordinal) ? Owner : null,
        GrantList.Private(Owner));
}
