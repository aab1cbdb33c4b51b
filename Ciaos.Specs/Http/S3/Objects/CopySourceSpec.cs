using Ciaos.Http.S3;
using Ciaos.Http.S3.Objects;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class CopySourceSpec
{
    [Theory]
    [InlineData("bucket/key", "key")]
    [InlineData("/bucket/key", "key")]
    [InlineData("bucket%2Fa%2Fb", "a/b")]
    [InlineData("/bucket/a%20b%25", "a b%")]
    [InlineData("/bucket/a b", "a b")]
    [InlineData("bucket/100%", "100%")]
    [InlineData("bucket/a+b", "a+b")]
    [InlineData("bucket//slashes//", "/slashes//")]
    [InlineData("bucket/what?", "what?")]
    [InlineData("bucket/%ED%95%9C", "한")]
    [InlineData("bucket/foo%3FversionId%3Dbar", "foo?versionId=bar")]
    public void The_source_is_named_encoded_or_not(string header, string key)
    {
        var source = CopySource.Parse(header);

        Assert.Equal(("bucket", key, null), (source.Bucket, source.Key.Value, source.Version?.ToString()));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("000000000000000500000000000000ff")]
    public void It_may_name_a_version(string version)
    {
        var source = CopySource.Parse($"/bucket/a%2Fb?versionId={version}");

        Assert.Equal(("a/b", version), (source.Key.Value, source.Version.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bucket")]
    [InlineData("bucket/")]
    [InlineData("//key")]
    [InlineData("bucket/key?versionId=")]
    [InlineData("bucket/key?versionId=abc")]
    public void What_names_no_object_is_refused(string header) =>
        Assert.Equal(S3Error.InvalidArgument, Assert.Throws<S3Exception>(() => CopySource.Parse(header)).Error);
}
