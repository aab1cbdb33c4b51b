using Ciaos.Http.S3.Buckets;
using Xunit;

namespace Ciaos.Specs.Http.S3.Buckets;

public sealed class BucketHandlersSpec : IAsyncDisposable
{
    private readonly BucketBench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("abc", true)]
    [InlineData("0start", true)]
    [InlineData("aaa.111-b", true)]
    [InlineData("2024.01.02", true)]
    [InlineData("aa", false)]
    [InlineData("_abc", false)]
    [InlineData("foo_bar", false)]
    [InlineData("Foo", false)]
    [InlineData("foo-", false)]
    [InlineData("-foo", false)]
    [InlineData(".foo", false)]
    [InlineData("foo..bar", false)]
    [InlineData("foo.-bar", false)]
    [InlineData("foo-.bar", false)]
    [InlineData("192.168.5.123", false)]
    [InlineData("xn--foo", false)]
    [InlineData("amzn-s3-demo-foo", false)]
    [InlineData("foo-s3alias", false)]
    [InlineData("föö", false)]
    public async Task Names_are_those_of_hosts(string name, bool isValid)
    {
        Assert.Equal(isValid, BucketName.IsValid(name));
        var answer = await _bench.SendAsync(_bench.Main, "PUT", $"/{Uri.EscapeDataString(name)}");
        Assert.Equal(isValid ? (200, "") : (400, "InvalidBucketName"), answer.Outcome);
    }

    [Fact]
    public void Names_have_3_to_63_letters()
    {
        Assert.True(BucketName.IsValid(new string('a', 63)));
        Assert.False(BucketName.IsValid(new string('a', 64)));
    }

    [Fact]
    public async Task A_bucket_is_made_found_and_deleted()
    {
        var made = await _bench.SendAsync(_bench.Main, "PUT", "/photos");
        Assert.Equal("/photos", made.Headers.Location);
        var head = await _bench.SendAsync(_bench.Main, "HEAD", "/photos");
        Assert.Equal((200, "us-east-1"), (head.Status, head.Headers["x-amz-bucket-region"].ToString()));
        Assert.Equal((204, ""), (await _bench.SendAsync(_bench.Main, "DELETE", "/photos")).Outcome);
        Assert.Equal((404, "NoSuchBucket"), (await _bench.SendAsync(_bench.Main, "HEAD", "/photos")).Outcome);
        Assert.Equal((404, "NoSuchBucket"), (await _bench.SendAsync(_bench.Main, "DELETE", "/photos")).Outcome);
    }

    [Fact]
    public async Task A_bucket_that_holds_something_stays()
    {
        await _bench.SendAsync(_bench.Main, "PUT", "/photos");
        _bench.Put("photos", "one");
        Assert.Equal((409, "BucketNotEmpty"), (await _bench.SendAsync(_bench.Main, "DELETE", "/photos")).Outcome);
    }

    [Fact]
    public async Task Only_users_make_buckets_and_nobody_enters_anothers()
    {
        Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(null, "PUT", "/photos")).Outcome);
        await _bench.SendAsync(_bench.Main, "PUT", "/photos");
        foreach (var method in new[] { "HEAD", "DELETE" })
        {
            Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(_bench.Other, method, "/photos")).Outcome);
            Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(null, method, "/photos")).Outcome);
        }

        Assert.Equal(200, (await _bench.SendAsync(_bench.Root, "HEAD", "/photos")).Status);
        Assert.Equal((403, "AccessDenied"), (await _bench.SendAsync(
            _bench.Main, "HEAD", "/photos", "", ("x-amz-expected-bucket-owner", BucketBench.OtherId))).Outcome);
    }

    [Fact]
    public async Task A_name_is_given_once()
    {
        await _bench.SendAsync(_bench.Main, "PUT", "/photos");
        Assert.Equal((200, ""), (await _bench.SendAsync(_bench.Main, "PUT", "/photos")).Outcome);
        Assert.Equal(
            (409, "BucketAlreadyExists"), (await _bench.SendAsync(_bench.Other, "PUT", "/photos")).Outcome);
        Assert.Equal((409, "BucketAlreadyExists"), (await _bench.SendAsync(
            _bench.Main, "PUT", "/photos", "", ("x-amz-acl", "public-read"))).Outcome);
        Assert.Null(_bench.Bucket("photos").Config.GetValueOrDefault("acl"));
    }

    [Fact]
    public async Task Elsewhere_making_it_once_more_is_an_error()
    {
        await using var bench = new BucketBench("eu-west-1");
        await bench.SendAsync(bench.Main, "PUT", "/photos");
        Assert.Equal((409, "BucketAlreadyOwnedByYou"), (await bench.SendAsync(bench.Main, "PUT", "/photos")).Outcome);
        Assert.Equal("eu-west-1", (await bench.SendAsync(bench.Main, "GET", "/photos?location"))
            .One("LocationConstraint"));
    }

    [Fact]
    public async Task A_place_that_is_not_here_is_refused()
    {
        static string Place(string name) =>
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + $"<LocationConstraint>{name}</LocationConstraint></CreateBucketConfiguration>";
        Assert.Equal((400, "InvalidLocationConstraint"), (await _bench.SendAsync(
            _bench.Main, "PUT", "/photos", Place("mars-1"))).Outcome);
        Assert.Equal((400, "MalformedXML"), (await _bench.SendAsync(_bench.Main, "PUT", "/photos", "x")).Outcome);
        Assert.Equal((200, ""), (await _bench.SendAsync(
            _bench.Main, "PUT", "/photos", Place("us-east-1"))).Outcome);
        Assert.Equal("", (await _bench.SendAsync(_bench.Main, "GET", "/photos?location")).One("LocationConstraint"));
    }

    [Fact]
    public async Task Object_lock_comes_with_versioning()
    {
        await _bench.SendAsync(
            _bench.Main, "PUT", "/photos", "", ("x-amz-bucket-object-lock-enabled", "true"));
        Assert.Equal("Enabled", (await _bench.SendAsync(_bench.Main, "GET", "/photos?versioning")).One("Status"));
        Assert.Equal("Enabled", (await _bench.SendAsync(_bench.Main, "GET", "/photos?object-lock"))
            .One("ObjectLockEnabled"));
    }

    [Fact]
    public async Task Everybody_lists_his_own_buckets_page_by_page()
    {
        foreach (var name in new[] { "bbb", "aaa", "ccc", "abc" })
            await _bench.SendAsync(_bench.Main, "PUT", $"/{name}");
        await _bench.SendAsync(_bench.Other, "PUT", "/other");
        var all = await _bench.SendAsync(_bench.Main, "GET", "/");
        Assert.Equal(["aaa", "abc", "bbb", "ccc"], all.All("Name"));
        Assert.Equal([BucketBench.MainId], all.All("ID"));
        Assert.Empty(all.All("ContinuationToken"));
        var first = await _bench.SendAsync(_bench.Main, "GET", "/?max-buckets=3");
        var token = Uri.EscapeDataString(first.One("ContinuationToken"));
        var second = await _bench.SendAsync(_bench.Main, "GET", $"/?max-buckets=3&continuation-token={token}");
        Assert.Equal(["ccc"], second.All("Name"));
        Assert.Equal(["aaa", "abc"], (await _bench.SendAsync(_bench.Main, "GET", "/?prefix=a")).All("Name"));
        Assert.Empty((await _bench.SendAsync(_bench.Main, "GET", "/?bucket-region=mars-1")).All("Name"));
        Assert.Empty((await _bench.SendAsync(null, "GET", "/")).All("Name"));
        Assert.Equal(
            (400, "InvalidArgument"), (await _bench.SendAsync(_bench.Main, "GET", "/?max-buckets=0")).Outcome);
        Assert.Equal((400, "InvalidArgument"),
            (await _bench.SendAsync(_bench.Main, "GET", "/?continuation-token=***")).Outcome);
    }

    [Fact]
    public async Task A_user_has_only_so_many_buckets()
    {
        for (var number = 0; number < 5; number++)
            Assert.Equal(200, (await _bench.SendAsync(_bench.Main, "PUT", $"/bucket-{number}")).Status);
        Assert.Equal((400, "TooManyBuckets"), (await _bench.SendAsync(_bench.Main, "PUT", "/bucket-5")).Outcome);
        Assert.Equal(200, (await _bench.SendAsync(_bench.Main, "PUT", "/bucket-4")).Status);
        Assert.Equal(200, (await _bench.SendAsync(_bench.Other, "PUT", "/bucket-5")).Status);
    }
}
