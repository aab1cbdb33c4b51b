using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Http.S3.Listing.ListingDesk;

namespace Ciaos.Specs.Http.S3.Listing;

public sealed class VersionListingsSpec
{
    private static readonly VersionId Version = new(5, new ObjectId(9));

    private readonly ListingDesk _desk = new();

    [Fact]
    public async Task Versions_and_delete_markers_are_told_apart()
    {
        _desk.Versions = new VersionPage(
        [
            Item(Object("a") with { VersionId = Version, IsDeleteMarker = true }),
            Item(Object("a") with { IsCurrent = false }),
            Prefix<ObjectRecord>("b/"),
        ],
        HasMore: false);

        var answer = await _desk.GetAsync("/photos?versions&delimiter=%2F");

        Assert.Equal("ListVersionsResult", answer.Name);
        var marker = Assert.Single(answer.Elements("DeleteMarker"));
        Assert.Equal(Version.ToString(), marker.Element("VersionId")?.Value);
        Assert.Equal("true", marker.Element("IsLatest")?.Value);
        Assert.Null(marker.Element("ETag"));
        var version = Assert.Single(answer.Elements("Version"));
        Assert.Equal("null", version.Element("VersionId")?.Value);
        Assert.Equal("false", version.Element("IsLatest")?.Value);
        Assert.Equal("42", version.Element("Size")?.Value);
        Assert.NotNull(version.Element("Owner"));
        Assert.Equal("b/", answer.Element("CommonPrefixes")?.Element("Prefix")?.Value);
    }

    [Fact]
    public async Task A_page_goes_on_behind_its_last_version()
    {
        _desk.Versions = new VersionPage([Item(Object("a+") with { VersionId = Version })], HasMore: true);
        var answer = await _desk.GetAsync("/photos?versions&max-keys=1&encoding-type=url");
        Assert.Equal("a%2B", answer.Element("NextKeyMarker")?.Value);
        Assert.Equal(Version.ToString(), answer.Element("NextVersionIdMarker")?.Value);

        await _desk.GetAsync($"/photos?versions&key-marker=a%2B&version-id-marker={Version}&max-keys=1");

        Assert.Equal(new VersionQuery("", "", "a+", Version, 1), _desk.Query);
    }

    [Theory]
    [InlineData("version-id-marker=null", "InvalidArgument")]
    [InlineData("key-marker=a&version-id-marker=made-up", "InvalidArgument")]
    public async Task A_version_marker_is_one_of_the_key_marker(string query, string code) => Assert.Equal(
        code, (await Assert.ThrowsAsync<S3Exception>(() => _desk.GetAsync("/photos?versions&" + query))).Error.Code);

    [Fact]
    public async Task The_null_version_can_be_a_marker()
    {
        await _desk.GetAsync("/photos?versions&key-marker=a&version-id-marker=null");

        Assert.Equal(new VersionQuery("", "", "a", default(VersionId), 1000), _desk.Query);
    }
}
