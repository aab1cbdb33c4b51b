using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

public sealed class PresignedHeadersSpec
{
    private const string Presigned =
        "X-Amz-Algorithm=A&X-Amz-Signature=0&X-Amz-Expires=9&x-amz-acl=public-read&x-amz-meta-a=gr%C3%BCn"
        + "&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-checksum-mode=ENABLED&content-type=no";

    [Fact]
    public void Headers_in_the_query_of_a_presigned_address_count()
    {
        var headers = new HeaderDictionary();

        PresignedHeaders.Apply(headers, S3Query.Parse(Presigned));

        Assert.Equal(["x-amz-acl", "x-amz-checksum-mode", "x-amz-meta-a"], headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("gr\u00c3\u00bcn", headers["x-amz-meta-a"]);
    }

    [Fact]
    public void What_came_as_a_header_counts_more()
    {
        var headers = new HeaderDictionary { ["x-amz-acl"] = "private" };

        PresignedHeaders.Apply(headers, S3Query.Parse(Presigned));

        Assert.Equal("private", headers["x-amz-acl"]);
    }

    [Fact]
    public void A_query_that_nobody_signed_has_none()
    {
        var headers = new HeaderDictionary();

        PresignedHeaders.Apply(headers, S3Query.Parse("x-amz-acl=public-read"));

        Assert.Empty(headers);
    }
}
