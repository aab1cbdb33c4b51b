using Ciaos.Actors.Identity.Policies;
using Xunit;
using static Ciaos.Specs.Identity.Policies.PolicyGen;

namespace Ciaos.Specs.Identity.Policies;

public sealed class PolicyConditionSpec
{
    // Operator, values of the policy, values of the request under the same key (none: the key is not there), holds?
    [Theory]
    [InlineData("StringEquals", "\"a\"", "a", true)]
    [InlineData("StringEquals", "\"a\"", "A", false)]
    [InlineData("StringEquals", "[\"x\",\"a\"]", "a", true)]
    [InlineData("StringEquals", "\"a*\"", "ab", false)]
    [InlineData("StringEquals", "\"a*\"", "a*", true)]
    [InlineData("StringEquals", "\"a\"", null, false)]
    [InlineData("StringEquals", "\"\"", "", true)]
    [InlineData("StringEqualsIfExists", "\"a\"", null, true)]
    [InlineData("StringEqualsIfExists", "\"a\"", "b", false)]
    [InlineData("StringNotEquals", "[\"x\",\"a\"]", "a", false)]
    [InlineData("StringNotEquals", "\"a\"", "b", true)]
    [InlineData("StringNotEquals", "\"a\"", null, true)]
    [InlineData("StringEqualsIgnoreCase", "\"a\"", "A", true)]
    [InlineData("StringNotEqualsIgnoreCase", "\"a\"", "A", false)]
    [InlineData("StringLike", "\"a*\"", "abc", true)]
    [InlineData("StringLike", "\"${aws:username}/*\"", "ann/x", true)]
    [InlineData("StringLike", "\"${aws:username}/*\"", "bob/x", false)]
    [InlineData("StringNotLike", "\"a*\"", "abc", false)]
    [InlineData("NumericEquals", "7", "7.0", true)]
    [InlineData("NumericNotEquals", "7", "8", true)]
    [InlineData("NumericLessThan", "\"7\"", "6", true)]
    [InlineData("NumericLessThan", "\"7\"", "7", false)]
    [InlineData("NumericLessThanEquals", "\"7\"", "7", true)]
    [InlineData("NumericGreaterThan", "\"7\"", "8", true)]
    [InlineData("NumericGreaterThanEquals", "\"7\"", "6", false)]
    [InlineData("NumericEquals", "7", "seven", false)]
    [InlineData("DateEquals", "\"2026-01-01T00:00:00Z\"", "2026-01-01", true)]
    [InlineData("DateLessThan", "\"2026-01-01T00:00:00Z\"", "2025-12-31T23:59:59Z", true)]
    [InlineData("DateGreaterThan", "\"2026-01-01T00:00:00Z\"", "1767225601", true)]
    [InlineData("DateGreaterThanEquals", "\"2026-01-01T00:00:00Z\"", "2025-12-31T23:59:59.9Z", false)]
    [InlineData("Bool", "true", "true", true)]
    [InlineData("Bool", "\"false\"", "true", false)]
    [InlineData("Bool", "\"false\"", null, false)]
    [InlineData("IpAddress", "\"10.0.0.0/8\"", "10.1.2.3", true)]
    [InlineData("IpAddress", "\"10.9.9.9/8\"", "10.1.2.3", true)]
    [InlineData("IpAddress", "\"10.0.0.0/8\"", "::ffff:10.1.2.3", true)]
    [InlineData("IpAddress", "\"10.0.0.0/8\"", "11.1.2.3", false)]
    [InlineData("IpAddress", "\"10.1.2.3\"", "10.1.2.4", false)]
    [InlineData("IpAddress", "\"2001:db8::/32\"", "2001:db8::1", true)]
    [InlineData("IpAddress", "\"10.0.0.0/8\"", "2001:db8::1", false)]
    [InlineData("NotIpAddress", "\"10.0.0.0/8\"", "10.1.2.3", false)]
    [InlineData("NotIpAddress", "\"10.0.0.0/8\"", "11.1.2.3", true)]
    [InlineData("Null", "true", null, true)]
    [InlineData("Null", "true", "a", false)]
    [InlineData("Null", "\"false\"", "a", true)]
    [InlineData("ArnEquals", "\"arn:aws:s3:::b*\"", "arn:aws:s3:::bucket", true)]
    [InlineData("ArnLike", "\"arn:aws:*:::b\"", "arn:aws:s3:eu::b", false)]
    [InlineData("ArnLike", "\"arn:aws:s3:::${aws:username}\"", "arn:aws:s3:::ann", true)]
    [InlineData("ArnNotEquals", "\"arn:aws:s3:::b\"", "arn:aws:s3:::b", false)]
    [InlineData("ArnNotLike", "\"arn:aws:s3:::b\"", "arn:aws:s3:::c", true)]
    [InlineData("ForAnyValue:StringEquals", "[\"a\",\"b\"]", "x|b", true)]
    [InlineData("ForAnyValue:StringEquals", "[\"a\",\"b\"]", "x|y", false)]
    [InlineData("ForAnyValue:StringEquals", "\"a\"", null, false)]
    [InlineData("ForAnyValue:StringNotEquals", "\"a\"", "a|b", true)]
    [InlineData("ForAllValues:StringEquals", "[\"a\",\"b\"]", "a|b", true)]
    [InlineData("ForAllValues:StringEquals", "[\"a\",\"b\"]", "a|x", false)]
    [InlineData("ForAllValues:StringEquals", "\"a\"", null, true)]
    [InlineData("ForAllValues:StringNotEquals", "\"a\"", "b|a", false)]
    [InlineData("ForAllValues:StringLikeIfExists", "\"a*\"", "ab|ac", true)]
    public void Operators_mean_what_they_mean_in_IAM(string @operator, string allowed, string? given, bool holds)
    {
        var policy = OfUser(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
            + $"\"Condition\":{{\"{@operator}\":{{\"s3:Some-Key\":{allowed}}}}}");
        var request = given is null
            ? Request(by: Ann)
            : Request(by: Ann, conditions: ("s3:some-key", given.Split('|')));
        Assert.Equal(holds ? PolicyDecision.Allow : PolicyDecision.None, policy.Evaluate(request));
    }

