using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Identity.Policies;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static Ciaos.Specs.Identity.Policies.PolicyGen;

namespace Ciaos.Specs.Identity.Policies;

public sealed class PolicyDocumentSpec
{
    private const string All = "\"Action\":\"*\",\"Resource\":\"*\"";
    private const string AllowAll = "\"Effect\":\"Allow\"," + All;
    private const string ToAll = "\"Effect\":\"Allow\",\"Principal\":\"*\"";
    private const string Bucket = "\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::bucket/*\"";

    [Fact]
    public void A_statement_that_denies_outweighs_any_number_that_allow()
    {
        for (var before = 0; before < 5; before++)
            for (var behind = 0; behind < 5; behind++) JudgeDenial(before, behind);
    }

    [Theory]
    [InlineData("s3:GetObject", "s3:GetObject", true)]
    [InlineData("s3:getobject", "s3:GetObject", true)]
    [InlineData("s3:Get*", "s3:GetObject", true)]
    [InlineData("s3:Get*", "s3:PutObject", false)]
    [InlineData("s3:*Object", "s3:GetObject", true)]
    [InlineData("s3:*Object", "s3:GetObjectAcl", false)]
    [InlineData("s3:?etObject", "s3:GetObject", true)]
    [InlineData("*", "admin:CreateUser", true)]
    [InlineData("s3:*", "admin:CreateUser", false)]
    public void Actions_have_wildcards_and_no_case(string pattern, string action, bool fits) => Assert.Equal(
        fits ? PolicyDecision.Allow : PolicyDecision.None,
        OfUser($"\"Effect\":\"Allow\",\"Action\":[\"x:y\",\"{pattern}\"],\"Resource\":\"*\"")
            .Evaluate(Request(action, by: Ann)));

    [Theory]
    [InlineData("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", true)]
    [InlineData("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", false)]
    [InlineData("arn:aws:s3:::bucket", "arn:aws:s3:::Bucket", false)]
    [InlineData("arn:aws:s3:::b?cket/k*y", "arn:aws:s3:::bucket/key", true)]
    [InlineData("arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::ann/key", true)]
    [InlineData("arn:aws:s3:::${aws:username}/*", "arn:aws:s3:::bob/key", false)]
    [InlineData("arn:aws:s3:::${s3:prefix}/*", "arn:aws:s3:::x/key", false)]
    [InlineData("arn:aws:s3:::${s3:prefix, 'x'}/*", "arn:aws:s3:::x/key", true)]
    [InlineData("arn:aws:s3:::b${*}", "arn:aws:s3:::b*", true)]
    [InlineData("arn:aws:s3:::b${*}", "arn:aws:s3:::bx", false)]
    public void Resources_have_wildcards_and_variables(string pattern, string resource, bool fits) => Assert.Equal(
        fits ? PolicyDecision.Allow : PolicyDecision.None,
        OfUser($"\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"{pattern}\"")
            .Evaluate(Request(resource: resource, by: Ann)));

