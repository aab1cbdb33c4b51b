using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Multipart;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class BegunWithSpec
{
    [Fact]
    public void What_policies_may_ask_for_is_kept()
    {
        var metadata = ObjectMetadata.None.ToBuilder();

        BegunWith.Write(
            new HeaderDictionary { ["X-Amz-Acl"] = "private", ["x-amz-tagging"] = "a=b&c=d", ["Host"] = "h" },
            metadata);

        var kept = S3Query.Parse(metadata[BegunWith.Key]);
        Assert.Equal("private", kept.Find("x-amz-acl"));
        Assert.Equal("a=b&c=d", kept.Find("x-amz-tagging"));
        Assert.Equal(2, kept.Parameters.Length);
    }

    [Fact]
    public void A_key_of_the_client_is_never_kept()
    {
        var metadata = ObjectMetadata.None.ToBuilder();

        BegunWith.Write(
            new HeaderDictionary
            {
                ["x-amz-server-side-encryption-customer-key"] = "secret",
                ["x-amz-server-side-encryption-customer-key-MD5"] = "secret too",
            },
            metadata);

        Assert.Empty(metadata);
    }
}
