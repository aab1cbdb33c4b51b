using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class CorsConfigurationSpec
{
    [Fact]
    public void Rules_come_back_as_they_were_set()
    {
        var document = Xml.AssertRoundTrip<CorsConfiguration>(
            "<CORSRule><ID>one</ID><AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>"
            + "<AllowedOrigin>*.get</AllowedOrigin><AllowedHeader>x-*</AllowedHeader>"
            + "<ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>");
        Assert.Equal(["GET", "PUT"], Assert.Single(document.Rules).Methods.ToArray());
    }

    [Theory]
    [InlineData("", "MalformedXML")]
    [InlineData("<CORSRule><AllowedOrigin>*</AllowedOrigin></CORSRule>", "MalformedXML")]
    [InlineData("<CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule>", "MalformedXML")]
    [InlineData(
        "<CORSRule><AllowedMethod>get</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>", "InvalidRequest")]
    [InlineData(
        "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>a*b*</AllowedOrigin></CORSRule>",
        "InvalidRequest")]
    [InlineData(
        "<CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>"
        + "<ExposeHeader>x-*</ExposeHeader></CORSRule>",
        "InvalidRequest")]
    public void Rules_that_cannot_be_are_refused(string inner, string code) =>
        Assert.Equal(code, Xml.RefusalCode<CorsConfiguration>(inner));

    [Theory]
    [InlineData("start*end", "startend", true)]
    [InlineData("start*end", "start12end", true)]
    [InlineData("start*end", "0start12end", false)]
    [InlineData("*suffix", "foo.suffix", true)]
    [InlineData("*suffix", "foo.suffix.get", false)]
    [InlineData("prefix*", "prefix", true)]
    [InlineData("prefix*", "bla.prefix", false)]
    [InlineData("ab*ba", "aba", false)]
    [InlineData("*", "anything", true)]
    [InlineData("http://a.org", "HTTP://a.org", false)]
    public void An_origin_matches_with_one_wildcard(string pattern, string origin, bool matches) =>
        Assert.Equal(matches, Rule(pattern).Find(origin, "GET", []) is not null);

    [Fact]
    public void Method_and_every_header_must_be_allowed()
    {
        var document = Rule("*", "<AllowedHeader>x-amz-*</AllowedHeader>");
        Assert.NotNull(document.Find("a", "GET", ["X-Amz-Meta-A", "x-amz-b"]));
        Assert.Null(document.Find("a", "GET", ["x-amz-a", "x-other"]));
        Assert.Null(document.Find("a", "PUT", []));
        Assert.Null(Rule("*").Find("a", "GET", ["x-amz-a"]));
    }

    private static CorsConfiguration Rule(string origin, string headers = "") => Xml.Parse<CorsConfiguration>(
        "<CORSRule><AllowedMethod>GET</AllowedMethod>"
        + $"<AllowedOrigin>{origin}</AllowedOrigin>{headers}</CORSRule>");
}
