using System.Globalization;
using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Post;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Post;

public sealed class PostFieldsSpec
{
    private const string Tagging =
        "<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>";

    [Fact]
    public async Task Fields_mean_what_headers_mean()
    {
        var form = await FormAsync(
            ("acl", "public-read"), ("tagging", Tagging), ("Content-Type", "text/plain"), ("X-Amz-Meta-Foo", "bar"));

        var fields = PostFields.ToHeaders(form);

        Assert.Equal("public-read", fields.Find("x-amz-acl"));
        Assert.Equal("a=b%20c", fields.Find("x-amz-tagging"));
        Assert.Equal("text/plain", fields.Find("content-type"));
        Assert.Equal("bar", fields.Find("x-amz-meta-foo"));
    }

    [Fact]
    public async Task Headers_that_came_beside_the_form_count_for_nothing()
    {
        var headers = new HeaderDictionary { ["x-amz-acl"] = "public-read-write", ["x-amz-storage-class"] = "GLACIER" };

        PostFields.Replace(headers, PostFields.ToHeaders(await FormAsync(("acl", "private"))));

        Assert.Equal("private", headers["x-amz-acl"]);
        Assert.False(headers.ContainsKey("x-amz-storage-class"));
    }

    [Fact]
    public async Task A_form_never_looks_like_a_copy()
    {
        var headers = new HeaderDictionary();

        PostFields.Replace(
            headers, PostFields.ToHeaders(await FormAsync(("X-Amz-Copy-Source", "public/a"), ("x-amz-meta-a", "b"))));

        Assert.Equal(["x-amz-meta-a"], headers.Keys);
    }

    [Fact]
    public async Task Tags_that_are_no_document_are_refused()
    {
        var form = await FormAsync(("tagging", "a=b"));

        Assert.Same(S3Error.MalformedXml, Assert.Throws<S3Exception>(() => PostFields.ToHeaders(form)).Error);
    }

    [Fact]
    public async Task The_key_may_take_the_files_name() => Assert.Equal(
        "photos/cat.jpg", PostFields.KeyOf(await FormAsync(("key", "photos/${filename}"))).Value);

    [Theory]
    [InlineData(0, "InvalidArgument")]
    [InlineData(1025, "KeyTooLongError")]
    public async Task A_key_must_be_one(int length, string code)
    {
        var form = await FormAsync(("key", new string('k', length)));

        Assert.Equal(code, Assert.Throws<S3Exception>(() => PostFields.KeyOf(form)).Error.Code);
    }

    private static Task<PostForm> FormAsync(params (string Name, string Value)[] fields)
    {
        var body = new StringBuilder();
        foreach (var (name, value) in fields)
            body.Append(
                CultureInfo.InvariantCulture,
                $"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.Append("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cat.jpg\"\r\n\r\n")
            .Append("meow\r\n--b--\r\n");
        var context = new DefaultHttpContext();
        context.Request.ContentType = "multipart/form-data; boundary=b";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body.ToString()));
        return PostForm.ReadAsync(context);
    }
}
