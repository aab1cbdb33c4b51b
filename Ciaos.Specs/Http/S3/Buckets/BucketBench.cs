using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Akka.Actor;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Buckets;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Http.S3.Buckets;

/// <summary>The operations on buckets over a store in memory. Requests come with their sender, unsigned.</summary>
internal sealed class BucketBench : INeedleReader, IObjectListing, IAsyncDisposable
{
    public const string MainId = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string OtherId = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system = ActorSystem.Create("buckets-spec");
    private readonly Dictionary<string, ObjectRecord> _objects = new(StringComparer.Ordinal);
    private readonly S3Operations _operations = new();
    private ImmutableSortedDictionary<string, BucketProtocol.BucketInfo> _buckets =
        ImmutableSortedDictionary<string, BucketProtocol.BucketInfo>.Empty;

    public BucketBench(string region = "us-east-1")
    {
        var store = new ObjectStore(
            _system.ActorOf(Props.Create(() => new Objects(this))),
            _system.ActorOf(Props.Create(() => new MemoryBuckets(
                name => !_objects.Keys.Any(path => path.StartsWith(name + "/", StringComparison.Ordinal)),
                buckets => Show(buckets)))),
            _system.ActorOf(Props.Create(() => new Objects(this))),
            this, this, new NeedleIds(TimeProvider.System), TimeProvider.System,
            new StoreSettings(64 * 1024, 4, 1024 * 1024, Patience, Patience));
        var settings = new S3Settings(
            true, System.Net.IPAddress.Loopback, 0, region, [], 1024 * 1024 * 1024, MaxBuckets: 5);
        Services = new S3Services(store, Identity(), settings, TimeProvider.System, NullLogger.Instance,
            UserQuotas.Unlimited);
        BucketOperations.AddTo(_operations, Services);
    }

    /// <summary>With a bucket of that name, which belongs to <see cref="Main"/>.</summary>
    public static async Task<BucketBench> WithBucketAsync(
        string name, params (string Name, string Value)[] headers)
    {
        var bench = new BucketBench();
        Assert.Equal((200, ""), (await bench.SendAsync(bench.Main, "PUT", $"/{name}", "", headers)).Outcome);
        return bench;
    }

    public S3Services Services { get; }

    public User Main => Services.Identity.FindUser("main")!;

    public User Other => Services.Identity.FindUser("other")!;

    public User Root => Services.Identity.FindUser("root")!;

    public BucketProtocol.BucketInfo Bucket(string name) => _buckets[name];

    public ObjectRecord Object(string bucket, string key) => _objects[$"{bucket}/{key}"];

