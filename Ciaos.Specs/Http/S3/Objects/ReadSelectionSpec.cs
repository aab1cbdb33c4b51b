using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ReadSelectionSpec
{
    private static readonly IndexProtocol.ObjectRecord Plain = Records.Of(11, ("checksum-crc32", "AAAAAA=="));
    private static readonly IndexProtocol.ObjectRecord InParts = Records.Of(
        21, ("parts", "10x2,1;sha256:aaa,bbb,ccc"), ("checksum-sha256", "xyz-3"), ("checksum-type", "COMPOSITE"));

    [Theory]
    [InlineData("bytes=4-7", 4, 4)]
    [InlineData("bytes=4-", 4, 7)]
    [InlineData("bytes=-7", 4, 7)]
    [InlineData("bytes=-70", 0, 11)]
    [InlineData("bytes=0-99", 0, 11)]
    public void A_range_is_a_part_of_the_object(string range, long offset, long length) =>
        Assert.Equal(new ByteRange(RangeKind.Part, offset, length), Select(Plain, "", range).Range);

    [Theory]
    [InlineData("bytes=4-2")]
    [InlineData("bytes=a-b")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=0-1,3-4")]
    public void What_is_no_range_is_passed_over(string range) => Assert.True(Select(Plain, "", range).IsWhole);

    [Theory]
    [InlineData(11, "bytes=40-50")]
    [InlineData(11, "bytes=11-")]
    [InlineData(11, "bytes=-0")]
    [InlineData(0, "bytes=40-50")]
    [InlineData(0, "bytes=0-")]
    [InlineData(0, "bytes=-5")]
    public void A_range_without_bytes_is_refused(long size, string range)
    {
        var refused = Assert.Throws<S3Exception>(() => Select(Records.Of(size), "", range));

        Assert.Equal(S3Error.InvalidRange, refused.Error);
        Assert.Contains(new KeyValuePair<string, string>("Content-Range", $"bytes */{size}"), refused.Headers);
    }

    [Fact]
    public void A_range_of_an_object_that_has_changed_is_the_whole()
    {
        var found = Records.Of(11, ("etag", "tag"));

        Assert.True(Select(found, "", "bytes=4-7", "\"other\"").IsWhole);
        Assert.False(Select(found, "", "bytes=4-7", "\"tag\"").IsWhole);
    }

    [Theory]
    [InlineData(1, "bytes 0-9/21", "aaa")]
    [InlineData(2, "bytes 10-19/21", "bbb")]
    [InlineData(3, "bytes 20-20/21", "ccc")]
    public void A_part_is_found_with_its_own_checksum(int number, string range, string checksum)
    {
        var response = Answer(InParts, $"partNumber={number}");

        Assert.Equal(206, response.StatusCode);
        Assert.Equal(range, response.Headers.ContentRange);
        Assert.Equal("3", response.Headers["x-amz-mp-parts-count"]);
        Assert.Equal(checksum, response.Headers["x-amz-checksum-sha256"]);
    }

    [Fact]
    public void An_object_that_came_at_once_is_its_only_part()
    {
        var response = Answer(Plain, "partNumber=1");

        Assert.Equal(206, response.StatusCode);
        Assert.Equal("bytes 0-10/11", response.Headers.ContentRange);
        Assert.Equal("AAAAAA==", response.Headers["x-amz-checksum-crc32"]);
        Assert.False(response.Headers.ContainsKey("x-amz-mp-parts-count"));
        Assert.Equal(200, Answer(Records.Of(0), "partNumber=1").StatusCode);
    }

    [Fact]
    public void A_checksum_of_other_bytes_is_not_sent()
    {
        Assert.Equal("xyz-3", Answer(InParts, "").Headers["x-amz-checksum-sha256"]);
        Assert.Equal("AAAAAA==", Answer(Plain, "").Headers["x-amz-checksum-crc32"]);
        Assert.DoesNotContain(
            Answer(Plain, "", "bytes=1-2").Headers.Keys,
            name => name.StartsWith("x-amz-checksum", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("partNumber=4", "InvalidPart")]
    [InlineData("partNumber=0", "InvalidArgument")]
    [InlineData("partNumber=10001", "InvalidArgument")]
    [InlineData("partNumber=one", "InvalidArgument")]
    public void A_part_that_is_none_is_refused(string query, string code) =>
        Assert.Equal(code, Assert.Throws<S3Exception>(() => Select(InParts, query)).Error.Code);

    [Fact]
    public void A_part_and_a_range_cannot_both_be_meant() => Assert.Equal(
        S3Error.InvalidRequest,
        Assert.Throws<S3Exception>(() => Select(InParts, "partNumber=1", "bytes=0-1")).Error);

    private static ReadSelection Select(
        IndexProtocol.ObjectRecord found, string query, string? range = null, string? ifRange = null)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        if (range is not null) headers.Range = range;
        if (ifRange is not null) headers.IfRange = ifRange;
        return ReadSelection.Of(S3Query.Parse(query), headers, found);
    }

    private static HttpResponse Answer(IndexProtocol.ObjectRecord found, string query, string? range = null)
    {
        var response = new DefaultHttpContext().Response;
        Select(found, query, range).Write(response, found, withChecksums: true);
        return response;
    }
}
