using Ciaos.Http.Raw;
using Xunit;

namespace Ciaos.Specs.Http.Raw;

public sealed class ByteRangeSpec
{
    [Theory]
    [InlineData("bytes=0-0", 100, 0, 1)]
    [InlineData("bytes=0-", 100, 0, 100)]
    [InlineData("bytes=99-", 100, 99, 1)]
    [InlineData("bytes=10-19", 100, 10, 10)]
    [InlineData("bytes=10-1000", 100, 10, 90)]
    [InlineData("bytes=-1", 100, 99, 1)]
    [InlineData("bytes=-1000", 100, 0, 100)]
    [InlineData("BYTES= 1-2 ", 100, 1, 2)]
    [InlineData("bytes=5-99999999999999999999999999", 100, 5, 95)]
    [InlineData("bytes=0-9223372036854775807", 100, 0, 100)]
    public void A_range_is_cut_to_what_is_there(string header, long size, long offset, long length) =>
        Assert.Equal(new ByteRange(RangeKind.Part, offset, length), ByteRange.Parse(header, size));

    [Theory]
    [InlineData("bytes=100-", 100)]
    [InlineData("bytes=100-200", 100)]
    [InlineData("bytes=-0", 100)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-5", 0)]
    [InlineData("bytes=9223372036854775807-", 100)]
    [InlineData("bytes=99999999999999999999-", 100)]
    public void A_range_without_a_byte_that_is_there_cannot_be_satisfied(string header, long size) =>
        Assert.Equal(RangeKind.Unsatisfiable, ByteRange.Parse(header, size)?.Kind);

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=1")]
    [InlineData("bytes=2-1")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=1-2,4-5")]
    [InlineData("bytes=1 - 2")]
    [InlineData("pages=1-2")]
    public void What_is_no_single_range_of_bytes_is_passed_over(string header) =>
        Assert.Null(ByteRange.Parse(header, 100));
}
