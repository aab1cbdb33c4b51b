using Ciaos.Http.S3;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Access;

/// <summary>ACLs by name, by header, and as they are kept.</summary>
public sealed class AclsSpec
{
    private const string Me = "aaaa";
    private const string Other = "bbbb";

    private static readonly Grantees Users = new(
        id => id is Me or Other ? id : null, email => email == "other@example.org" ? Other : null);

    [Theory]
    [InlineData("private", "FULL_CONTROL=aaaa")]
    [InlineData("public-read", "READ=@global/AllUsers,FULL_CONTROL=aaaa")]
    [InlineData("public-read-write", "READ=@global/AllUsers,WRITE=@global/AllUsers,FULL_CONTROL=aaaa")]
    [InlineData("authenticated-read", "READ=@global/AuthenticatedUsers,FULL_CONTROL=aaaa")]
    [InlineData("log-delivery-write", "WRITE=@s3/LogDelivery,READ_ACP=@s3/LogDelivery,FULL_CONTROL=aaaa")]
    [InlineData("bucket-owner-read", "FULL_CONTROL=aaaa,READ=bbbb")]
    [InlineData("bucket-owner-full-control", "FULL_CONTROL=aaaa,FULL_CONTROL=bbbb")]
    public void A_canned_acl_is_kept_and_read_back(string name, string text)
    {
        var acl = CannedAcl.Of(name, Me, Other);
        Assert.Equal(text, acl.ToText());
        Assert.Equal(acl.Grants.ToArray(), GrantList.FromText(text).Grants.ToArray());
    }

    [Fact]
    public void An_empty_list_is_kept_as_such()
    {
        Assert.Empty(GrantList.FromText(GrantList.Nothing.ToText()).Grants);
        Assert.True(GrantList.Private(Me).IsPrivateTo(Me));
        Assert.False(GrantList.Nothing.IsPrivateTo(Me));
    }

    [Fact]
    public void The_owner_of_both_gets_one_grant() =>
        Assert.Equal("FULL_CONTROL=aaaa", CannedAcl.Of("bucket-owner-full-control", Me, Me).ToText());

    [Fact]
    public void A_name_that_is_none_is_refused() =>
        Assert.Equal("InvalidArgument", Refusal(() => CannedAcl.Of("public", Me, Me)));

    [Fact]
    public void Headers_grant_in_the_order_of_permissions()
    {
        var headers = new HeaderDictionary
        {
            ["x-amz-grant-full-control"] = "id=bbbb",
            ["x-amz-grant-write"] = "emailAddress=\"other@example.org\"",
            ["x-amz-grant-read"] = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id=\"aaaa\"",
        };
        Assert.Equal(
            "READ=@global/AllUsers,READ=aaaa,WRITE=bbbb,FULL_CONTROL=bbbb",
            AclHeaders.From(headers).Resolve(Me, Me, Users).ToText());
    }

    [Fact]
    public void Without_headers_it_is_private() =>
        Assert.True(AclHeaders.From(new HeaderDictionary()).Resolve(Me, Other, Users).IsPrivateTo(Me));

    [Theory]
    [InlineData("id=cccc", "InvalidArgument")]
    [InlineData("emailAddress=nobody@example.org", "UnresolvableGrantByEmailAddress")]
    [InlineData("uri=http://example.org/all", "InvalidArgument")]
    [InlineData("aaaa", "InvalidArgument")]
    [InlineData("name=me", "InvalidArgument")]
    public void A_grant_to_nobody_is_refused(string value, string code) =>
        Assert.Equal(code, Refusal(() =>
            AclHeaders.From(new HeaderDictionary { ["x-amz-grant-read"] = value }).Resolve(Me, Me, Users)));

    [Fact]
    public void Both_kinds_of_headers_are_refused() =>
        Assert.Equal("InvalidRequest", Refusal(() => AclHeaders.From(
            new HeaderDictionary { ["x-amz-acl"] = "private", ["x-amz-grant-read"] = "id=aaaa" })));

    [Theory]
    [InlineData("READ=@global/AllUsers", "READ", null, true)]
    [InlineData("READ=@global/AllUsers", "WRITE", "aaaa", false)]
    [InlineData("READ=@global/AuthenticatedUsers", "READ", null, false)]
    [InlineData("READ=@global/AuthenticatedUsers", "READ", "bbbb", true)]
    [InlineData("READ=@s3/LogDelivery", "READ", "bbbb", false)]
    [InlineData("FULL_CONTROL=bbbb", "WRITE_ACP", "bbbb", true)]
    [InlineData("FULL_CONTROL=bbbb", "READ", "aaaa", false)]
    [InlineData("-", "READ", "aaaa", false)]
    public void A_list_allows_what_it_grants(string acl, string permission, string? user, bool allows) =>
        Assert.Equal(allows, GrantList.FromText(acl).Allows(permission, user));

    private static string Refusal(Func<object> act) => Assert.Throws<S3Exception>(act).Error.Code;
}
