using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class BucketsActorSpec
{
    private static readonly ImmutableSortedDictionary<string, string> NoConfig =
        ImmutableSortedDictionary<string, string>.Empty;

    [Fact]
    public async Task A_bucket_is_made_once_configured_in_parts_and_the_same_after_a_restart()
    {
        await using var node = await IndexNode.StartAsync();
        Assert.IsType<NoSuchBucket>(await node.Ask(new Get("pictures")));
        var made = Assert.IsType<Created>(await Create(node, "pictures", "alice")).Bucket;
        Assert.Equal(("pictures", "alice", VersioningState.Off), (made.Name, made.Owner, made.Versioning));
        Assert.Equal(made.Id, Assert.IsType<Exists>(await Create(node, "pictures", "bob")).Bucket.Id);
        var changed = await Configure(node, made.Version, ("versioning", "enabled"), ("policy", "{}"));
        var configured = Assert.IsType<Configured>(changed).Bucket;
        Assert.Equal(VersioningState.Enabled, configured.Versioning);
        Assert.True(configured.Version > made.Version);
        Assert.IsType<Conflict>(await Configure(node, made.Version, ("policy", null)));
        Assert.IsType<Configured>(await Configure(node, null, ("policy", null), ("versioning", "suspended")));
        foreach (var losesCatalog in new[] { false, true })
        {
            await node.StopAsync();
            if (losesCatalog) node.DeleteFiles("catalog.db*");
            await node.StartAgainAsync();
            var got = Assert.IsType<Got>(await node.Ask(new Get("pictures"))).Bucket;
            Assert.Equal((made.Id, made.Created, "alice"), (got.Id, got.Created, got.Owner));
            Assert.Equal(VersioningState.Suspended, got.Versioning);
            Assert.Equal("versioning", Assert.Single(got.Config).Key);
        }

        Assert.IsType<NoSuchBucket>(await node.Ask(new Configure(
            "nothing", ImmutableSortedDictionary<string, string?>.Empty, null)));
    }

    [Fact]
    public async Task The_name_of_somebody_elses_bucket_is_no_native_users()
    {
        await using var node = await IndexNode.StartAsync();
        await Create(node, "alice", "bob");
        Assert.IsType<NoSuchBucket>(await node.Resolve("alice", create: false));
        Assert.Equal(
            FailReason.NotAllowed, Assert.IsType<Failed>(await node.Resolve("alice", create: true)).Reason);
    }

    [Theory]
    [InlineData("object")]
    [InlineData("version")]
    [InlineData("marker")]
    [InlineData("upload")]
    public async Task A_bucket_that_holds_anything_is_not_removed_and_stays_open(string what)
    {
        await using var node = await IndexNode.StartAsync();
        var bucket = Assert.IsType<Created>(await Create(node, "pictures", "alice")).Bucket.Id;
        var key = IndexNode.Key("a");
        var put = new Put(
            bucket, key, PutMode.Upsert, Precondition.None, IndexNode.Content(1), VersioningState.Enabled);
        var delete = new Delete(bucket, key, Precondition.None, VersioningState.Enabled, MustExist: false);
        await node.Ask(what switch
        {
            "object" => put with { Versioning = VersioningState.Off },
            "version" => put,
            "marker" => delete,
            _ => new BeginMultipart(bucket, key, "alice", NoConfig),
        });
        if (what == "version") await node.Ask(delete);
        Assert.IsType<NotEmpty>(await node.Ask(new Remove("pictures")));
        Assert.IsType<Stored>(await node.Ask(put));
    }

    [Fact]
    public async Task A_removed_bucket_takes_nothing_more_and_its_id_is_not_used_again()
    {
        await using var node = await IndexNode.StartAsync();
        var bucket = Assert.IsType<Created>(await Create(node, "pictures", "alice")).Bucket.Id;
        var put = new Put(bucket, IndexNode.Key("a"), PutMode.Upsert, Precondition.None, IndexNode.Content(1));
        await node.Ask(put);
        Assert.Single(node.Listing.List(bucket, "", "", 10).Objects);
        await node.Ask(new Delete(bucket, IndexNode.Key("a"), Precondition.None));
        Assert.IsType<Removed>(await node.Ask(new Remove("pictures")));
        Assert.IsType<NoSuchBucket>(await node.Ask(new Remove("pictures")));
        Assert.Equal(FailReason.BucketClosed, Assert.IsType<Failed>(await node.Ask(put)).Reason);
        Assert.Empty(node.Listing.ListBuckets(null, "", "", 10).Buckets);
        await node.RestartAsync();
        Assert.Equal(FailReason.BucketClosed, Assert.IsType<Failed>(await node.Ask(put)).Reason);
        Assert.IsType<KeyNotFound>(await node.Ask(new Lookup(bucket, IndexNode.Key("a"), ForReading: false)));
        var again = Assert.IsType<Created>(await Create(node, "pictures", "bob")).Bucket;
        Assert.True(again.Id.Value > bucket.Value);
        Assert.IsType<Stored>(await node.Ask(put with { Bucket = again.Id }));
    }

    // Either the write was there first, and the bucket stays, or the bucket is gone, and the write is refused.
    [Fact]
    public async Task Writes_at_the_time_of_the_removal_are_in_a_bucket_that_is_there_or_refused()
    {
        await using var node = await IndexNode.StartAsync();
        for (var round = 0; round < 12; round++)
        {
            var bucket = Assert.IsType<Created>(await Create(node, $"round{round}", "alice")).Bucket.Id;
            var early = Writes(node, bucket, 10, round % 3 == 0 ? 0 : 4);
            var removal = node.Ask(new Remove($"round{round}"));
            var late = Writes(node, bucket, 20, 4);
            var replies = (await Task.WhenAll(early.Concat(late))).ToList();
            var stored = replies.Count(reply => reply is Stored);
            Assert.All(replies, reply => Assert.True(
                reply is Stored || (reply is Failed failed && failed.Reason == FailReason.BucketClosed)));
            if (await removal is Removed) Assert.Equal(0, stored);
            else Assert.True(stored > 0);
            Assert.Equal(stored, node.Listing.List(bucket, "", "", 100).Objects.Count);
        }
    }

    [Fact]
    public async Task Buckets_are_listed_by_name_and_owner_in_pages()
    {
        await using var node = await IndexNode.StartAsync();
        foreach (var name in new[] { "b", "a", "ab", "c" }) await Create(node, name, name == "c" ? "bob" : "alice");
        Assert.Equal(["a", "ab", "b", "c"], Names(node, null, "", "", 10));
        Assert.Equal(["a", "ab", "b"], Names(node, "alice", "", "", 10));
        Assert.Equal(["ab"], Names(node, "alice", "a", "a", 10));
        var page = node.Listing.ListBuckets(null, "", "a", 2);
        Assert.Equal((2, true), (page.Buckets.Count, page.HasMore));
        Assert.False(node.Listing.ListBuckets(null, "", "", 0).HasMore);
    }

    private static List<string> Names(IndexNode node, string? owner, string prefix, string after, int limit) =>
        [.. node.Listing.ListBuckets(owner, prefix, after, limit).Buckets.Select(bucket => bucket.Name)];

    private static List<Task<IReply>> Writes(IndexNode node, BucketId bucket, int id, int count) =>
        [.. Enumerable.Range(id, count).Select(i => node.Ask(new Put(
            bucket, IndexNode.Key($"key{i}"), PutMode.Upsert, Precondition.None, IndexNode.Content(i))))];

    private static Task<object> Create(IndexNode node, string name, string owner) =>
        node.Ask(new Create(name, owner, NoConfig));

    private static Task<object> Configure(
        IndexNode node, long? ifVersion, params (string Name, string? Value)[] changes) => node.Ask(new Configure(
            "pictures",
            changes.ToImmutableSortedDictionary(change => change.Name, change => change.Value, StringComparer.Ordinal),
            ifVersion));
}