    [Fact]
    public void All_operators_and_keys_have_to_hold()
    {
        var policy = OfUser(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"
            + "\"StringEquals\":{\"s3:a\":\"1\",\"s3:b\":\"2\"},\"Bool\":{\"aws:SecureTransport\":true}}");
        Assert.Equal(PolicyDecision.Allow, Judge("1", "2", "true"));
        Assert.Equal(PolicyDecision.None, Judge("0", "2", "true"));
        Assert.Equal(PolicyDecision.None, Judge("1", "0", "true"));
        Assert.Equal(PolicyDecision.None, Judge("1", "2", "false"));

        PolicyDecision Judge(string a, string b, string secure) => policy.Evaluate(Request(
            by: Ann, conditions: [("s3:a", [a]), ("s3:b", [b]), ("aws:securetransport", [secure])]));
    }

    [Fact]
    public void The_name_of_a_tag_may_be_given_in_its_own_case()
    {
        var policy = OfUser(
            "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\","
            + "\"Condition\":{\"StringEquals\":{\"s3:ExistingObjectTag/Team\":\"blue\"}}");
        foreach (var key in new[] { "s3:existingobjecttag/team", "s3:existingobjecttag/Team" })
            Assert.Equal(PolicyDecision.Allow, policy.Evaluate(Request(by: Ann, conditions: (key, ["blue"]))));
        Assert.Equal(
            PolicyDecision.None,
            policy.Evaluate(Request(by: Ann, conditions: ("s3:existingobjecttag/TEAM", ["blue"]))));
    }
}
