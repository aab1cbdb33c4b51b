using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Configuration;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Http;
using Ciaos.Http.Metrics;
using Ciaos.Http.Quotas;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.Extensions.Logging;

namespace Ciaos.Specs.Http;

/// <summary>
/// The real front end on a real socket, over actors that keep everything in memory and fail when they are told to.
/// </summary>
internal sealed class MemoryNode : INeedleReader, IObjectListing, ILoggerProvider, IAsyncDisposable
{
    public const int ChunkBytes = 64 * 1024;

    private static readonly TimeSpan AskTimeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly ActorSystem _system = ActorSystem.Create("http-spec");
    private readonly ConcurrentDictionary<long, byte[]> _needles = new();
    private readonly ConcurrentQueue<Needle> _uploads = new();
    private ImmutableArray<IndexProtocol.ObjectRecord> _objects = [];
    private HttpServer _server = null!;

    private MemoryNode()
    {
    }

    public HttpClient Client { get; } = new();

    public Readiness Readiness { get; } = new();

    public ConcurrentQueue<(LogLevel Level, string Text)> Log { get; } = new();

    /// <summary>Answers an index command in place of the index.</summary>
    public Func<IndexProtocol.IKeyCommand, IndexProtocol.IReply?> Overrule { get; set; } = _ => null;

    public VolumeProtocol.RejectReason? Rejects { get; set; }

    /// <summary>Needles from this one on, counted from 0, turn out to be damaged when they are read.</summary>
    public long DamagedFrom { get; set; } = long.MaxValue;

    public Exception? ListingFailure { get; set; }

    /// <summary>Of all buckets; to be set before the first of them is used.</summary>
    public ImmutableSortedDictionary<string, string> BucketConfig { get; set; } = ObjectMetadata.None;

    /// <summary>Of encrypted objects.</summary>
    public DataKeys Keys { get; } = new(
        new MasterKey(new byte[MasterKey.SizeBytes], RandomNumberGenerator.Fill), RandomNumberGenerator.Fill);

    public int NeedleCount => _needles.Count;

    public static async Task<MemoryNode> StartAsync(
        string settings = "", IdentitySystem? identity = null, Telemetry? telemetry = null, UserQuotas? quotas = null)
    {
        var node = new MemoryNode();
        var store = new ObjectStore(
            node._system.ActorOf(Props.Create(() => new MemoryIndex(
                command => node.Overrule(command), node.Show))),
            node._system.ActorOf(Props.Create(() => new Buckets(node))),
            node._system.ActorOf(Props.Create(() => new Volumes(node))),
            node,
            node,
            new NeedleIds(TimeProvider.System),
            TimeProvider.System,
            new StoreSettings(ChunkBytes, 4, 16 * ChunkBytes, Patience, AskTimeout),
            keys: node.Keys);
        var config = ConfigurationFactory.ParseString("ciaos.http { port = 0, " + settings + " }")
            .WithFallback(HttpSettingsSpec.Reference());
        var loggers = LoggerFactory.Create(logging => logging.AddProvider(node).SetMinimumLevel(LogLevel.Debug));
        node._server = await HttpServer.StartAsync(
            HttpSettings.From(config), store, node.Readiness, loggers, default, identity: identity,
            telemetry: telemetry, quotas: quotas);
        node.Readiness.SetReady();
        node.Client.BaseAddress = new Uri(node._server.Address);
        node.Client.DefaultRequestHeaders.Add("User", "me");
        return node;
    }

    public Task StopAsync() => _server.StopAsync(CancellationToken.None);

    public async Task<(int Status, string Text)> SendAsync(HttpMethod method, string path, byte[]? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(body);
        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>What the front end itself has logged as a warning or worse.</summary>
    public List<string> Complaints() =>
        [.. Log.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text)];

    /// <summary>What an upload of one chunk brought, counted from 0 in the order of their ids.</summary>
    public (BodyFormat Format, byte[] Bytes) Body(int upload)
    {
        var needle = _uploads.OrderBy(each => each.Id.Value).ElementAt(upload);
        return (needle.Format, needle.Data.ToArray());
    }

