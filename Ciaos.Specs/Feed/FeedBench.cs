using System.Collections.Immutable;
using Akka.Actor;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Objects;
using Ciaos.Specs.Index;
using Ciaos.Specs.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Feed;

/// <summary>An index with a bucket, and the feed of what happens in it.</summary>
internal sealed class FeedBench : IAsyncDisposable
{
    private long _ids = 1;

    private FeedBench(IndexNode node) => Node = node;

    public IndexNode Node { get; }

    public ChangeFeed Feed { get; private set; } = null!;

    public BucketId Bucket { get; private set; }

    /// <param name="pageEvents">What is read at a time.</param>
    public static async Task<FeedBench> StartAsync(int pageEvents = 3)
    {
        var bench = new FeedBench(await IndexNode.StartAsync());
        var made = await bench.Node.Ask(
            new BucketProtocol.Create("box", "main", ImmutableSortedDictionary<string, string>.Empty));
        bench.Bucket = Assert.IsType<BucketProtocol.Created>(made).Bucket.Id;
        bench.OpenFeed(pageEvents);
        return bench;
    }

    /// <summary>As a node does that starts again.</summary>
    public async Task RestartAsync()
    {
        Feed.Dispose();
        await Node.RestartAsync();
        OpenFeed(pageEvents: 3);
    }

    public async Task<ObjectRecord> Put(string key, VersioningState versioning = VersioningState.Off) =>
        Assert.IsType<Stored>(await Node.Ask(new Put(
            Bucket, IndexNode.Key(key), PutMode.Upsert, Precondition.None, IndexNode.Content(_ids++), versioning)))
            .Object;

    public Task<IReply> Append(string key) => Node.Ask(
        new Append(Bucket, IndexNode.Key(key), IndexNode.Content(_ids++)));

    public Task<IReply> Delete(string key, VersioningState versioning = VersioningState.Off) =>
        Node.Ask(new Delete(Bucket, IndexNode.Key(key), Precondition.None, versioning));

    public Task<IReply> DeleteVersion(string key, VersionId version) =>
        Node.Ask(new DeleteVersion(Bucket, IndexNode.Key(key), version, Precondition.None, BypassGovernance: false));

    public Task<IReply> Rename(string key, string newKey) =>
        Node.Ask(new Rename(Bucket, IndexNode.Key(key), IndexNode.Key(newKey)));

    /// <summary>Everything behind a position up to now, moving it on.</summary>
    public async Task<List<FeedChange>> ReadAsync(FeedPosition position)
    {
        var changes = new List<FeedChange>();
        var heads = Feed.Heads();
        for (var shard = 0; shard < Feed.Shards; shard++)
        {
            while (position[shard] < heads[shard])
            {
                var page = await Feed.ReadAsync(shard, position[shard], heads[shard], CancellationToken.None);
                Assert.InRange(page.Last, position[shard] + 1, heads[shard]);
                changes.AddRange(page.Changes);
                position[shard] = page.Last;
            }
        }

        return changes;
    }

    public async ValueTask DisposeAsync()
    {
        Feed.Dispose();
        await Node.DisposeAsync();
    }

    private void OpenFeed(int pageEvents)
    {
        var journal = new JournalSettings(
            JournalProvider.Sqlite, Path.Combine(Path.GetDirectoryName(Node.CatalogPath)!, "journal.db"));
        var store = new ObjectStore(
            Node.Index.Region, Node.Index.Buckets, ActorRefs.Nobody, new NoNeedles(), new NoListing(),
            new NeedleIds(TimeProvider.System), TimeProvider.System,
            new StoreSettings(65_536, 4, 1_000_000, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20)));
        Feed = new ChangeFeed(
            Node.Index, journal, store, new FeedSettings(TimeSpan.Zero, pageEvents, CachedPages: 4, Readers: 2),
            TimeProvider.System);
    }

    private sealed class NoNeedles : INeedleReader
    {
        public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination) =>
            throw new NotSupportedException();
    }
}
