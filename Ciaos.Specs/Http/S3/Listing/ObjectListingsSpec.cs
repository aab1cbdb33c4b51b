using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Listing;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Http.S3.Listing.ListingDesk;

namespace Ciaos.Specs.Http.S3.Listing;

public sealed class ObjectListingsSpec
{
    private readonly ListingDesk _desk = new();

    [Fact]
    public async Task The_older_listing_asks_for_what_the_query_says()
    {
        var answer = await _desk.GetAsync("/photos?prefix=a%2F&delimiter=%2F&marker=a%2Fb&max-keys=5");

        Assert.Equal(new KeyQuery("a/", "/", "a/b", 5), _desk.Query);
        Assert.Equal("ListBucketResult", answer.Name);
        Assert.Equal("photos", answer.Element("Name")?.Value);
        Assert.Equal("a/", answer.Element("Prefix")?.Value);
        Assert.Equal("/", answer.Element("Delimiter")?.Value);
        Assert.Equal("a/b", answer.Element("Marker")?.Value);
        Assert.Equal("5", answer.Element("MaxKeys")?.Value);
        Assert.Equal("false", answer.Element("IsTruncated")?.Value);
    }

    [Fact]
    public async Task Of_an_object_all_is_told_that_clients_show()
    {
        _desk.Keys = new KeyPage(
        [
            Item(Object("a", ("etag", "abc"), ("checksum-sha1", "x="), ("checksum-type", "COMPOSITE"))),
            Item(Object("b", ("storage-class", "GLACIER"))),
        ],
        HasMore: false);

        var answer = await _desk.GetAsync("/photos");

        var first = answer.Elements("Contents").First();
        Assert.Equal("a", first.Element("Key")?.Value);
        Assert.Equal("\"abc\"", first.Element("ETag")?.Value);
        Assert.Equal("42", first.Element("Size")?.Value);
        Assert.Equal("2026-11-22T12:00:00.123Z", first.Element("LastModified")?.Value);
        Assert.Equal("STANDARD", first.Element("StorageClass")?.Value);
        Assert.Equal("SHA1", first.Element("ChecksumAlgorithm")?.Value);
        Assert.Equal("COMPOSITE", first.Element("ChecksumType")?.Value);
        Assert.NotEmpty(first.Element("Owner")!.Element("ID")!.Value);
        var second = answer.Elements("Contents").Last();
        Assert.Equal("GLACIER", second.Element("StorageClass")?.Value);
        Assert.Null(second.Element("ChecksumAlgorithm"));
    }

    [Fact]
    public async Task Without_a_delimiter_the_last_key_is_the_next_marker()
    {
        _desk.Keys = new KeyPage([Item(Object("a"))], HasMore: true);

        Assert.Null((await _desk.GetAsync("/photos")).Element("NextMarker"));
        Assert.Null((await _desk.GetAsync("/photos?delimiter=")).Element("NextMarker"));
        Assert.Null((await _desk.GetAsync("/photos?delimiter=")).Element("Delimiter"));
        Assert.Equal("a", (await _desk.GetAsync("/photos?delimiter=%2F")).Element("NextMarker")?.Value);
    }

    [Fact]
    public async Task A_common_prefix_may_be_the_next_marker()
    {
        _desk.Keys = new KeyPage([Item(Object("a")), Prefix<ObjectRecord>("b/")], HasMore: true);

        var answer = await _desk.GetAsync("/photos?delimiter=%2F");

        Assert.Equal("b/", answer.Element("NextMarker")?.Value);
        Assert.Equal("b/", answer.Element("CommonPrefixes")?.Element("Prefix")?.Value);
    }