    [Fact]
    public void What_a_variable_brings_is_no_wildcard()
    {
        var policy = OfUser("\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::b/${s3:prefix}\"");
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request(resource: "arn:aws:s3:::b/secret", by: Ann,
            conditions: ("s3:prefix", ["*"]))));
        Assert.Equal(PolicyDecision.Allow, policy.Evaluate(Request(resource: "arn:aws:s3:::b/*", by: Ann,
            conditions: ("s3:prefix", ["*"]))));
    }

    [Fact]
    public void The_old_version_has_no_variables()
    {
        var policy = PolicyDocument.Parse(
            """{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}"}}""",
            PolicyKind.Identity);
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request(resource: "arn:aws:s3:::ann", by: Ann)));
        Assert.Equal(
            PolicyDecision.Allow, policy.Evaluate(Request(resource: "arn:aws:s3:::${aws:username}", by: Ann)));
    }

    [Fact]
    public void What_is_not_named_may_be_what_a_statement_is_about()
    {
        var policy = OfUser(
            "\"Effect\":\"Allow\",\"NotAction\":\"s3:Delete*\",\"NotResource\":\"arn:aws:s3:::secret/*\"");
        Assert.Equal(PolicyDecision.Allow, policy.Evaluate(Request(by: Ann)));
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request("s3:DeleteObject", by: Ann)));
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request(resource: "arn:aws:s3:::secret/x", by: Ann)));
    }

    [Theory]
    [InlineData("\"*\"", true, true, true)]
    [InlineData("{\"AWS\":\"*\"}", true, true, true)]
    [InlineData("{\"AWS\":[\"ann\"]}", true, false, false)]
    [InlineData("{\"AWS\":\"arn:aws:iam:::user/ann\"}", true, false, false)]
    [InlineData("{\"AWS\":\"arn:aws:iam::123456789012:user/ann\"}", true, false, false)]
    [InlineData("{\"AWS\":\"arn:aws:iam:::user/annabel\"}", false, false, false)]
    [InlineData("{\"AWS\":\"arn:aws:iam::ann:root\"}", true, false, false)]
    [InlineData("{\"AWS\":\"arn:aws:iam:::root\"}", false, false, false)]
    [InlineData("{\"AWS\":\"arn:aws:iam\"}", false, false, false)]
    [InlineData("{\"AWS\":[\"x\",\"ann\",\"bob\"]}", true, true, false)]
    [InlineData("{\"Service\":\"logging.s3.amazonaws.com\"}", false, false, false)]
    public void Principals_are_users_or_everybody(string principal, bool ann, bool bob, bool anonymous)
    {
        var policy = OfBucket($"\"Effect\":\"Allow\",\"Principal\":{principal},{Bucket}");
        var except = OfBucket($"\"Effect\":\"Deny\",\"NotPrincipal\":{principal},{Bucket}");
        foreach (var (who, isOne) in new[] { (Ann, ann), (Bob, bob), ((Principal?)null, anonymous) })
        {
            Assert.Equal(isOne ? PolicyDecision.Allow : PolicyDecision.None, policy.Evaluate(Request(by: who)));
            Assert.Equal(isOne ? PolicyDecision.None : PolicyDecision.Deny, except.Evaluate(Request(by: who)));
        }
    }

    [Theory]
    [InlineData("\"Principal\":{\"Service\":\"logging.s3.amazonaws.com\"}", true, true)]
    [InlineData("\"Principal\":{\"Service\":[\"a\",\"logging.s3.amazonaws.com\"],\"AWS\":\"ann\"}", true, true)]
    [InlineData("\"Principal\":{\"Service\":\"other\"}", false, false)]
    [InlineData("\"Principal\":{\"AWS\":\"ann\"}", false, false)]
    [InlineData("\"Principal\":\"*\"", false, true)]
    [InlineData("\"NotPrincipal\":{\"AWS\":\"ann\"}", true, true)]
    public void Services_are_allowed_by_name_only_but_denied_with_everybody(
        string principal, bool isAllowed, bool isDenied)
    {
        var request = Request(by: Principal.OfService("logging.s3.amazonaws.com"));
        Assert.Equal(
            isAllowed ? PolicyDecision.Allow : PolicyDecision.None,
            OfBucket($"\"Effect\":\"Allow\",{principal},{Bucket}").Evaluate(request));
        Assert.Equal(
            isDenied ? PolicyDecision.Deny : PolicyDecision.None,
            OfBucket($"\"Effect\":\"Deny\",{principal},{Bucket}").Evaluate(request));
    }

    [Fact]
    public void Services_are_no_users()
    {
        var policy = OfBucket(
            "\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"logging.s3.amazonaws.com\"}," + Bucket);
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request(by: Ann)));
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request(by: null)));
        Assert.Equal(
            PolicyDecision.None,
            policy.Evaluate(Request(by: new Principal("logging.s3.amazonaws.com", Ann.CanonicalId))));
    }

    [Theory]
    [InlineData("CanonicalUser", "")]
    [InlineData("AWS", "")]
    [InlineData("AWS", "arn:aws:iam:::user/")]
    public void Canonical_ids_name_users_too(string kind, string before)
    {
        var policy = OfBucket(
            $"\"Effect\":\"Allow\",\"Principal\":{{\"{kind}\":\"{before}{Ann.CanonicalId}\"}},{Bucket}");
        Assert.Equal(PolicyDecision.Allow, policy.Evaluate(Request(by: Ann)));
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request(by: Bob)));
        Assert.Equal(PolicyDecision.None, policy.Evaluate(Request()));
    }

    [Theory]
    [InlineData("", "not well-formed")]
    [InlineData("[]", "is a JSON object")]
    [InlineData("{}", "no Statement")]
    [InlineData("""{"Statement":[]}""", "no statement")]
    [InlineData("""{"Version":"2020-01-01","Statement":[]}""", "version")]
    [InlineData("""{"Statement":{"Action":"*","Resource":"*"}}""", "no Effect")]
    [InlineData("""{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}""", "effect")]
    [InlineData("""{"Statement":{"Effect":"Allow","Resource":"*"}}""", "no Action")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"*"}}""", "no Resource")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}""", "NotAction")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"GetObject","Resource":"*"}}""", "no action")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":[],"Resource":"*"}}""", "empty list")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":1,"Resource":"*"}}""", "Action")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"*","Resource":"bucket"}}""", "no resource")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}""", "no principal")]
    [InlineData("""{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Oops":1}}""", "Oops")]
    [InlineData("""{"Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}""", "Effect")]
    [InlineData(
        """{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Oops":{"a:b":"c"}}}}""", "Oops")]
    [InlineData(
        """{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"a:b":"c"}}}}""",
        "IpAddress")]
    [InlineData(
        """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${a"}}""",
        "no end")]
    public void What_is_no_policy_of_a_user_is_refused_with_a_reason(string json, string reason)
    {
        var refused = Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse(json, PolicyKind.Identity));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_of_a_bucket_names_principals() => Assert.Contains(
        "Principal", Assert.Throws<PolicyFormatException>(() => OfBucket(AllowAll)).Message);

    [Fact]
    public void Size_and_depth_have_limits()
    {
        var long_ = Document($"\"Sid\":\"{new string('x', PolicyDocument.MaxBytes)}\"," + AllowAll);
        Assert.Contains("bytes", Assert.Throws<PolicyFormatException>(
            () => PolicyDocument.Parse(long_, PolicyKind.Identity)).Message);
        var deep = Document($"\"Sid\":{new string('[', 1000)}{new string(']', 1000)}," + AllowAll);
        Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse(deep, PolicyKind.Identity));
    }

    [Fact]
    public void Damaged_texts_are_refused_or_mean_something_but_never_fail_otherwise()
    {
        var whole = Document(
            "\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"ann\"]}," + Bucket
            + ",\"Condition\":{\"StringLike\":{\"s3:prefix\":[\"${aws:username}/*\"]}}");
        Prop.ForAll(
            Gen.Choose(0, whole.Length - 1).ToArbitrary(),
            Gen.Elements("\"{}[],:*?$a1\\\0é".ToCharArray()).ToArbitrary(),
            (at, letter) =>
            {
                var damaged = new StringBuilder(whole) { [at] = letter }.ToString();
                try
                {
                    PolicyDocument.Parse(damaged, PolicyKind.Resource).Evaluate(Request(by: Ann));
                }
                catch (PolicyFormatException)
                {
                    // As it should be.
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Theory]
    [InlineData("\"Effect\":\"Allow\",\"Principal\":\"*\"", true)]
    [InlineData("\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"ann\",\"*\"]}", true)]
    [InlineData("\"Effect\":\"Allow\",\"NotPrincipal\":{\"AWS\":\"ann\"}", true)]
    [InlineData("\"Effect\":\"Deny\",\"Principal\":\"*\"", false)]
    [InlineData("\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"ann\"}", false)]
    [InlineData(ToAll + ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/32\"}}", false)]
    [InlineData(ToAll + ",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"0.0.0.0/1\"}}", true)]
    [InlineData(ToAll + ",\"Condition\":{\"StringLike\":{\"aws:username\":\"*\"}}", true)]
    [InlineData(ToAll + ",\"Condition\":{\"StringEquals\":{\"aws:username\":\"ann\"}}", false)]
    [InlineData(ToAll + ",\"Condition\":{\"StringNotEquals\":{\"aws:username\":\"ann\"}}", true)]
    [InlineData(ToAll + ",\"Condition\":{\"StringEquals\":{\"s3:x-amz-acl\":\"private\"}}", true)]
    public void A_policy_is_public_where_it_lets_in_whoever_comes(string statement, bool isPublic) =>
        Assert.Equal(isPublic, OfBucket($"{statement},{Bucket}").IsPublic);

    [Fact]
    public void A_session_may_do_what_both_its_user_and_its_policy_allow()
    {
        var directory = new IdentityDirectory(TimeProvider.System);
        var getOnly = Document("\"Effect\":\"Allow\",\"Action\":\"s3:Get*\",\"Resource\":\"*\"");
        var user = new User(
            "ann", Ann.CanonicalId, "Ann", null, false, true, default,
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("all", Document(AllowAll)),
            Quota.None);
        var key = new AccessKey("KEY", "secret", "ann", true, default, default, "token", getOnly);
        Assert.Equal(PolicyDecision.Allow, directory.Evaluate(user, null, Request("s3:PutObject", by: Ann)));
        Assert.Equal(PolicyDecision.None, directory.Evaluate(user, key, Request("s3:PutObject", by: Ann)));
        Assert.Equal(PolicyDecision.Allow, directory.Evaluate(user, key, Request(by: Ann)));
        var root = user with { IsRoot = true };
        Assert.Equal(PolicyDecision.None, directory.Evaluate(root, key, Request("s3:PutObject", by: Ann)));
        var damaged = user with { Policies = user.Policies.Add("damaged", "{") };
        Assert.Equal(PolicyDecision.Deny, directory.Evaluate(damaged, null, Request(by: Ann)));
    }

    private static void JudgeDenial(int before, int behind)
    {
        var policy = OfUser([
            .. Enumerable.Repeat(AllowAll, before), "\"Effect\":\"Deny\"," + Bucket,
            .. Enumerable.Repeat(AllowAll, behind)]);
        Assert.Equal(PolicyDecision.Deny, policy.Evaluate(Request(by: Ann)));
        Assert.Equal(
            before + behind == 0 ? PolicyDecision.None : PolicyDecision.Allow,
            policy.Evaluate(Request(resource: "arn:aws:s3:::other/key", by: Ann)));
    }
}