    /// <summary>Of the first needle of an upload, counted as by <see cref="Body"/>.</summary>
    public IReadOnlyDictionary<string, string> MetadataOf(int upload) =>
        _uploads.OrderBy(each => each.Id.Value).ElementAt(upload).Metadata;

    public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination)
    {
        if (needle.OffsetBytes >= DamagedFrom)
            throw new VolumeCorruptException("00000001.vol", needle.OffsetBytes, "what was written", "something else");
        _needles[needle.OffsetBytes].AsSpan(offsetBytes, destination.Length).CopyTo(destination);
    }

    public Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation) => Task.CompletedTask;

    public ObjectPage List(BucketId bucket, string prefix, string after, int limit)
    {
        if (ListingFailure is { } failure) throw failure;
        var all = _objects.Where(found => found.Bucket == bucket)
            .Where(found => found.Key.Value.StartsWith(prefix, StringComparison.Ordinal))
            .Where(found => string.CompareOrdinal(found.Key.Value, after) > 0)
            .OrderBy(found => found.Key.Value, StringComparer.Ordinal)
            .ToList();
        return new ObjectPage([.. all.Take(limit)], all.Count > limit);
    }

    public KeyPage ListKeys(BucketId bucket, KeyQuery query) => throw new NotSupportedException();

    public VersionPage ListVersions(BucketId bucket, VersionQuery query) => throw new NotSupportedException();

    public UploadPage ListUploads(BucketId bucket, UploadQuery query) => throw new NotSupportedException();

    public PartPage? ListParts(
        BucketId bucket, ObjectKey key, IndexProtocol.UploadId upload, int afterNumber, int limit) =>
        throw new NotSupportedException();

    public BucketPage ListBuckets(string? owner, string prefix, string after, int limit) =>
        throw new NotSupportedException();

    public BucketUsage GetUsage(BucketId bucket) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        await _system.Terminate();
    }

    private void Show(ImmutableArray<IndexProtocol.ObjectRecord> objects) => _objects = objects;

    private sealed class Buckets : ReceiveActor
    {
        private readonly Dictionary<string, BucketId> _known = new(StringComparer.Ordinal);

        public Buckets(MemoryNode node) => Receive<BucketProtocol.Resolve>(resolve =>
        {
            if (resolve.Create) _known.TryAdd(resolve.Owner, new BucketId(_known.Count + 1));
            Sender.Tell(_known.TryGetValue(resolve.Owner, out var bucket)
                ? new BucketProtocol.Resolved(new BucketProtocol.BucketInfo(
                    bucket, resolve.Owner, resolve.Owner, DateTimeOffset.UnixEpoch,
                    node.BucketConfig, 1))
                : new BucketProtocol.NoSuchBucket(resolve.Owner));
        });
    }

    private sealed class Volumes : ReceiveActor
    {
        public Volumes(MemoryNode node)
        {
            Receive<VolumeProtocol.GetStatus>(_ => Sender.Tell(new VolumeProtocol.VolumesStatus(
                node.Rejects is null, node.Rejects is null ? "" : "The disk is full", 5, 1, 0)));
            Receive<VolumeProtocol.Append>(append =>
            {
                if (node.Rejects is { } reason)
                {
                    Sender.Tell(new VolumeProtocol.Rejected(append.Needle.Id, reason, "The disk is full"));
                    return;
                }

                var location = new NeedleLocation(new VolumeId(1), node._needles.Count, 64, append.Needle.Data.Length);
                var bytes = append.Needle.Data.ToArray();
                node._needles[location.OffsetBytes] = bytes;
                if (append.Needle is { ChunkOrdinal: 0, IsLastChunk: true })
                    node._uploads.Enqueue(append.Needle with { Data = bytes });
                Sender.Tell(new VolumeProtocol.Appended(append.Needle.Id, location));
            });
        }
    }

    private sealed class Logger(MemoryNode node, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            node.Log.Enqueue((logLevel, $"{category}: {formatter(state, exception)}"));
    }
}
