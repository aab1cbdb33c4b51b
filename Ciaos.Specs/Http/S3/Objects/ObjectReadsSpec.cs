using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ObjectReadsSpec
{
    private const string Past = "Sat, 29 Oct 1994 19:43:31 GMT";

    [Fact]
    public async Task What_was_put_comes_back()
    {
        await using var bench = await ObjectBench.StartAsync();

        var put = await bench.SendAsync(
            "PUT", "/box/a%20key", "bar", ("Content-Type", "text/plain"), ("x-amz-meta-Color", "blue"));
        var got = await bench.SendAsync("GET", "/box/a%20key");

        Assert.Equal("\"37b51d194a7513e45b56f6524f2d51f2\"", put.Headers.ETag);
        Assert.Equal((200, "bar"), (got.Status, got.Text));
        Assert.Equal("text/plain", got.Headers.ContentType);
        Assert.Equal("blue", got.Headers["x-amz-meta-color"]);
        Assert.Equal(put.Headers.ETag, got.Headers.ETag);
        Assert.Equal(3, got.Headers.ContentLength);
        Assert.Empty(got.Version);
    }

    [Fact]
    public async Task An_object_over_many_chunks_is_read_at_any_place()
    {
        await using var bench = await ObjectBench.StartAsync();
        var body = string.Concat(Enumerable.Range(0, 60_000).Select(number => $"{number:D6}"));
        await bench.SendAsync("PUT", "/box/large", body);

        var whole = await bench.SendAsync("GET", "/box/large");
        var part = await bench.SendAsync("GET", "/box/large", "", ("Range", "bytes=65530-200000"));

        Assert.Equal(body, whole.Text);
        Assert.Equal((206, body[65_530..200_001]), (part.Status, part.Text));
        Assert.Equal($"bytes 65530-200000/{body.Length}", part.Headers.ContentRange);
    }

    [Fact]
    public async Task A_head_tells_what_a_read_would()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/k", "0123456789");

        var head = await bench.SendAsync("HEAD", "/box/k", "", ("Range", "bytes=2-4"));

        Assert.Equal((206, ""), (head.Status, head.Text));
        Assert.Equal(3, head.Headers.ContentLength);
        Assert.Equal(
            ObjectAnswer.ConditionFailed, (await bench.SendAsync("HEAD", "/box/k", "", ("If-Match", "x"))).Outcome);
        Assert.Equal(
            ObjectAnswer.ConditionFailed,
            (await bench.SendAsync("GET", "/box/k", "", ("If-Unmodified-Since", Past))).Outcome);
    }

    [Fact]
    public async Task What_did_not_change_is_told_with_its_tag()
    {
        await using var bench = await ObjectBench.StartAsync();
        var put = await bench.SendAsync("PUT", "/box/k", "x");

        var got = await bench.SendAsync("GET", "/box/k", "", ("If-None-Match", put.Headers.ETag.ToString()));

        Assert.Equal(304, got.Status);
        Assert.Equal(put.Headers.ETag, got.Headers.ETag);
    }

    [Fact]
    public async Task Nobody_reads_what_is_anothers_nor_learns_whether_it_is_there()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/k", "secret");

        foreach (var user in new[] { bench.Other, null })
        {
            Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync(user, "GET", "/box/k")).Outcome);
            Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync(user, "HEAD", "/box/missing")).Outcome);
            Assert.Equal(
                ObjectAnswer.Denied,
                (await bench.SendAsync(user, "GET", "/box/k?attributes", "",
                    ("x-amz-object-attributes", "ETag"))).Outcome);
            Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync(user, "GET", "/box/k?tagging")).Outcome);
        }

        Assert.Equal(ObjectAnswer.NoSuchKey, (await bench.SendAsync("GET", "/box/missing")).Outcome);
    }

    [Fact]
    public async Task Versions_are_read_by_their_ids()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.VersionAsync();
        var first = (await bench.SendAsync("PUT", "/box/k", "one")).Version;
        var second = (await bench.SendAsync("PUT", "/box/k", "two")).Version;
        var marker = await bench.SendAsync("DELETE", "/box/k");

        Assert.Equal("one", (await bench.SendAsync("GET", $"/box/k?versionId={first}")).Text);
        Assert.Equal("two", (await bench.SendAsync("GET", $"/box/k?versionId={second}")).Text);
        Assert.Equal("true", marker.Headers["x-amz-delete-marker"]);
        var missing = await bench.SendAsync("GET", "/box/k");
        Assert.Equal(ObjectAnswer.NoSuchKey, missing.Outcome);
        Assert.Equal(("true", marker.Version), (missing.Headers["x-amz-delete-marker"].ToString(), missing.Version));
        Assert.Equal(
            (405, "MethodNotAllowed"), (await bench.SendAsync("GET", $"/box/k?versionId={marker.Version}")).Outcome);
        Assert.Equal((404, "NoSuchVersion"), (await bench.SendAsync("GET", $"/box/other?versionId={first}")).Outcome);
        Assert.Equal((400, "InvalidArgument"), (await bench.SendAsync("GET", "/box/k?versionId=one")).Outcome);
    }

    [Fact]
    public async Task Attributes_tell_what_a_client_asks_for()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/k", "bar", ("x-amz-checksum-crc32", "dv+Mqg=="));

        var told = await bench.SendAsync(
            "GET", "/box/k?attributes", "",
            ("x-amz-object-attributes", "ETag,Checksum,ObjectSize,StorageClass,ObjectParts"));

        Assert.Equal(["37b51d194a7513e45b56f6524f2d51f2"], told.All("ETag"));
        Assert.Equal(["dv+Mqg=="], told.All("ChecksumCRC32"));
        Assert.Equal(["FULL_OBJECT"], told.All("ChecksumType"));
        Assert.Equal(["3"], told.All("ObjectSize"));
        Assert.Equal(["STANDARD"], told.All("StorageClass"));
        Assert.Empty(told.All("ObjectParts"));
        Assert.Equal(
            (400, "InvalidArgument"),
            (await bench.SendAsync("GET", "/box/k?attributes", "", ("x-amz-object-attributes", "Taste"))).Outcome);
    }
}
