using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Specs.Http.S3.Listing;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Http.S3.Listing.ListingDesk;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class UploadListingsSpec
{
    private static readonly UploadRecord Upload = new(
        Bucket.Id, ObjectKey.Create("a+b"), new UploadId(5, new ObjectId(9)), Noon, "cafe",
        ObjectMetadata.None.Add("checksum-algorithm", "CRC32").Add("checksum-type", "FULL_OBJECT"));

    private readonly ListingDesk _desk = new();

    [Fact]
    public async Task Uploads_are_listed_with_who_began_them()
    {
        _desk.Uploads = new UploadPage([Item(Upload), Prefix<UploadRecord>("c/")], HasMore: true);

        var answer = await _desk.GetAsync("/photos?uploads&max-uploads=2&delimiter=%2F&encoding-type=url");

        Assert.Equal("ListMultipartUploadsResult", answer.Name);
        var upload = Assert.Single(answer.Elements("Upload"));
        Assert.Equal("a%2Bb", upload.Element("Key")?.Value);
        Assert.Equal(Upload.Id.ToString(), upload.Element("UploadId")?.Value);
        Assert.Equal("cafe", upload.Element("Initiator")?.Element("ID")?.Value);
        Assert.Equal("2026-11-22T12:00:00.123Z", upload.Element("Initiated")?.Value);
        Assert.Equal("CRC32", upload.Element("ChecksumAlgorithm")?.Value);
        Assert.Equal("FULL_OBJECT", upload.Element("ChecksumType")?.Value);
        Assert.Equal("c/", answer.Element("NextKeyMarker")?.Value);
        Assert.Null(answer.Element("NextUploadIdMarker"));
        Assert.Equal("true", answer.Element("IsTruncated")?.Value);
    }

    [Fact]
    public async Task A_marker_is_a_key_and_an_upload_of_it()
    {
        await _desk.GetAsync($"/photos?uploads&key-marker=a%2Bb&upload-id-marker={Upload.Id}");
        Assert.Equal(new UploadQuery("", "", "a+b", Upload.Id, 1000), _desk.Query);

        await _desk.GetAsync("/photos?uploads&upload-id-marker=whatever");
        Assert.Equal(new UploadQuery("", "", "", null, 1000), _desk.Query);

        Assert.Same(
            S3Error.InvalidArgument,
            (await Assert.ThrowsAsync<S3Exception>(
                () => _desk.GetAsync("/photos?uploads&key-marker=a&upload-id-marker=whatever"))).Error);
    }

    [Fact]
    public async Task Parts_are_listed_page_by_page()
    {
        var metadata = ObjectMetadata.None.Add("etag", "abc").Add("checksum-crc32", "x=");
        _desk.Parts = new PartPage(Upload, [new PartRecord(4, 1, 10, Noon, metadata)], HasMore: true);

        var answer = await _desk.GetAsync(
            $"/photos/a%2Bb?uploadId={Upload.Id}&part-number-marker=3&max-parts=1");

        Assert.Equal(("a+b", Upload.Id, 3, 1), _desk.Query);
        Assert.Equal("ListPartsResult", answer.Name);
        Assert.Equal("a+b", answer.Element("Key")?.Value);
        Assert.Equal("3", answer.Element("PartNumberMarker")?.Value);
        Assert.Equal("4", answer.Element("NextPartNumberMarker")?.Value);
        Assert.Equal("1", answer.Element("MaxParts")?.Value);
        Assert.Equal("true", answer.Element("IsTruncated")?.Value);
        Assert.Equal("CRC32", answer.Element("ChecksumAlgorithm")?.Value);
        var part = Assert.Single(answer.Elements("Part"));
        Assert.Equal("4", part.Element("PartNumber")?.Value);
        Assert.Equal("\"abc\"", part.Element("ETag")?.Value);
        Assert.Equal("10", part.Element("Size")?.Value);
        Assert.Equal("x=", part.Element("ChecksumCRC32")?.Value);
    }

    [Theory]
    [InlineData("56788")]
    [InlineData("00000000000000050000000000000009")]
    public async Task An_upload_that_is_not_there_has_no_parts(string id) => Assert.Same(
        S3Error.NoSuchUpload,
        (await Assert.ThrowsAsync<S3Exception>(() => _desk.GetAsync($"/photos/a?uploadId={id}"))).Error);
}
