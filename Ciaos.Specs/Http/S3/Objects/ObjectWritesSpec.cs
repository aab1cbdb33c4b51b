using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ObjectWritesSpec
{
    [Fact]
    public async Task A_write_happens_only_where_its_condition_holds()
    {
        await using var bench = await ObjectBench.StartAsync();

        Assert.Equal(200, (await bench.SendAsync("PUT", "/box/k", "1", ("If-None-Match", "*"))).Status);
        Assert.Equal(
            ObjectAnswer.ConditionFailed,
            (await bench.SendAsync("PUT", "/box/k", "2", ("If-None-Match", "*"))).Outcome);
        Assert.Equal(
            ObjectAnswer.ConditionFailed, (await bench.SendAsync("PUT", "/box/k", "2", ("If-Match", "x"))).Outcome);
        Assert.Equal(
            ObjectAnswer.NoSuchKey, (await bench.SendAsync("PUT", "/box/none", "2", ("If-Match", "*"))).Outcome);
        Assert.Equal("1", (await bench.SendAsync("GET", "/box/k")).Text);
        Assert.Equal(200, (await bench.SendAsync("PUT", "/box/k", "2", ("If-Match", "*"))).Status);
    }

    [Fact]
    public async Task A_body_that_is_not_what_was_said_changes_nothing()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/k", "old");

        var outcome = (await bench.SendAsync("PUT", "/box/k", "new", ("x-amz-checksum-crc32", "AAAAAA=="))).Outcome;

        Assert.Equal((400, "BadDigest"), outcome);
        Assert.Equal("old", (await bench.SendAsync("GET", "/box/k")).Text);
    }

    [Fact]
    public async Task Nobody_writes_or_deletes_in_anothers_bucket()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/k", "mine");

        foreach (var user in new[] { bench.Other, null })
        {
            Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync(user, "PUT", "/box/k", "x")).Outcome);
            Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync(user, "DELETE", "/box/k")).Outcome);
            Assert.Equal(
                ObjectAnswer.Denied,
                (await bench.SendAsync(user, "PUT", "/box/k?tagging", "<Tagging><TagSet/></Tagging>")).Outcome);
            var many = await bench.SendAsync(user, "POST", "/box?delete", Delete("<Key>k</Key>"));
            Assert.Equal(["AccessDenied"], many.All("Code"));
        }

        Assert.Equal("mine", (await bench.SendAsync("GET", "/box/k")).Text);
    }

    [Fact]
    public async Task Bytes_are_appended_where_the_object_ends()
    {
        await using var bench = await ObjectBench.StartAsync();

        await bench.SendAsync("PUT", "/box/k", "abc", ("x-amz-write-offset-bytes", "0"),
            ("x-amz-checksum-crc32", "NSRBwg=="));
        var appended = await bench.SendAsync("PUT", "/box/k", "def", ("x-amz-write-offset-bytes", "3"));
        var wrong = await bench.SendAsync("PUT", "/box/k", "x", ("x-amz-write-offset-bytes", "3"));
        var got = await bench.SendAsync("GET", "/box/k", "", ("x-amz-checksum-mode", "ENABLED"));

        Assert.Equal("6", appended.Headers["x-amz-object-size"]);
        Assert.Equal((400, "InvalidWriteOffset"), wrong.Outcome);
        Assert.Equal("abcdef", got.Text);
        Assert.Equal(appended.Headers.ETag, got.Headers.ETag);
        Assert.False(got.Headers.ContainsKey("x-amz-checksum-crc32"));
    }

    [Fact]
    public async Task A_renamed_object_does_not_take_anothers_place()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/old", "1");
        await bench.SendAsync("PUT", "/box/taken", "2");

        Assert.Equal(
            ObjectAnswer.ConditionFailed,
            (await bench.SendAsync("PUT", "/box/taken?renameObject", "", ("x-amz-rename-source", "old"))).Outcome);
        Assert.Equal(
            200,
            (await bench.SendAsync("PUT", "/box/a/new?renameObject", "", ("x-amz-rename-source", "/box/old"))).Status);
        Assert.Equal("1", (await bench.SendAsync("GET", "/box/a/new")).Text);
        Assert.Equal(ObjectAnswer.NoSuchKey, (await bench.SendAsync("GET", "/box/old")).Outcome);
    }

    [Fact]
    public async Task A_conditional_delete_is_judged_by_what_is_there()
    {
        await using var bench = await ObjectBench.StartAsync();
        var tag = (await bench.SendAsync("PUT", "/box/k", "x")).Headers.ETag.ToString();

        Assert.Equal(
            ObjectAnswer.ConditionFailed, (await bench.SendAsync("DELETE", "/box/k", "", ("If-Match", "no"))).Outcome);
        Assert.Equal(
            ObjectAnswer.ConditionFailed,
            (await bench.SendAsync("DELETE", "/box/k", "", ("x-amz-if-match-size", "9"))).Outcome);
        Assert.Equal(
            ObjectAnswer.ConditionFailed,
            (await bench.SendAsync(
                "DELETE", "/box/k", "",
                ("x-amz-if-match-last-modified-time", "Sat, 29 Oct 1994 19:43:31 GMT"))).Outcome);
        Assert.Equal(
            204,
            (await bench.SendAsync("DELETE", "/box/k", "", ("If-Match", tag), ("x-amz-if-match-size", "1"))).Status);
        Assert.Equal(204, (await bench.SendAsync("DELETE", "/box/k", "", ("If-Match", "no"))).Status);
    }

    [Fact]
    public async Task A_delete_marker_is_something_a_condition_can_be_about()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.VersionAsync();
        await bench.SendAsync("PUT", "/box/k", "x");
        await bench.SendAsync("DELETE", "/box/k");

        Assert.Equal(
            ObjectAnswer.ConditionFailed, (await bench.SendAsync("DELETE", "/box/k", "", ("If-Match", "no"))).Outcome);
        Assert.Equal(
            ObjectAnswer.ConditionFailed,
            (await bench.SendAsync("DELETE", "/box/k", "", ("x-amz-if-match-size", "9"))).Outcome);
        Assert.Equal(204, (await bench.SendAsync("DELETE", "/box/k", "", ("If-Match", "*"))).Status);
        Assert.Equal(204, (await bench.SendAsync("DELETE", "/box/never", "", ("If-Match", "no"))).Status);
    }

    [Fact]
    public async Task Many_are_deleted_at_once_each_on_its_own_terms()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/one", "1");
        await bench.SendAsync("PUT", "/box/two", "2");

        var answer = await bench.SendAsync(
            "POST", "/box?delete",
            Delete("<Key>one</Key>", "<Key>two</Key><ETag>no</ETag>", "<Key>none</Key>",
            "<Key>x</Key><VersionId>?</VersionId>"));
        var quiet = await bench.SendAsync("POST", "/box?delete",
            "<Delete><Quiet>true</Quiet><Object><Key>two</Key></Object></Delete>");

        Assert.Equal(["one", "two", "none", "x"], answer.All("Key"));
        Assert.Equal(2, answer.All("Deleted").Length);
        Assert.Equal(["PreconditionFailed", "InvalidArgument"], answer.All("Code"));
        Assert.Empty(quiet.All("Deleted"));
        Assert.Equal(ObjectAnswer.NoSuchKey, (await bench.SendAsync("GET", "/box/two")).Outcome);
    }

    [Fact]
    public async Task Tags_change_and_nothing_else()
    {
        await using var bench = await ObjectBench.StartAsync();
        var put = await bench.SendAsync("PUT", "/box/k", "x", ("x-amz-tagging", "a=1"));

        await bench.SendAsync(
            "PUT", "/box/k?tagging", "<Tagging><TagSet><Tag><Key>b</Key><Value>2</Value></Tag></TagSet></Tagging>");

        Assert.Equal(["b"], (await bench.SendAsync("GET", "/box/k?tagging")).All("Key"));
        Assert.Equal(put.Headers.ETag, (await bench.SendAsync("HEAD", "/box/k")).Headers.ETag);
        Assert.Equal(204, (await bench.SendAsync("DELETE", "/box/k?tagging")).Status);
        Assert.Empty((await bench.SendAsync("GET", "/box/k?tagging")).All("Key"));
    }

    private static string Delete(params string[] objects) =>
        $"<Delete>{string.Concat(objects.Select(item => $"<Object>{item}</Object>"))}</Delete>";
}
