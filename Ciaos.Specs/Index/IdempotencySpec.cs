using Ciaos.Actors.Index;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

/// <summary>A write with a token happens once, however often it is sent.</summary>
public sealed class IdempotencySpec
{
    private static readonly IdempotencyToken Token = new("t", 10, 7);

    [Fact]
    public async Task A_repeat_is_answered_as_the_first_was_and_writes_no_event()
    {
        await using var node = await IndexNode.StartAsync();
        var created = Assert.IsType<Stored>(await Put(node, 1, Token));
        var appended = Assert.IsType<Stored>(await Append(node, 2, Token with { Text = "u" }));
        Assert.False(created.WasReplayed || appended.WasReplayed);
        for (var i = 0; i < 3; i++)
        {
            AssertReplay(created, await Put(node, 3, Token));
            AssertReplay(appended, await Append(node, 4, Token with { Text = "u" }));
            var found = Assert.IsType<Found>(await node.Lookup("a"));
            Assert.Equal((2, appended.Object.ETag), (found.Object.FileCount, found.Object.ETag));
            await (i == 0 ? node.RestartAsync() : KillAndForgetCatalogAsync(node));
        }
    }

    [Fact]
    public async Task Of_many_at_once_one_writes_and_all_get_its_answer()
    {
        await using var node = await IndexNode.StartAsync();
        await node.Put("a");
        var replies = await Task.WhenAll(Enumerable.Range(2, 50).Select(id => Append(node, id, Token)));
        var winner = Assert.Single(replies.Cast<Stored>(), stored => !stored.WasReplayed);
        Assert.All(replies.Cast<Stored>(), stored => Assert.Equal(winner.Object.ETag, stored.Object.ETag));
        Assert.Equal(2, Assert.IsType<Found>(await node.Lookup("a")).Object.FileCount);
    }

    [Fact]
    public async Task The_first_answer_stands_when_the_key_is_gone_and_in_a_bucket_that_keeps_versions()
    {
        await using var node = await IndexNode.StartAsync();
        var first = Assert.IsType<Stored>(await Put(node, 1, Token, versioning: VersioningState.Enabled));
        await node.Ask(new Delete(
            IndexNode.Bucket, IndexNode.Key("a"), Precondition.None, VersioningState.Enabled));
        AssertReplay(first, await Put(node, 2, Token, versioning: VersioningState.Enabled));
        Assert.IsType<KeyNotFound>(await node.Lookup("a"));
    }

    [Fact]
    public async Task Another_operation_or_body_is_refused_and_another_key_is_another_matter()
    {
        await using var node = await IndexNode.StartAsync();
        await Put(node, 1, Token);
        Assert.IsType<IdempotencyMismatch>(await Append(node, 2, Token));
        Assert.IsType<IdempotencyMismatch>(await Put(node, 3, Token, PutMode.Upsert));
        Assert.IsType<IdempotencyMismatch>(await Put(node, 4, Token with { BodyCrc = 8 }));
        Assert.IsType<IdempotencyMismatch>(await Put(node, 5, Token with { BodyBytes = 11 }));
        Assert.False(Assert.IsType<Stored>(await Put(node, 6, Token, key: "b")).WasReplayed);
        Assert.Equal(1, Assert.IsType<Found>(await node.Lookup("a")).Object.Id.Value);
    }

    [Fact]
    public async Task What_was_refused_is_not_remembered()
    {
        await using var node = await IndexNode.StartAsync();
        Assert.IsType<KeyNotFound>(await Append(node, 1, Token));
        await node.Put("a");
        Assert.False(Assert.IsType<Stored>(await Append(node, 2, Token)).WasReplayed);
    }

    [Fact]
    public async Task To_recall_tells_what_is_there_until_the_write_has_happened_and_waits_while_it_happens()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.record-timeout = 100ms");
        Assert.IsType<KeyNotFound>(await Recall(node));
        node.Volumes = _ => null;
        var under = Put(node, 1, Token);
        var recalls = Enumerable.Range(0, 20).Select(_ => Recall(node)).ToArray();
        var reply = Assert.IsType<Remembered>(await recalls[^1]);
        var first = Assert.IsType<Stored>(await under);
        Assert.Equal(Token, reply.Token);
        AssertReplay(first, reply.Outcome);
        Assert.IsType<IdempotencyMismatch>(await node.Ask(
            new Recall(IndexNode.Bucket, IndexNode.Key("a"), Token.Text, WriteOperation.Append)));
        node.Volumes = IndexNode.Stored;
        Assert.IsType<Found>(await node.Ask(
            new Recall(IndexNode.Bucket, IndexNode.Key("a"), "other", WriteOperation.Create)));
    }

    [Fact]
    public async Task Tokens_are_forgotten_after_their_time_and_their_rows_go_when_others_come()
    {
        var time = new ManualTime();
        await using var node = await IndexNode.StartAsync("ciaos.index.idempotency-retention = 1h", time);
        for (var i = 0; i < 10; i++) await Put(node, i + 1, Token, key: $"k{i}");
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.True(Assert.IsType<Stored>(await Put(node, 20, Token, key: "k0")).WasReplayed);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<KeyExists>(await Put(node, 21, Token, key: "k0"));
        Assert.Equal(10, CountTokens(node));
        for (var i = 0; i < 100; i++) await Put(node, 100 + i, Token, key: $"n{i}");
        Assert.Equal(100, CountTokens(node));

        time.Advance(TimeSpan.FromHours(2));
        await KillAndForgetCatalogAsync(node);
        Assert.Equal(0, CountTokens(node));
    }

    [Fact]
    public async Task Volumes_get_the_token_with_the_event()
    {
        await using var node = await IndexNode.StartAsync("ciaos.index.shards = 1");
        await Put(node, 1, Token);
        var put = Assert.IsType<ObjectPut>(node.Recorded(1)[1]);
        Assert.Equal(new IdempotencyStamp(Token, WriteOperation.Create), put.Stamp);
    }

    private static Task<IReply> Put(
        IndexNode node, long id, IdempotencyToken token, PutMode mode = PutMode.Create, string key = "a",
        VersioningState versioning = VersioningState.Off) =>
        node.Ask(new Put(
            IndexNode.Bucket, IndexNode.Key(key), mode, Precondition.None, IndexNode.Content(id), versioning, token));

    private static Task<IReply> Append(IndexNode node, long id, IdempotencyToken token) => node.Ask(
        new Append(IndexNode.Bucket, IndexNode.Key("a"), IndexNode.Content(id), Idempotency: token));

    private static Task<IReply> Recall(IndexNode node) => node.Ask(
        new Recall(IndexNode.Bucket, IndexNode.Key("a"), Token.Text, WriteOperation.Create));

    private static void AssertReplay(Stored first, IReply reply)
    {
        var again = Assert.IsType<Stored>(reply);
        Assert.True(again.WasReplayed);
        Assert.Equal(
            (first.WasCreated, first.Object.ETag, first.Object.SizeBytes, first.Object.FileCount,
                first.Object.Modified),
            (again.WasCreated, again.Object.ETag, again.Object.SizeBytes, again.Object.FileCount,
                again.Object.Modified));
    }

    private static async Task KillAndForgetCatalogAsync(IndexNode node)
    {
        await node.KillAsync();
        node.DeleteFiles("catalog.db*");
        await node.StartAgainAsync();
    }

    private static long CountTokens(IndexNode node)
    {
        using var connection = new SqliteConnection($"Data Source={node.CatalogPath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM token";
        return (long)command.ExecuteScalar()!;
    }
}
