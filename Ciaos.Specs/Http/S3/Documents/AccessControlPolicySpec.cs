using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class AccessControlPolicySpec
{
    private const string Instance = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

    [Fact]
    public void Every_kind_of_grantee_comes_back_as_it_was_sent()
    {
        var policy = Xml.AssertRoundTrip<AccessControlPolicy>(
            "<Owner><ID>1234</ID></Owner><AccessControlList>"
            + Grant("CanonicalUser", "<ID>1234</ID>", "FULL_CONTROL")
            + Grant("Group", "<URI>http://acs.amazonaws.com/groups/global/AllUsers</URI>", "READ")
            + Grant("AmazonCustomerByEmail", "<EmailAddress>a@b.org</EmailAddress>", "WRITE_ACP")
            + "</AccessControlList>");
        Assert.Equal("1234", policy.OwnerId);
        Assert.Equal([false, true, false], policy.Grants.Select(grant => grant.IsPublic));
        Assert.Empty(Xml.Parse<AccessControlPolicy>("<AccessControlList/>").Grants);
    }

    [Fact]
    public void The_type_may_be_missing() =>
        Assert.Equal(
            new AclGrant(GranteeKind.User, "1234", "READ"),
            Xml.Parse<AccessControlPolicy>(
                "<AccessControlList><Grant><Grantee><ID>1234</ID><DisplayName>me</DisplayName></Grantee>"
                + "<Permission>READ</Permission></Grant></AccessControlList>").Grants[0]);

    [Theory]
    [InlineData("", "MalformedACLError")]
    [InlineData("<AccessControlList><Grant/></AccessControlList>", "MalformedACLError")]
    [InlineData("<AccessControlList><Grant><Grantee/><Permission>READ</Permission></Grant></AccessControlList>",
        "MalformedACLError")]
    [InlineData("<AccessControlList><Grant><Grantee><ID>1</ID></Grantee><Permission>LOOK</Permission></Grant>"
        + "</AccessControlList>", "MalformedACLError")]
    [InlineData("<AccessControlList><Grant><Grantee><ID>1</ID><URI>x</URI></Grantee><Permission>READ</Permission>"
        + "</Grant></AccessControlList>", "MalformedACLError")]
    [InlineData("<AccessControlList><Grant><Grantee><URI>http://x/Everybody</URI></Grantee>"
        + "<Permission>READ</Permission></Grant></AccessControlList>", "InvalidArgument")]
    public void Lists_that_cannot_be_are_refused(string inner, string code) =>
        Assert.Equal(code, Xml.RefusalCode<AccessControlPolicy>(inner));

    private static string Grant(string type, string grantee, string permission) =>
        $"<Grant><Grantee xsi:type=\"{type}\" {Instance}>{grantee}</Grantee>"
        + $"<Permission>{permission}</Permission></Grant>";
}
