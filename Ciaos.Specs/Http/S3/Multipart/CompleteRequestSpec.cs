using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Multipart;
using Xunit;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class CompleteRequestSpec
{
    [Fact]
    public void Parts_come_with_tag_and_checksums()
    {
        var parts = Parse(
            "<Part><ETag>\"aa\"</ETag><PartNumber>1</PartNumber><ChecksumSHA256>x=</ChecksumSHA256></Part>"
            + "<Part><PartNumber> 7 </PartNumber><ETag>bb</ETag><ChecksumMD6>y=</ChecksumMD6></Part>");

        Assert.Equal([1, 7], parts.Select(part => part.Number));
        Assert.Equal(["aa", "bb"], parts.Select(part => part.ETag));
        Assert.Equal((ChecksumAlgorithm.Sha256, "x="), Assert.Single(parts[0].Checksums));
        Assert.Null(Assert.Single(parts[1].Checksums).Algorithm);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Part><PartNumber>1</PartNumber></Part>")]
    [InlineData("<Part><ETag>aa</ETag></Part>")]
    [InlineData("<Part><PartNumber>one</PartNumber><ETag>aa</ETag></Part>")]
    [InlineData("<Part><PartNumber>1</PartNumber><ETag>aa</ETag><ETag>bb</ETag></Part>")]
    [InlineData("<Part><PartNumber>1</PartNumber><ETag>aa</ETag><Size>1</Size></Part>")]
    [InlineData("<Key>a</Key>")]
    [InlineData("<Part>")]
    public void What_does_not_fit_the_schema_is_malformed(string inner) =>
        Assert.Same(S3Error.MalformedXml, Assert.Throws<S3Exception>(() => Parse(inner)).Error);

    [Fact]
    public void No_document_is_malformed() => Assert.Same(
        S3Error.MalformedXml,
        Assert.Throws<S3Exception>(() => CompleteRequest.Parse(ReadOnlyMemory<byte>.Empty)).Error);

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Part_numbers_go_from_1_to_10000(int number) =>
        Assert.Same(S3Error.InvalidArgument, Assert.Throws<S3Exception>(() => Parse(Part(number))).Error);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void Parts_must_ascend(int first, int second) => Assert.Same(
        S3Error.InvalidPartOrder, Assert.Throws<S3Exception>(() => Parse(Part(first) + Part(second))).Error);

    [Fact]
    public void Ten_thousand_parts_are_taken() =>
        Assert.Equal(10_000, Parse(string.Concat(Enumerable.Range(1, 10_000).Select(Part))).Length);

    private static string Part(int number) => $"<Part><PartNumber>{number}</PartNumber><ETag>aa</ETag></Part>";

    private static System.Collections.Immutable.ImmutableArray<RequestedPart> Parse(string inner) =>
        CompleteRequest.Parse(Encoding.UTF8.GetBytes(
            $"<CompleteMultipartUpload xmlns=\"{S3Xml.Namespace}\">{inner}</CompleteMultipartUpload>"));
}
