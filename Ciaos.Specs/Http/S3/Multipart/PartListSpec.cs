using Ciaos.Http.S3.Multipart;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class PartListSpec
{
    [Fact]
    public void Equal_sizes_in_a_row_are_counted()
    {
        var parts = new PartList([5242880, 5242880, 5242880, 1024, 5242880], null, []);

        Assert.Equal("5242880x3,1024,5242880", parts.Format());
    }

    [Fact]
    public void Checksums_follow_their_algorithm()
    {
        var parts = new PartList([7, 7], "crc32", ["AAAAAA==", "BBBBBB=="]);

        Assert.Equal("7x2;crc32:AAAAAA==,BBBBBB==", parts.Format());
    }

    [Fact]
    public void A_part_is_found_behind_those_before_it()
    {
        Assert.True(PartList.TryParse("10x2,5;sha256:a=,b=,c=", out var parts));

        Assert.Equal(3, parts.Count);
        Assert.Equal((0, 10), parts.Find(1));
        Assert.Equal((20, 5), parts.Find(3));
        Assert.Equal("c=", parts.ChecksumOf(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => parts.Find(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => parts.Find(0));
    }

    [Fact]
    public void What_is_written_is_read() =>
        Prop.ForAll<NonEmptyArray<byte>, bool>((sizes, withChecksums) =>
        {
            var parts = new PartList(
                [.. sizes.Get.Select(size => (long)(size % 3))],
                withChecksums ? "crc32c" : null,
                withChecksums ? [.. sizes.Get.Select((_, index) => $"sum{index}")] : []);

            Assert.True(PartList.TryParse(parts.Format(), out var read));

            Assert.Equal(parts.SizesBytes.AsEnumerable(), read.SizesBytes);
            Assert.Equal(parts.Algorithm, read.Algorithm);
            Assert.Equal(parts.Checksums.AsEnumerable(), read.Checksums);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("5,")]
    [InlineData("-5")]
    [InlineData("5x1")]
    [InlineData("5x")]
    [InlineData("5x20000")]
    [InlineData("9223372036854775807x2")]
    [InlineData("5;sha256")]
    [InlineData("5;:a=")]
    [InlineData("5;sha256:a=,b=")]
    [InlineData("5x2;sha256:a=,")]
    public void Anything_else_is_refused(string text) => Assert.False(PartList.TryParse(text, out _));
}
