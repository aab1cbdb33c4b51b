using Ciaos.Actors.Feed;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Feed;

public sealed class ChangeFeedSpec
{
    [Fact]
    public async Task Everything_is_told_once_and_in_the_order_of_each_key_whatever_position_is_gone_on_from()
    {
        await using var bench = await FeedBench.StartAsync();
        var position = new FeedPosition(bench.Feed.Shards);
        var told = new List<FeedChange>();
        for (var i = 0; i < 20; i++)
        {
            await bench.Put("a");
            await bench.Append("a");
            await bench.Put($"b{i}");
            if (i % 3 == 0) told.AddRange(await bench.ReadAsync(position));
            if (i % 7 == 0) await bench.RestartAsync();
        }

        told.AddRange(await bench.ReadAsync(position));
        Assert.Equal(60, told.Count);
        Assert.Equal(
            Enumerable.Repeat(new[] { FeedChangeKind.Put, FeedChangeKind.Append }, 20).SelectMany(kinds => kinds),
            told.Where(change => change.Key.Value == "a").Select(change => change.Kind));
        Assert.Equal(20, told.Where(change => change.Key.Value != "a").Select(change => change.Key).Distinct().Count());
        Assert.Empty(await bench.ReadAsync(position));
        Assert.True(position.Reaches(bench.Feed.Heads()));
    }

    [Fact]
    public async Task What_is_told_shows_in_look_ups_and_nobody_waits_in_vain()
    {
        await using var bench = await FeedBench.StartAsync();
        var position = bench.Feed.Heads();
        var puts = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) await bench.Put($"k{i}");
        });
        var told = 0;
        while (told < 200)
        {
            var growth = bench.Feed.Growth();
            var changes = await bench.ReadAsync(position);
            foreach (var change in changes)
            {
                var found = Assert.IsType<Found>(await bench.Node.Ask(new Lookup(bench.Bucket, change.Key, false)));
                Assert.Equal((change.ETag, change.SizeBytes), (found.Object.ETag, found.Object.SizeBytes));
            }

            told += changes.Count;
            if (changes.Count == 0) await growth.WaitAsync(TimeSpan.FromSeconds(20));
        }

        await puts;
    }

    [Fact]
    public async Task Versions_markers_and_renames_are_puts_and_deletes()
    {
        await using var bench = await FeedBench.StartAsync();
        var position = bench.Feed.Heads();
        var put = await bench.Put("v", VersioningState.Enabled);
        await bench.Delete("v", VersioningState.Enabled);
        await bench.Put("r");
        for (var i = 0; i < 10; i++) await bench.Rename(i == 0 ? "r" : $"r{i - 1}", $"r{i}");
        var told = await bench.ReadAsync(position);
        var versioned = told.Where(change => change.Key.Value == "v").ToList();
        Assert.Equal([FeedChangeKind.Put, FeedChangeKind.Delete], versioned.Select(change => change.Kind));
        Assert.Equal(put.ETag, versioned[0].ETag);
        for (var i = 0; i < 9; i++)
        {
            var (key, next) = ($"r{i}", $"r{i + 1}");
            var mine = told.Where(change => change.Key.Value == key).ToList();
            Assert.Equal([FeedChangeKind.Put, FeedChangeKind.Delete], mine.Select(change => change.Kind));
            Assert.Equal(next, mine[1].RenamedTo?.Value);
            Assert.Equal(i == 0 ? "r" : $"r{i - 1}", mine[0].RenamedFrom?.Value);
        }
    }

    [Fact]
    public async Task The_end_of_a_version_is_told_as_what_the_key_holds_then()
    {
        await using var bench = await FeedBench.StartAsync();
        var first = await bench.Put("k", VersioningState.Enabled);
        var second = await bench.Put("k", VersioningState.Enabled);
        var third = await bench.Put("k", VersioningState.Enabled);
        var position = bench.Feed.Heads();
        Assert.Null(await SettleAsync(second));
        var older = Assert.IsType<FeedChange>(await SettleAsync(third));
        Assert.Equal((FeedChangeKind.Put, first.ETag), (older.Kind, older.ETag));
        Assert.Equal(FeedChangeKind.Delete, (await SettleAsync(first))?.Kind);

        async Task<FeedChange?> SettleAsync(ObjectRecord version)
        {
            Assert.IsType<VersionDeleted>(await bench.DeleteVersion("k", version.VersionId));
            var gone = Assert.Single(await bench.ReadAsync(position));
            Assert.Equal(FeedChangeKind.VersionGone, gone.Kind);
            return await bench.Feed.SettleAsync(gone, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Who_has_caught_up_does_not_touch_the_journal_and_many_read_what_one_has_read()
    {
        await using var bench = await FeedBench.StartAsync(pageEvents: 100);
        var position = bench.Feed.Heads();
        for (var i = 0; i < 50; i++) await bench.Put("same");
        var shard = (await bench.ReadAsync(position.Copy()))[0] is var first
            ? Enumerable.Range(0, bench.Feed.Shards).Single(at => bench.Feed.Heads()[at] > position[at])
            : -1;
        var page = await bench.Feed.ReadAsync(shard, position[shard], position[shard] + 50, CancellationToken.None);
        for (var i = 0; i < 3; i++)
            Assert.Same(
                page, await bench.Feed.ReadAsync(shard, position[shard], page.Last, CancellationToken.None));
        Assert.Equal(50, page.Changes.Length);
        Assert.Equal(first.Sequence, page.Changes[0].Sequence);
    }

    [Fact]
    public async Task A_position_that_the_journal_does_not_reach_on_either_side_is_an_obstacle()
    {
        await using var bench = await FeedBench.StartAsync();
        for (var i = 0; i < 10; i++) await bench.Put("same");
        var heads = bench.Feed.Heads();
        var beginning = new FeedPosition(bench.Feed.Shards);
        Assert.Null(await bench.Feed.FindObstacleAsync(beginning, CancellationToken.None));
        Assert.Null(await bench.Feed.FindObstacleAsync(heads, CancellationToken.None));
        var shard = Enumerable.Range(0, heads.Shards).Single(at => heads[at] > 0);
        var ahead = heads.Copy();
        ahead[shard]++;
        var obstacle = await bench.Feed.FindObstacleAsync(ahead, CancellationToken.None);
        Assert.Contains("another store", obstacle, StringComparison.Ordinal);

        ForgetEvents(bench, shard, upTo: 4);
        obstacle = await bench.Feed.FindObstacleAsync(beginning, CancellationToken.None);
        Assert.Contains("does not go back to event 1", obstacle, StringComparison.Ordinal);
        beginning[shard] = 4;
        Assert.Null(await bench.Feed.FindObstacleAsync(beginning, CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await bench.Feed.ReadAsync(shard, 2, heads[shard], CancellationToken.None));
    }

    private static void ForgetEvents(FeedBench bench, int shard, long upTo)
    {
        var path = Path.Combine(Path.GetDirectoryName(bench.Node.CatalogPath)!, "journal.db");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"DELETE FROM journal WHERE persistence_id = 'index-shard-{shard}' AND sequence_number <= {upTo}";
        Assert.Equal(upTo, command.ExecuteNonQuery());
    }
}
