using System.Globalization;
using Ciaos.Actors.Notifications;
using Ciaos.Specs.Index;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Notifications.FollowerBench;

namespace Ciaos.Specs.Notifications;

public sealed class WebhookFollowerSpec
{
    [Fact]
    public async Task Every_change_is_told_once_and_those_of_a_key_in_order()
    {
        await using var bench = await StartAsync();
        await bench.ConfigureAsync();
        for (var i = 0; i < 5; i++)
        {
            await bench.Put("a");
            await bench.Put($"b{i}");
        }

        await bench.Delete("a");
        await bench.Put("v", VersioningState.Enabled);
        await bench.Delete("v", VersioningState.Enabled);
        var follower = bench.Follow();
        Assert.Equal(FollowOutcome.CaughtUp, await RunAsync(follower));
        var expected = Enumerable.Repeat("a ObjectCreated:Put", 5).Append("a ObjectRemoved:Delete")
            .Concat(Enumerable.Range(0, 5).Select(i => $"b{i} ObjectCreated:Put"))
            .Append("v ObjectCreated:Put").Append("v ObjectRemoved:DeleteMarkerCreated");
        Assert.Equal(expected, bench.TakenBy("all"));

        await RunAsync(follower);
        await RunAsync(bench.Follow());
        Assert.Equal(13, bench.TakenBy("all").Count);
        foreach (var key in bench.Taken.SelectMany(call => call.Records)
            .GroupBy(record => ObjectOf(record).GetProperty("key").GetString()))
        {
            var order = key.Select(record => ObjectOf(record).GetProperty("sequencer").GetString()).ToList();
            Assert.Equal(order.Order(StringComparer.Ordinal), order);
        }
    }

    [Fact]
    public async Task A_record_says_what_S3_says()
    {
        await using var bench = await StartAsync();
        await bench.ConfigureAsync();
        var put = await bench.Put("folder/a b+ü", VersioningState.Enabled);
        await RunAsync(bench.Follow());
        var record = Assert.Single(Assert.Single(bench.Taken).Records);
        Assert.Equal("2.1", record.GetProperty("eventVersion").GetString());
        Assert.Equal("us-east-1", record.GetProperty("awsRegion").GetString());
        Assert.Equal(
            put.Modified.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            record.GetProperty("eventTime").GetString());
        Assert.Equal("all", record.GetProperty("s3").GetProperty("configurationId").GetString());
        Assert.Equal("box", record.GetProperty("s3").GetProperty("bucket").GetProperty("name").GetString());
        var about = ObjectOf(record);
        Assert.Equal("folder/a+b%2B%C3%BC", about.GetProperty("key").GetString());
        Assert.Equal(put.SizeBytes, about.GetProperty("size").GetInt64());
        Assert.Equal(put.ETag, about.GetProperty("eTag").GetString());
        Assert.Equal(put.VersionId.ToString(), about.GetProperty("versionId").GetString());
    }

    [Fact]
    public async Task A_webhook_is_told_only_what_it_wants()
    {
        await using var bench = await StartAsync();
        bench.Targets =
        [
            Target("removed", "s3:ObjectRemoved:*"),
            Target("images", "s3:ObjectCreated:Put") with { Prefix = "i/", Suffix = ".jpg" },
        ];
        await bench.ConfigureAsync();
        foreach (var key in new[] { "i/a.jpg", "i/a.png", "a.jpg" }) await bench.Put(key);
        await bench.Delete("a.jpg");
        await RunAsync(bench.Follow("removed"));
        await RunAsync(bench.Follow("images"));
        Assert.Equal(["a.jpg ObjectRemoved:Delete"], bench.TakenBy("removed"));
        Assert.Equal(["i/a.jpg ObjectCreated:Put"], bench.TakenBy("images"));
    }

