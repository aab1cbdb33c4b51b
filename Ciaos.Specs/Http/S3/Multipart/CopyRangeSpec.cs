using Ciaos.Http.S3;
using Ciaos.Http.S3.Multipart;
using Xunit;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class CopyRangeSpec
{
    [Theory]
    [InlineData(null, 0, 10)]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=3-3", 3, 1)]
    public void A_range_lies_within_the_object(string? header, long offset, long length) =>
        Assert.Equal((offset, length), CopyRange.Find(header, 10));

    [Theory]
    [InlineData("0-2")]
    [InlineData("bytes=0")]
    [InlineData("bytes=hello-world")]
    [InlineData("bytes=0-bar")]
    [InlineData("bytes=hello-")]
    [InlineData("bytes=0-2,3-5")]
    [InlineData("bytes=-3")]
    [InlineData("bytes=3-")]
    [InlineData("bytes=5-3")]
    [InlineData("bytes=0-99999999999999999999")]
    [InlineData("")]
    public void Other_forms_are_refused(string header) =>
        Assert.Same(S3Error.InvalidArgument, Assert.Throws<S3Exception>(() => CopyRange.Find(header, 10)).Error);

    [Theory]
    [InlineData("bytes=0-10")]
    [InlineData("bytes=10-11")]
    public void A_range_behind_the_end_cannot_be_satisfied(string header) =>
        Assert.Same(S3Error.InvalidRange, Assert.Throws<S3Exception>(() => CopyRange.Find(header, 10)).Error);
}
