using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Akka.Actor;
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
    public static readonly NotificationSettings Settings = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1),
        PageEvents: 3, "us-east-1");

    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-follower-").FullName;
    private readonly PhysicalDisk _disk;
    private readonly JournalSettings _journalSettings;
    private readonly JournalDatabase _journal;
    private readonly List<ImmutableArray<WebhookTarget>> _configured = [];
    private long _ids = 1;

    private FollowerBench(IndexNode node)
    {
        Node = node;
        _disk = PhysicalDisk.Open(_folder);
        _journalSettings = new JournalSettings(
            JournalProvider.Sqlite, Path.Combine(Path.GetDirectoryName(node.CatalogPath)!, "journal.db"));
        _journal = new JournalDatabase(_journalSettings);
        Positions = new FollowedPositions(_disk);
    }

    public IndexNode Node { get; }

    public BucketId Bucket { get; private set; }

    public FollowedPositions Positions { get; }

    /// <summary>What the bucket gets when it is configured.</summary>
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

    public async Task ConfigureAsync()
    {
        var text = _configured.Count.ToString(CultureInfo.InvariantCulture);
        _configured.Add(Targets);
        Assert.IsType<BucketProtocol.Configured>(await Node.Ask(new BucketProtocol.Configure(
            "box", ImmutableSortedDictionary<string, string?>.Empty.Add(EventLog.ConfigKey, text), null)));
        await Node.Index.Listing.CatchUpAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
    }

    public async Task<ObjectRecord> Put(string key, VersioningState versioning = VersioningState.Off) =>
        Assert.IsType<Stored>(await Node.Ask(new Put(
            Bucket, IndexNode.Key(key), PutMode.Upsert, Precondition.None, IndexNode.Content(_ids++), versioning)))
            .Object;

    public Task<IReply> Delete(string key, VersioningState versioning = VersioningState.Off) =>
        Node.Ask(new Delete(Bucket, IndexNode.Key(key), Precondition.None, versioning));

    /// <summary>Remembers nothing but what is on the disk.</summary>
    public WebhookFollower Follow(string webhook = "all") => new(
        new WebhookId(Bucket, webhook), () => Node.Index.Ages.Find(Bucket), TargetsOf, CallAsync,
        new EventLog(new JournalReader(_journal), Node.Index.Shards), Positions, Settings);

    /// <summary>Makes the position of the webhook "all" what earlier versions wrote: that of the bucket.</summary>
    public void LeaveSharedPositions() => _disk.Rename(
        $"notifications/{new WebhookId(Bucket, "all").FileName}",
        string.Create(CultureInfo.InvariantCulture, $"notifications/{Bucket.Value}"));

    /// <summary>For an actor, which closes it.</summary>
    public NotificationSource Source(ActorSystem system) =>
        new(Node.Index, JournalStores.Get(system).Open(_journalSettings), Positions, TargetsOf);

    /// <summary>Steps until there is no more to tell, or something is not taken.</summary>
    public static async Task<FollowOutcome> RunAsync(WebhookFollower follower)
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

    private ImmutableArray<WebhookTarget> TargetsOf(BucketProtocol.BucketInfo bucket) =>
        bucket.Config.TryGetValue(EventLog.ConfigKey, out var text)
            ? _configured[int.Parse(text, CultureInfo.InvariantCulture)]
            : [];

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
