using Ciaos.Http.S3;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ObjectHeadersSpec
{
    [Theory]
    [InlineData("Content-Type", "text/plain; charset=UTF-8")]
    [InlineData("Cache-Control", "public, max-age=14400")]
    [InlineData("Content-Disposition", "attachment; filename=\"a.txt\"")]
    [InlineData("Content-Encoding", "deflate, gzip")]
    [InlineData("Content-Language", "de")]
    [InlineData("Expires", "Sun, 22 Nov 2026 12:00:00 GMT")]
    [InlineData("x-amz-meta-Color", "bl\u00c3\u00a4u")]
    [InlineData("x-amz-meta-empty", "")]
    [InlineData("x-amz-storage-class", "STANDARD_IA")]
    [InlineData("x-amz-website-redirect-location", "/elsewhere")]
    public void What_a_client_says_comes_back(string header, string value)
    {
        var response = Roundtrip((header, value));

        Assert.Equal(value, response.Headers[header]);
    }

    [Fact]
    public void An_object_of_which_nothing_is_said_is_a_stream_of_bytes()
    {
        var response = Roundtrip();

        Assert.Equal(["Content-Type"], response.Headers.Keys);
        Assert.Equal("binary/octet-stream", response.Headers.ContentType);
    }

    [Theory]
    [InlineData("gzip, aws-chunked", "gzip")]
    [InlineData("aws-chunked, gzip", "gzip")]
    [InlineData("AWS-Chunked", "")]
    [InlineData("aws-chunked, aws-chunked", "")]
    [InlineData("aws-chunked,deflate,gzip", "deflate, gzip")]
    public void The_framing_of_the_body_is_no_encoding_of_the_object(string sent, string kept) =>
        Assert.Equal(kept, Roundtrip(("Content-Encoding", sent)).Headers.ContentEncoding.ToString());

    [Fact]
    public void User_metadata_beyond_2_kib_is_refused()
    {
        Read(("x-amz-meta-a", new string('x', 2047)));

        Assert.Equal(S3Error.MetadataTooLarge, Refused(("x-amz-meta-a", new string('x', 2048))));
        Assert.Equal(
            S3Error.MetadataTooLarge,
            Refused(("x-amz-meta-a", new string('x', 1500)), ("x-amz-meta-b", new string('x', 1500))));
    }

    [Fact]
    public void Control_characters_are_refused() =>
        Assert.Equal(S3Error.InvalidArgument, Refused(("x-amz-meta-a", "\u0004w")));

    [Fact]
    public void The_usual_storage_class_is_not_told_and_an_unknown_one_refused()
    {
        Assert.Empty(Read(("x-amz-storage-class", "STANDARD")));
        Assert.Equal(S3Error.InvalidStorageClass, Refused(("x-amz-storage-class", "CHEAP")));
    }

    [Fact]
    public void Tags_are_counted()
    {
        Assert.Equal("2", Roundtrip(("x-amz-tagging", "foo=bar&baz")).Headers["x-amz-tagging-count"]);
        Assert.Equal(S3Error.InvalidArgument, Refused(("x-amz-tagging", "a=1&a=2")));
    }

    [Fact]
    public void A_redirect_leads_somewhere() =>
        Assert.Equal(ObjectErrors.InvalidRedirectLocation, Refused(("x-amz-website-redirect-location", "there")));

    [Fact]
    public void A_query_may_override_what_is_answered_but_not_namelessly()
    {
        var query = S3Query.Parse("response-content-type=foo/bar&response-cache-control=no-cache&response-expires=123");
        var response = Roundtrip(("Content-Type", "text/plain"), ("Content-Language", "de"));

        ObjectHeaders.Override(response, query, isAnonymous: false);

        Assert.Equal("foo/bar", response.Headers.ContentType);
        Assert.Equal("no-cache", response.Headers.CacheControl);
        Assert.Equal("123", response.Headers.Expires);
        Assert.Equal("de", response.Headers.ContentLanguage);
        Assert.Equal(
            S3Error.InvalidRequest,
            Assert.Throws<S3Exception>(() => ObjectHeaders.Override(response, query, isAnonymous: true)).Error);
        ObjectHeaders.Override(response, S3Query.Parse(""), isAnonymous: true);
    }

    private static HttpResponse Roundtrip(params (string Name, string Value)[] headers)
    {
        var response = new DefaultHttpContext().Response;
        ObjectHeaders.Write(response, Records.Of(5, [.. Read(headers).Select(entry => (entry.Key, entry.Value))]));
        return response;
    }

    private static IReadOnlyDictionary<string, string> Read(params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers) dictionary[name] = value;
        return ObjectHeaders.Read(ObjectFields.Of(dictionary));
    }

    private static S3Error Refused(params (string Name, string Value)[] headers) =>
        Assert.Throws<S3Exception>(() => Read(headers)).Error;
}