    [Fact]
    public async Task What_happened_before_the_bucket_had_webhooks_is_not_told()
    {
        await using var bench = await StartAsync();
        for (var i = 0; i < 40; i++) await bench.Put($"old{i}");
        await bench.ConfigureAsync();
        for (var i = 0; i < 40; i++) await bench.Put($"new{i}");
        await RunAsync(bench.Follow());
        Assert.Equal(40, bench.TakenBy("all").Count);
        Assert.All(bench.TakenBy("all"), told => Assert.StartsWith("new", told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_webhook_that_takes_nothing_holds_up_no_other_and_misses_nothing()
    {
        await using var bench = await StartAsync();
        bench.Targets = [Target("bad", "s3:*"), Target("good", "s3:*")];
        await bench.ConfigureAsync();
        bench.Takes = webhook => webhook == "good";
        var (bad, good) = (bench.Follow("bad"), bench.Follow("good"));
        for (var i = 0; i < 10; i++)
        {
            await bench.Put("a");
            Assert.Equal(FollowOutcome.NotTaken, await RunAsync(bad));
            Assert.Equal(FollowOutcome.CaughtUp, await RunAsync(good));
            Assert.Equal(i + 1, bench.TakenBy("good").Count);
        }

        bench.Takes = _ => true;
        Assert.Equal(FollowOutcome.CaughtUp, await RunAsync(bench.Follow("bad")));
        Assert.Equal(FollowOutcome.CaughtUp, await RunAsync(bench.Follow("good")));
        Assert.Equal(SequencersOf("good"), SequencersOf("bad"));
        Assert.Equal(10, SequencersOf("bad").Distinct().Count());

        List<string?> SequencersOf(string webhook) =>
        [
            .. bench.Taken.Where(call => call.Webhook == webhook).SelectMany(call => call.Records)
                .Select(record => ObjectOf(record).GetProperty("sequencer").GetString()),
        ];
    }

    [Fact]
    public async Task A_webhook_begins_when_it_was_configured_whatever_was_configured_since()
    {
        await using var bench = await StartAsync();
        await bench.ConfigureAsync();
        await bench.Put("a");
        bench.Targets = [.. bench.Targets, Target("later", "s3:*")];
        await bench.ConfigureAsync();
        await bench.Put("b");
        await RunAsync(bench.Follow("later"));
        await RunAsync(bench.Follow());
        Assert.Equal(["b ObjectCreated:Put"], bench.TakenBy("later"));
        Assert.Equal(["a ObjectCreated:Put", "b ObjectCreated:Put"], bench.TakenBy("all"));
    }

    [Fact]
    public async Task Each_webhook_goes_on_where_an_earlier_version_has_left_its_bucket()
    {
        await using var bench = await StartAsync();
        bench.Targets = [Target("all", "s3:*"), Target("other", "s3:*")];
        await bench.ConfigureAsync();
        await bench.Put("told");
        await RunAsync(bench.Follow());
        bench.Taken.Clear();
        bench.LeaveSharedPositions();
        bench.Positions.Split(bench.Bucket, ["all", "other"]);
        await bench.Put("new");
        foreach (var webhook in new[] { "all", "other" })
        {
            await RunAsync(bench.Follow(webhook));
            Assert.Equal(["new ObjectCreated:Put"], bench.TakenBy(webhook));
        }

        // What the earlier version left is used once.
        var written = bench.Positions.Read(new WebhookId(bench.Bucket, "all"), bench.Node.Index.Shards);
        bench.Positions.Split(bench.Bucket, ["all", "third"]);
        Assert.Equal(written, bench.Positions.Read(new WebhookId(bench.Bucket, "all"), bench.Node.Index.Shards));
        Assert.Null(bench.Positions.Read(new WebhookId(bench.Bucket, "third"), bench.Node.Index.Shards));
    }

    [Fact]
    public async Task After_a_crash_nothing_is_left_out()
    {
        await using var bench = await StartAsync();
        await bench.ConfigureAsync();
        for (var i = 0; i < 20; i++) await bench.Put($"a{i:00}");
        for (var calls = 1; calls < 8; calls++)
        {
            var left = calls;
            bench.Takes = _ => --left >= 0;
            await RunAsync(bench.Follow());
        }

        bench.Takes = _ => true;
        await RunAsync(bench.Follow());
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"a{i:00} ObjectCreated:Put"),
            bench.TakenBy("all").Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_bucket_that_gets_webhooks_once_more_begins_anew()
    {
        await using var bench = await StartAsync();
        await bench.ConfigureAsync();
        var targets = bench.Targets;
        Assert.Equal(FollowOutcome.CaughtUp, await RunAsync(bench.Follow()));
        bench.Targets = [];
        await bench.ConfigureAsync();
        Assert.Equal(FollowOutcome.Ended, await RunAsync(bench.Follow()));
        await bench.Put("meanwhile");
        bench.Targets = targets;
        await bench.ConfigureAsync();
        await bench.Put("a");
        await RunAsync(bench.Follow());
        Assert.Equal(["a ObjectCreated:Put"], bench.TakenBy("all"));
    }
}
