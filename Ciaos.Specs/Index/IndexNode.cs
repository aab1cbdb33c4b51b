using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Volumes;
using Ciaos.Specs.Index.Catalog;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Ciaos.Specs.Index;

/// <summary>An index in a folder of its own, which can be stopped, killed and started again.</summary>
internal sealed class IndexNode : IAsyncDisposable
{
    public static readonly BucketId Bucket = new(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("ciaos-index-").FullName;
    private string _settings;
    private readonly NeedleIds _needles = new(TimeProvider.System);
    private readonly ConcurrentQueue<Needle> _stored = new();
    private ActorSystem? _system;
    private int _sentDirectly;

    private IndexNode(string settings) => _settings = settings;

    public IndexSystem Index { get; private set; } = null!;

    public string CatalogPath => Path.Combine(_folder, "catalog.db");

    /// <summary>Event needles that volumes were given.</summary>
    public ConcurrentQueue<Needle> Needles { get; } = new();

    /// <summary>The events of a stream that volumes have, by number.</summary>
    public SortedDictionary<long, IIndexEvent> Recorded(long stream)
    {
        var recorded = new SortedDictionary<long, IIndexEvent>();
        foreach (var run in Runs.Where(run => run.Stream == stream))
            for (var i = 0; i < run.Events.Length; i++)
                recorded[run.FirstSequence + i] = IndexEventCodec.Decode(run.Events[i].Manifest, run.Events[i].Payload);
        return recorded;
    }

    /// <summary>What volumes have taken, in their order.</summary>
    public IEnumerable<EventRun> Runs => _stored.SelectMany(needle => EventNeedle.Decode(needle.Data.Span));

    /// <summary>What volumes answer; by default that the needle is stored. Null: nothing.</summary>
    public Func<Needle, object?> Volumes { get; set; } = Stored;

    /// <summary>What a volume's writer answers to whom it has been named. Null: no writer is named.</summary>
    public Func<Needle, object>? Writer { get; set; }

    /// <summary>The volume of that writer: that of <see cref="Stored"/>.</summary>
    public VolumeId WriterVolume { get; set; } = new(1);

    /// <summary>How many needles the writer was sent past the volumes.</summary>
    public int SentDirectly => _sentDirectly;

    /// <summary>When events happen.</summary>
    public TimeProvider Time { get; private init; } = TimeProvider.System;

    /// <param name="settings">HOCON that goes before the defaults.</param>
    public static async Task<IndexNode> StartAsync(string settings = "", TimeProvider? time = null)
    {
        var node = new IndexNode(settings) { Time = time ?? TimeProvider.System };
        await node.StartAgainAsync();
        return node;
    }

    /// <summary>A folder without anything in it, and nothing running.</summary>
    public static IndexNode Stopped() => new("");

    public static object Stored(Needle needle) =>
        new VolumeProtocol.Appended(needle.Id, new NeedleLocation(new VolumeId(1), 4096, 80, 0));

    public static Content Content(long id, int segments = 1, int lengthBytes = 10) => new(
        new ObjectId(id),
        [.. Enumerable.Range(0, segments).Select(i => new Segment(
            new NeedleLocation(new VolumeId(1), 4096 + (id * 1024), 80, 1_000_000), i, lengthBytes, true))],
        ImmutableSortedDictionary<string, string>.Empty);

    public static ObjectKey Key(string key) => ObjectKey.Create(key);

    /// <summary>As <see cref="Rename"/>, where an answer may not come: the node is killed meanwhile.</summary>
    public Task TryRename(string key, string newKey) =>
        Rename(key, newKey).ContinueWith(_ => { }, TaskScheduler.Default);

    public async Task<IReply> Ask(IKeyCommand command) =>
        await Index.Region.Ask<IReply>(command, TimeSpan.FromSeconds(20));

    public Task<IReply> Put(string key, long id = 1, PutMode mode = PutMode.Create, int segments = 1) =>
        Ask(new Put(Bucket, Key(key), mode, Precondition.None, Content(id, segments)));

    public Task<IReply> Append(string key, long id = 2, int segments = 1) =>
        Ask(new Append(Bucket, Key(key), Content(id, segments)));

    public Task<IReply> Delete(string key) => Ask(new Delete(Bucket, Key(key), Precondition.None));

    public Task<IReply> Rename(string key, string newKey) => Ask(new Rename(Bucket, Key(key), Key(newKey)));

    public Task<IReply> Lookup(string key) => Ask(new Lookup(Bucket, Key(key), ForReading: true));

    public Task<IReply> Lookup(string key, VersionId version) =>
        Ask(new Lookup(Bucket, Key(key), ForReading: true, version));

    public Task<object> Resolve(string owner, bool create) => Ask(new BucketProtocol.Resolve(owner, create));

    public Task<object> Ask(BucketProtocol.ICommand command) =>
        Index.Buckets.Ask<object>(command, TimeSpan.FromSeconds(20));

    /// <summary>All segments of an object, page by page.</summary>
    public async Task<List<Segment>> ReadAll(string key) => await ReadAll((Found)await Lookup(key));

    /// <summary>All segments of what was found, page by page.</summary>
    public async Task<List<Segment>> ReadAll(Found found)
    {
        var (bucket, key) = (found.Object.Bucket, found.Object.Key);
        var segments = found.Segments.ToList();
        while (found.Ticket is { } ticket && segments.Count < found.Object.SegmentCount)
        {
            var page = (SegmentPage)await Ask(new ReadSegments(bucket, key, ticket, segments.Count));
            segments.AddRange(page.Segments);
        }

        if (found.Ticket is not null)
            Index.Region.Tell(new EndRead(bucket, key, found.Ticket), ActorRefs.NoSender);
        return segments;
    }

    /// <summary>Of all that was acknowledged before.</summary>
    public IObjectListing Listing
    {
        get
        {
            Index.Listing.CatchUpAsync(TimeSpan.FromSeconds(20), CancellationToken.None).GetAwaiter().GetResult();
            return Index.Listing;
        }
    }

    public List<string> Listed() =>
        [.. Listing.List(Bucket, "", "", 100_000).Objects.Select(found => found.Key.Value)];

    /// <summary>A key that another shard owns, or the same one.</summary>
    public static string KeyOf(int shard, string prefix = "key") => Enumerable.Range(0, 100_000)
        .Select(i => string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}"))
        .First(key => new ShardLayout(16).ShardOf(Bucket, Key(key)) == shard);

    /// <summary>Stops in order.</summary>
    public async Task StopAsync()
    {
        if (_system is null) return;
        await Index.StopAsync(TimeSpan.FromSeconds(20));
        await _system.Terminate();
        _system = null;
    }

    /// <summary>Stops as it is: nothing is finished.</summary>
    public async Task KillAsync()
    {
        await _system!.Terminate();
        Index.CloseCatalog();
        _system = null;
    }

    /// <summary>From the next start on.</summary>
    public void Set(string settings) => _settings = settings;

    public Task StartAgainAsync() => StartAgainAsync(TimeSpan.FromSeconds(10));

    public async Task StartAgainAsync(TimeSpan timeout)
    {
        _system = StartSystem();
        var cluster = AkkaCluster.Get(_system);
        cluster.Join(cluster.SelfAddress);
        var volumes = _system.ActorOf(Props.Create(() => new VolumesStub(this)), "volumes");
        Index = IndexSystem.Start(
            _system, IndexSettings.From(_system.Settings.Config), volumes, _needles, Time);
        await Index.WhenReadyAsync(timeout);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Writes a shard's events to the journal alone, as a crash leaves them. Nothing may be running.</summary>
    public async Task WriteJournal(int shard, params IKeyEvent[] events)
    {
        var system = StartSystem();
        var writer = system.ActorOf(Props.Create(() => new EventWriter($"index-shard-{shard}")));
        await writer.Ask<Done>(events, TimeSpan.FromSeconds(20));
        await system.Terminate();
    }

    /// <summary>Applies events to the catalog too, though no shard has ever run.</summary>
    public void ApplyToCatalog(params ReadOnlySpan<(int Shard, IKeyEvent[] Events)> shards)
    {
        using var catalog = new CatalogFixture(CatalogPath);
        foreach (var (shard, events) in shards)
            if (events.Length > 0) catalog.Apply(shard, events);
    }

    public void DeleteFiles(string pattern)
    {
        foreach (var file in Directory.GetFiles(_folder, pattern)) File.Delete(file);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ActorSystem StartSystem() => ActorSystem.Create("index-spec", Config());

    private Config Config() => ConfigurationFactory.ParseString(_settings)
        .WithFallback(ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = WARNING
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            akka.persistence.journal.plugin = "ciaos.journal"
            ciaos.journal { path = "{{Path.Combine(_folder, "journal.db")}}", synchronous = off }
            ciaos.index.catalog.path = "{{CatalogPath}}"
            ciaos.index.rename-retry = 100ms
            """))
        .WithFallback(IndexSettings.DefaultConfig())
        .WithFallback(JournalSettings.DefaultConfig());

    private sealed class EventWriter : ReceivePersistentActor
    {
        public EventWriter(string persistenceId)
        {
            (PersistenceId, SnapshotPluginId) = (persistenceId, "akka.persistence.no-snapshot-store");
            Command<IKeyEvent[]>(events =>
            {
                var (left, sender) = (events.Length, Sender);
                PersistAll(events, _ =>
                {
                    if (--left == 0) sender.Tell(Done.Instance);
                });
            });
            RecoverAny(_ => { });
        }

        public override string PersistenceId { get; }
    }

    private sealed class VolumesStub : ReceiveActor
    {
        public VolumesStub(IndexNode node)
        {
            var writer = Context.ActorOf(Props.Create(() => new WriterStub(node)));
            Receive<VolumeWriting.GetEventWriter>(_ =>
                Sender.Tell(new VolumeWriting.EventWriter(node.Writer is null ? null : writer, node.WriterVolume)));
            Receive<VolumeProtocol.Append>(append =>
            {
                node.Needles.Enqueue(append.Needle);
                var reply = node.Volumes(append.Needle);
                if (reply is VolumeProtocol.Appended) node._stored.Enqueue(append.Needle);
                if (reply is not null) Sender.Tell(reply);
            });
        }
    }

    private sealed class WriterStub : ReceiveActor
    {
        public WriterStub(IndexNode node) => Receive<VolumeWriting.Store>(store =>
        {
            Interlocked.Increment(ref node._sentDirectly);
            var reply = node.Writer!(store.Needle);
            if (reply is VolumeProtocol.Appended) node._stored.Enqueue(store.Needle);
            store.ReplyTo.Tell(reply);
        });
    }
}
