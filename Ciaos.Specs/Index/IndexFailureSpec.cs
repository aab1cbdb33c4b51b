using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class IndexFailureSpec
{
    private const string WithFailingJournal = """
        akka.persistence.journal.plugin = "failing-journal"
        failing-journal {
          class = "Ciaos.Specs.Index.IndexFailureSpec+FailingJournal, Ciaos.Specs"
          plugin-dispatcher = "akka.actor.default-dispatcher"
        }
        ciaos.index { restart-backoff-min = 10ms, restart-backoff-max = 20ms }
        """;

    [Theory]
    [InlineData(28, FailReason.DiskFull)]
    [InlineData(5, FailReason.Unavailable)]
    public async Task When_the_journal_fails_all_who_wait_are_told_and_the_shard_comes_back_by_itself(
        int errorNumber, FailReason expected)
    {
        await using var node = await IndexNode.StartAsync(WithFailingJournal);
        Assert.IsType<Stored>(await node.Put("a"));
        FailingJournal.Failure = new IOException("The disk does not like it", errorNumber);
        var replies = await Task.WhenAll(Enumerable.Range(10, 20).Select(id => node.Append("a", id)));
        Assert.All(replies, reply => Assert.IsType<Failed>(reply));
        Assert.Contains(replies, reply => ((Failed)reply).Reason == expected);

        FailingJournal.Failure = null;
        await node.Index.WhenReadyAsync(TimeSpan.FromSeconds(10));
        var stored = Assert.IsType<Stored>(await node.Append("a", 3));
        Assert.Equal(2, stored.Object.SegmentCount);
        Assert.Equal(2, (await node.ReadAll("a")).Count);
    }

    [Fact]
    public async Task When_the_catalog_fails_nothing_is_acknowledged_and_what_the_journal_has_is_applied_later()
    {
        await using var node = await IndexNode.StartAsync(
            "ciaos.index { restart-backoff-min = 10ms, restart-backoff-max = 20ms }");
        Assert.IsType<Stored>(await node.Put("a"));
        Assert.Equal("", await node.Index.GetUnreadyAsync(TimeSpan.FromSeconds(10)));
        Sql(node, "ALTER TABLE segment RENAME TO segment_away");
        Assert.IsType<Failed>(await node.Append("a", 2));
        Assert.IsType<Failed>(await node.Append("a", 3));
        Assert.StartsWith(
            "shard ", await node.Index.GetUnreadyAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);
        Sql(node, "ALTER TABLE segment_away RENAME TO segment");

        await node.Index.WhenReadyAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(
            [IndexNode.Content(1).Segments[0], IndexNode.Content(2).Segments[0]],
            (await node.ReadAll("a")).Take(2).ToList());
        Assert.IsType<Stored>(await node.Append("a", 4));
    }

    [Fact]
    public async Task Who_sends_what_stops_a_shard_is_told_so_and_the_shard_comes_back()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.restart-backoff-min = 10ms");
        Assert.IsType<Stored>(await node.Put("a"));
        var failed = Assert.IsType<Failed>(await node.Ask(new Nonsense(IndexNode.Bucket, IndexNode.Key("a"))));
        Assert.Contains("Nonsense is not known", failed.Detail, StringComparison.Ordinal);
        IReply reply = failed;
        for (var i = 0; reply is Failed && i < 100_000; i++) reply = await node.Append("a");
        Assert.IsType<Stored>(reply);
    }

    [Theory]
    [InlineData("metadata = x'FF'")]
    [InlineData("created = -1")]
    [InlineData("inline_segments = x'0107'")]
    public async Task A_rotten_row_of_the_catalog_fails_its_own_key_and_no_other(string rot)
    {
        await using var node = await IndexNode.StartAsync();
        var (rotten, whole) = (IndexNode.KeyOf(3, "rotten"), IndexNode.KeyOf(3, "whole"));
        Assert.IsType<Stored>(await node.Put(rotten));
        Assert.IsType<Stored>(await node.Put(whole));
        await node.StopAsync();
        Sql(node, $"UPDATE object SET {rot} WHERE CAST(key AS TEXT) = '{rotten}'");
        await node.StartAgainAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Contains(
                "The catalog could not be read",
                Assert.IsType<Failed>(await node.Lookup(rotten)).Detail,
                StringComparison.Ordinal);
            Assert.IsType<Found>(await node.Lookup(whole));
        }
    }

    [Fact]
    public async Task A_catalog_of_another_journal_is_not_served()
    {
        await using var node = await IndexNode.StartAsync();
        Assert.IsType<Stored>(await node.Put("a"));
        Assert.IsType<Stored>(await node.Put("a", 2, PutMode.Replace));
        await node.StopAsync();
        node.DeleteFiles("journal.db*");
        var error = await Assert.ThrowsAsync<TimeoutException>(() => node.StartAgainAsync(TimeSpan.FromSeconds(1)));
        Assert.Contains("it is not the journal of this catalog", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public async Task Another_number_of_shards_is_refused_at_once_even_if_the_catalog_was_deleted(int shards)
    {
        await using var node = await IndexNode.StartAsync();
        foreach (var shard in Enumerable.Range(0, 16)) Assert.IsType<Stored>(await node.Put(IndexNode.KeyOf(shard)));
        await node.StopAsync();
        node.DeleteFiles("catalog.db*");
        node.Set($"ciaos.index.shards = {shards}");
        var error = await Assert.ThrowsAsync<CatalogLayoutException>(
            () => node.StartAgainAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(
            $"ciaos.index.shards is {shards}, but the index was created with 16 shards. "
            + "The number cannot be changed later: set ciaos.index.shards = 16.",
            error.Message);
        await node.StopAsync();
        node.Set("");
        await node.StartAgainAsync();
        Assert.Equal(16, node.Listed().Count);
        foreach (var shard in Enumerable.Range(0, 16)) Assert.IsType<Found>(await node.Lookup(IndexNode.KeyOf(shard)));
    }

    private static void Sql(IndexNode node, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={node.CatalogPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed record Nonsense(BucketId Bucket, ObjectKey Key) : IKeyCommand;

    /// <summary>Keeps events in memory, and fails when it is told to.</summary>
    public sealed class FailingJournal : MemoryJournal
    {
        private static volatile Exception? _failure;

        public static Exception? Failure
        {
            get => _failure;
            set => _failure = value;
        }

        protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages) =>
            _failure is { } failure
                ? Task.FromException<IImmutableList<Exception?>?>(failure)
                : base.WriteMessagesAsync(messages);
    }
}