    [Fact]
    public async Task Keys_are_encoded_where_the_client_asks_for_it()
    {
        _desk.Keys = new KeyPage([Item(Object("a b\u0001")), Prefix<ObjectRecord>("c+/")], HasMore: false);

        var answer = await _desk.GetAsync("/photos?encoding-type=url&prefix=a%2B&marker=%2B&delimiter=%20");

        Assert.Equal("url", answer.Element("EncodingType")?.Value);
        Assert.Equal("a%20b%01", answer.Element("Contents")?.Element("Key")?.Value);
        Assert.Equal("c%2B/", answer.Element("CommonPrefixes")?.Element("Prefix")?.Value);
        Assert.Equal("a%2B", answer.Element("Prefix")?.Value);
        Assert.Equal("%2B", answer.Element("Marker")?.Value);
        Assert.Equal("%20", answer.Element("Delimiter")?.Value);
        Assert.Equal(new KeyQuery("a+", " ", "+", 1000), _desk.Query);
    }

    [Fact]
    public async Task A_whole_page_comes_in_order()
    {
        var names = Enumerable.Range(0, 1000).Select(number => $"{number:d4}/{new string('k', 900)}").ToList();
        _desk.Keys = new KeyPage([.. names.Select(name => Item(Object(name)))], HasMore: true);

        var answer = await _desk.GetAsync("/photos?list-type=2");

        Assert.Equal(names, answer.Elements("Contents").Select(each => each.Element("Key")!.Value));
        Assert.Equal("1000", answer.Element("KeyCount")?.Value);
    }

    [Fact]
    public async Task The_newer_listing_counts_its_entries_and_goes_on_by_a_token()
    {
        _desk.Keys = new KeyPage([Item(Object("a")), Prefix<ObjectRecord>("b/")], HasMore: true);
        var first = await _desk.GetAsync("/photos?list-type=2&delimiter=%2F&start-after=0");
        Assert.Equal("2", first.Element("KeyCount")?.Value);
        Assert.Equal("0", first.Element("StartAfter")?.Value);
        Assert.Equal(new KeyQuery("", "/", "0", 1000), _desk.Query);
        Assert.Null(first.Element("ContinuationToken"));
        Assert.Null(first.Element("Contents")?.Element("Owner"));
        var token = first.Element("NextContinuationToken")!.Value;

        _desk.Keys = new KeyPage([], HasMore: false);
        var second = await _desk.GetAsync(
            $"/photos?list-type=2&delimiter=%2F&start-after=0&continuation-token={token}");

        Assert.Equal(new KeyQuery("", "/", "b/", 1000), _desk.Query);
        Assert.Equal(token, second.Element("ContinuationToken")?.Value);
        Assert.Equal("0", second.Element("StartAfter")?.Value);
        Assert.Null(second.Element("NextContinuationToken"));
    }

    [Fact]
    public async Task An_empty_token_means_the_beginning()
    {
        var answer = await _desk.GetAsync("/photos?list-type=2&continuation-token=");

        Assert.Equal("", answer.Element("ContinuationToken")?.Value);
        Assert.Equal(new KeyQuery("", "", "", 1000), _desk.Query);
    }

    [Fact]
    public async Task Owners_are_fetched_where_the_client_asks_for_it()
    {
        _desk.Keys = new KeyPage([Item(Object("a", ("owner", "cafe")))], HasMore: false);

        var answer = await _desk.GetAsync("/photos?list-type=2&fetch-owner=true");

        Assert.Equal("cafe", answer.Element("Contents")?.Element("Owner")?.Element("ID")?.Value);
    }

    [Theory]
    [InlineData("list-type=3")]
    [InlineData("list-type=2&continuation-token=made-up")]
    [InlineData("max-keys=blah")]
    [InlineData("encoding-type=gzip")]
    [InlineData("allow-unordered=true&delimiter=%2F")]
    public async Task What_is_not_understood_is_an_invalid_argument(string query) => Assert.Same(
        S3Error.InvalidArgument,
        (await Assert.ThrowsAsync<S3Exception>(() => _desk.GetAsync("/photos?" + query))).Error);
}
