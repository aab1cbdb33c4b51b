using System.Collections.Immutable;
using System.Text.Json;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Notifications;
using Ciaos.Specs.Index;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Notifications;

/// <summary>An index with a bucket, and webhooks that write down what they are sent.</summary>
internal sealed class FollowerBench : IAsyncDisposable
{
    private static readonly NotificationSettings Settings = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1),
        PageEvents: 3, "us-east-1");

    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-follower-").FullName;
    private readonly PhysicalDisk _disk;
    private readonly JournalDatabase _journal;
    private long _ids = 1;

    private FollowerBench(IndexNode node)
    {
        Node = node;
        _disk = PhysicalDisk.Open(_folder);
        _journal = new JournalDatabase(new JournalSettings(
            JournalProvider.Sqlite, Path.Combine(Path.GetDirectoryName(node.CatalogPath)!, "journal.db")));
    }

    public IndexNode Node { get; }

    public BucketId Bucket { get; private set; }

    public ImmutableArray<WebhookTarget> Targets { get; set; } = [Target("all", "s3:*")];

    /// <summary>What webhooks have taken: which, and the records of one call.</summary>
    public List<(string Webhook, JsonElement[] Records)> Taken { get; } = [];

    /// <summary>Says of a webhook whether it takes what it is sent.</summary>
    public Func<string, bool> Takes { get; set; } = _ => true;

    public static async Task<FollowerBench> StartAsync()
    {
        var bench = new FollowerBench(await IndexNode.StartAsync());
        var made = await bench.Node.Ask(
            new BucketProtocol.Create("box", "main", ImmutableSortedDictionary<string, string>.Empty));
        bench.Bucket = Assert.IsType<BucketProtocol.Created>(made).Bucket.Id;
        return bench;
    }

    public static WebhookTarget Target(string id, params string[] events) =>
        new(id, new Uri($"http://hook.test/{id}"), [.. events]);

    public async Task ConfigureAsync() => Assert.IsType<BucketProtocol.Configured>(await Node.Ask(
        new BucketProtocol.Configure(
            "box", ImmutableSortedDictionary<string, string?>.Empty.Add(EventLog.ConfigKey, "targets"), null)));

    public async Task<ObjectRecord> Put(string key, VersioningState versioning = VersioningState.Off) =>
        Assert.IsType<Stored>(await Node.Ask(new Put(
            Bucket, IndexNode.Key(key), PutMode.Upsert, Precondition.None, IndexNode.Content(_ids++), versioning)))
            .Object;

    public Task<IReply> Delete(string key, VersioningState versioning = VersioningState.Off) =>
        Node.Ask(new Delete(Bucket, IndexNode.Key(key), Precondition.None, versioning));

    /// <summary>Remembers nothing but what is on the disk.</summary>
    public BucketFollower Follow() => new(
        Bucket, () => Node.Index.Ages.Find(Bucket), _ => Targets, CallAsync,
        new EventLog(new JournalReader(_journal), Node.Index.Shards), new FollowedPositions(_disk), Settings);

    /// <summary>Steps until there is no more to tell, or something is not taken.</summary>
    public static async Task<FollowOutcome> RunAsync(BucketFollower follower)
    {
        FollowOutcome outcome;
        do outcome = await follower.StepAsync(CancellationToken.None);
        while (outcome == FollowOutcome.More);
        return outcome;
    }

    /// <summary>Names and keys of what one webhook has taken, those of one key in the order of arrival.</summary>
    public List<string> TakenBy(string webhook) =>
    [
        .. Taken.Where(call => call.Webhook == webhook).SelectMany(call => call.Records)
            .Select(record => $"{ObjectOf(record).GetProperty("key").GetString()} "
                + record.GetProperty("eventName").GetString())
            .OrderBy(text => text.Split(' ')[0], StringComparer.Ordinal),
    ];

    public static JsonElement ObjectOf(JsonElement record) => record.GetProperty("s3").GetProperty("object");

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _journal.Dispose();
        _disk.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<bool> CallAsync(Uri url, ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        var webhook = url.AbsolutePath[1..];
        if (!Takes(webhook)) return Task.FromResult(false);
        using var document = JsonDocument.Parse(json);
        var records = document.RootElement.GetProperty("Records").EnumerateArray().Select(record => record.Clone());
        Taken.Add((webhook, [.. records]));
        return Task.FromResult(true);
    }
}
