using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ObjectCopiesSpec
{
    private static readonly string Body = string.Concat(Enumerable.Range(0, 40_000).Select(number => $"{number:D5}"));

    [Fact]
    public async Task A_copy_has_the_bytes_and_what_is_said_of_them()
    {
        await using var bench = await ObjectBench.StartAsync();
        var put = await PutSourceAsync(bench);

        var copied = await CopyAsync(bench, bench.Main, "/box/copy");
        var got = await bench.SendAsync("GET", "/box/copy", "", ("x-amz-checksum-mode", "ENABLED"));

        Assert.Equal(put.Headers.ETag.ToString(), copied.All("ETag").Single());
        Assert.Equal(Body, got.Text);
        Assert.Equal(("text/x", "blue", "1"), (
            got.Headers.ContentType.ToString(), got.Headers["x-amz-meta-color"].ToString(),
            got.Headers["x-amz-tagging-count"].ToString()));
        Assert.False(got.Headers.ContainsKey("x-amz-website-redirect-location"));
    }

    [Fact]
    public async Task A_copy_may_be_described_anew()
    {
        await using var bench = await ObjectBench.StartAsync();
        await PutSourceAsync(bench);

        await CopyAsync(
            bench, bench.Main, "/box/copy", ("x-amz-metadata-directive", "REPLACE"), ("x-amz-meta-shape", "round"),
            ("x-amz-tagging-directive", "REPLACE"), ("x-amz-checksum-algorithm", "SHA256"));
        var got = await bench.SendAsync("HEAD", "/box/copy", "", ("x-amz-checksum-mode", "ENABLED"));

        Assert.Equal(("binary/octet-stream", "", "round", ""), (
            got.Headers.ContentType.ToString(), got.Headers["x-amz-meta-color"].ToString(),
            got.Headers["x-amz-meta-shape"].ToString(), got.Headers["x-amz-tagging-count"].ToString()));
        Assert.True(got.Headers.ContainsKey("x-amz-checksum-sha256"));
    }

    [Fact]
    public async Task A_copy_to_itself_must_change_something()
    {
        await using var bench = await ObjectBench.StartAsync();
        await PutSourceAsync(bench);

        Assert.Equal((400, "InvalidRequest"), (await CopyAsync(bench, bench.Main, "/box/a/source")).Outcome);
        Assert.Equal(
            200, (await CopyAsync(bench, bench.Main, "/box/a/source", ("x-amz-metadata-directive", "REPLACE"))).Status);
        Assert.Equal(Body, (await bench.SendAsync("GET", "/box/a/source")).Text);
    }

    [Theory]
    [InlineData("x-amz-copy-source-if-match", "no")]
    [InlineData("x-amz-copy-source-if-none-match", "*")]
    [InlineData("x-amz-copy-source-if-modified-since", "Fri, 29 Oct 2100 19:43:31 GMT")]
    [InlineData("x-amz-copy-source-if-unmodified-since", "Sat, 29 Oct 1994 19:43:31 GMT")]
    [InlineData("If-Match", "no")]
    [InlineData("If-None-Match", "*")]
    public async Task A_copy_happens_only_where_its_conditions_hold(string name, string value)
    {
        await using var bench = await ObjectBench.StartAsync();
        await PutSourceAsync(bench);
        await bench.SendAsync("PUT", "/box/copy", "old");

        Assert.Equal(
            ObjectAnswer.ConditionFailed, (await CopyAsync(bench, bench.Main, "/box/copy", (name, value))).Outcome);
        Assert.Equal("old", (await bench.SendAsync("GET", "/box/copy")).Text);
    }

    [Fact]
    public async Task Nobody_copies_what_he_may_not_read()
    {
        await using var bench = await ObjectBench.StartAsync();
        await PutSourceAsync(bench);
        await bench.SendAsync(bench.Other, "PUT", "/theirs");

        var stolen = await CopyAsync(bench, bench.Other, "/theirs/copy");
        var given = await CopyAsync(bench, bench.Main, "/theirs/copy");

        Assert.Equal(ObjectAnswer.Denied, stolen.Outcome);
        Assert.Equal(ObjectAnswer.Denied, given.Outcome);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_stored_ends_and_changes_nothing()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/a/source", new string('x', 5_000_000));
        await bench.SendAsync("PUT", "/box/copy", "old");

        bench.Volumes.Rejects = VolumeProtocol.RejectReason.DiskFull;

        await Assert.ThrowsAsync<UploadRejectedException>(() => CopyAsync(bench, bench.Main, "/box/copy"));
        Assert.Equal("old", (await bench.SendAsync("GET", "/box/copy")).Text);
    }

    [Fact]
    public async Task An_old_version_is_copied_by_its_id()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.VersionAsync();
        var first = (await bench.SendAsync("PUT", "/box/k", "one")).Version;
        await bench.SendAsync("PUT", "/box/k", "two");

        var copied = await bench.SendAsync("PUT", "/box/k", "", ("x-amz-copy-source", $"box/k?versionId={first}"));

        Assert.Equal(first, copied.Headers["x-amz-copy-source-version-id"]);
        var got = await bench.SendAsync("GET", "/box/k");
        Assert.Equal(("one", copied.Version), (got.Text, got.Version));
        var marker = (await bench.SendAsync("DELETE", "/box/k")).Version;
        Assert.Equal(
            (400, "InvalidRequest"),
            (await bench.SendAsync("PUT", "/box/c", "", ("x-amz-copy-source", $"box/k?versionId={marker}"))).Outcome);
    }

    private static Task<ObjectAnswer> PutSourceAsync(ObjectBench bench) => bench.SendAsync(
        "PUT", "/box/a/source", Body, ("Content-Type", "text/x"), ("x-amz-meta-color", "blue"),
        ("x-amz-tagging", "a=1"),
        ("x-amz-website-redirect-location", "/x"));

    private static Task<ObjectAnswer> CopyAsync(
        ObjectBench bench, User user, string target, params (string Name, string Value)[] headers) =>
        bench.SendAsync(user, "PUT", target, "", [("x-amz-copy-source", "/box/a%2Fsource"), .. headers]);
}