    /// <summary>Puts an object there, with this metadata.</summary>
    public void Put(string bucket, string key, params (string Key, string Value)[] metadata)
    {
        ObjectKey.TryCreate(key, out var parsed, out _);
        _objects[$"{bucket}/{key}"] = new ObjectRecord(
            _buckets[bucket].Id, parsed, new ObjectId(1), 1, 0, 1, 0, Now, Now,
            metadata.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal));
    }

    /// <param name="user">Null: somebody without a user.</param>
    /// <param name="target">Path and query.</param>
    public async Task<BucketAnswer> SendAsync(
        User? user, string method, string target, string body = "", params (string Name, string Value)[] headers)
    {
        using var answer = new MemoryStream();
        var context = SpecContext.Of(method, body, headers, answer);
        try
        {
            await HandleAsync(context, S3Target.Parse(target, "localhost", []), user);
            return new BucketAnswer(
                context.Response.StatusCode, "", Encoding.UTF8.GetString(answer.ToArray()), context.Response.Headers);
        }
        catch (S3Exception refused)
        {
            return new BucketAnswer(refused.Error.Status, refused.Error.Code, "", context.Response.Headers);
        }
    }

    public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination) =>
        throw new NotSupportedException();

    public Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation) => Task.CompletedTask;

    public ObjectPage List(BucketId bucket, string prefix, string after, int limit) =>
        throw new NotSupportedException();

    public KeyPage ListKeys(BucketId bucket, KeyQuery query) => throw new NotSupportedException();

    public VersionPage ListVersions(BucketId bucket, VersionQuery query) => new(
        [.. _objects.Values.Where(found => found.Bucket == bucket).Take(query.Limit)
            .Select(found => new ListEntry<ObjectRecord>(found, null))],
        HasMore: false);

    public UploadPage ListUploads(BucketId bucket, UploadQuery query) => throw new NotSupportedException();

    public PartPage? ListParts(BucketId bucket, ObjectKey key, UploadId upload, int afterNumber, int limit) =>
        throw new NotSupportedException();

    public BucketUsage GetUsage(BucketId bucket) => throw new NotSupportedException();

    public BucketPage ListBuckets(string? owner, string prefix, string after, int limit)
    {
        var all = _buckets.Values.Where(bucket => bucket.Owner == owner)
            .Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Where(bucket => string.CompareOrdinal(bucket.Name, after) > 0)
            .ToList();
        return new BucketPage([.. all.Take(limit)], all.Count > limit);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private void Show(ImmutableSortedDictionary<string, BucketProtocol.BucketInfo> buckets) => _buckets = buckets;

    private static IdentityDirectory Identity()
    {
        var master = new MasterKey(new byte[MasterKey.SizeBytes], RandomNumberGenerator.Fill);
        var by = new IdentityProtocol.Origin("root", "", "");
        var state = IdentityState.Empty;
        foreach (var (name, id) in new[] { ("main", MainId), ("other", OtherId), ("root", new string('0', 64)) })
        {
            state = state.Apply(
                new IdentityEvents.UserCreated(
                    Now, by, name, id, $"The {name} one", $"{name}@example.org", name == "root"), master);
        }

        var directory = new IdentityDirectory(TimeProvider.System);
        directory.Show(state);
        return directory;
    }

    private async Task HandleAsync(HttpContext context, S3Target target, User? user)
    {
        var operation = _operations.Find(context.Request.Method, target);
        var caller = new S3Caller(
            user is null ? null : new Credential("KEY", "secret", null, null, true, true), S3Payload.Unsigned, null);
        var request = new S3Request(context, target, operation, caller, null, user);
        if (target.Bucket is { } name && !operation.MakesBucket)
        {
            request.Bucket = await Services.Store.FindBucketInfoAsync(name, default)
                ?? throw new S3Exception(S3Error.NoSuchBucket);
        }

        await operation.Handle(request);
    }

    private sealed class Objects : ReceiveActor
    {
        public Objects(BucketBench bench)
        {
            Receive<Lookup>(lookup => Sender.Tell(
                bench.Find(lookup.Bucket, lookup.Key) is { } found
                    ? new Found(bench._objects[found], [], Ticket: null)
                    : KeyNotFound.Instance));
            Receive<ChangeMetadata>(change => Sender.Tell(bench.Change(change)));
        }
    }

    private string? Find(BucketId bucket, ObjectKey key) => _objects
        .Where(pair => pair.Value.Bucket == bucket && pair.Value.Key == key).Select(pair => pair.Key).FirstOrDefault();

    private IReply Change(ChangeMetadata change)
    {
        if (Find(change.Bucket, change.Key) is not { } path) return KeyNotFound.Instance;
        var found = _objects[path];
        if (change.IfVersion is { } version && version != found.Version) return new PreconditionFailed(found);
        var metadata = found.Metadata;
        foreach (var (key, value) in change.Changes)
            metadata = value is null ? metadata.Remove(key) : metadata.SetItem(key, value);
        _objects[path] = found with { Metadata = metadata, Version = found.Version + 1 };
        return new Changed(_objects[path]);
    }
}

/// <param name="Code">Of the error; empty: it was done.</param>
internal sealed record BucketAnswer(int Status, string Code, string Text, IHeaderDictionary Headers)
{
    public (int Status, string Code) Outcome => (Status, Code);

    /// <summary>Texts of all elements of that name.</summary>
    public string[] All(string name) =>
        [.. XDocument.Parse(Text).Descendants().Where(item => item.Name.LocalName == name).Select(item => item.Value)];

    public string One(string name) => All(name).Single();
}
