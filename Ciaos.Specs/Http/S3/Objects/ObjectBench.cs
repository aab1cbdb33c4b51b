using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Akka.Actor;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Buckets;
using Ciaos.Http.S3.Multipart;
using Ciaos.Http.S3.Objects;
using Ciaos.Specs.Index;
using Ciaos.Specs.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ciaos.Specs.Http.S3.Objects;

/// <summary>The operations on objects, and on uploads in parts of any size, over a real index, and volumes in memory.
/// Requests come with their sender: nothing is signed.</summary>
internal sealed class ObjectBench : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ActorSystem _system = ActorSystem.Create("objects-spec");
    private readonly S3Operations _operations = new();

    private ObjectBench(IndexNode index)
    {
        Index = index;
        var store = new ObjectStore(
            index.Index.Region, index.Index.Buckets, _system.ActorOf(Volumes.Props()), Volumes, index.Index.Listing,
            new NeedleIds(TimeProvider.System), TimeProvider.System,
            new StoreSettings(64 * 1024, 4, 1024 * 1024, Patience, Patience),
            keys: new DataKeys(
                new MasterKey(new byte[MasterKey.SizeBytes], RandomNumberGenerator.Fill), RandomNumberGenerator.Fill));
        var settings = new S3Settings(
            true, System.Net.IPAddress.Loopback, 0, "us-east-1", [], 1024 * 1024 * 1024, MaxBuckets: 100)
        {
            MinPartBytes = 0,
        };
        Services = new S3Services(store, Identity(), settings, TimeProvider.System, NullLogger.Instance,
            new UserQuotas(_ => Quota, _ => Task.FromResult(default(BucketUsage)), TimeProvider.System));
        BucketOperations.AddTo(_operations, Services);
        ObjectOperations.AddTo(_operations, Services);
        new MultipartUploads(Services).Register(_operations);
    }

    public IndexNode Index { get; }

    public MemoryVolumes Volumes { get; } = new();

    public S3Services Services { get; }

    /// <summary>Of everybody.</summary>
    public Quota? Quota { get; set; }

    /// <summary>Owns the bucket <c>/box</c>, and sends what is not said to be of somebody else.</summary>
    public User Main => Services.Identity.FindUser("main")!;

    public User Other => Services.Identity.FindUser("other")!;

    /// <param name="headers">Of the request that makes the bucket.</param>
    public static async Task<ObjectBench> StartAsync(params (string Name, string Value)[] headers)
    {
        var bench = new ObjectBench(await IndexNode.StartAsync());
        var made = await bench.SendAsync("PUT", "/box", "", headers);
        return made.Status == 200 ? bench : throw new InvalidOperationException(made.Code);
    }

    public Task<ObjectAnswer> SendAsync(
        string method, string target, string body = "", params (string Name, string Value)[] headers) =>
        SendAsync(Main, method, target, body, headers);

    /// <param name="user">Null: somebody without a user.</param>
    /// <param name="target">Path and query.</param>
    public async Task<ObjectAnswer> SendAsync(
        User? user, string method, string target, string body = "", params (string Name, string Value)[] headers)
    {
        using var answer = new MemoryStream();
        var context = SpecContext.Of(method, body, headers, answer);
        try
        {
            await HandleAsync(context, S3Target.Parse(target, "localhost", []), user);
            await context.Response.CompleteAsync();
            return new ObjectAnswer(
                context.Response.StatusCode, "", Encoding.UTF8.GetString(answer.ToArray()), context.Response.Headers);
        }
        catch (S3Exception refused)
        {
            var told = new HeaderDictionary();
            foreach (var (name, value) in refused.Headers) told[name] = value;
            return new ObjectAnswer(refused.Error.Status, refused.Error.Code, "", told);
        }
    }

    /// <summary>Switches versioning on, or off again.</summary>
    public Task VersionAsync(string status = "Enabled") => SendAsync(
        "PUT", "/box?versioning",
        $"<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        await Index.DisposeAsync();
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

    private static IdentityDirectory Identity()
    {
        var master = new MasterKey(new byte[MasterKey.SizeBytes], RandomNumberGenerator.Fill);
        var by = new IdentityProtocol.Origin("root", "", "");
        var state = IdentityState.Empty;
        foreach (var (name, id) in new[] { ("main", new string('a', 64)), ("other", new string('b', 64)) })
        {
            state = state.Apply(
                new IdentityEvents.UserCreated(Now, by, name, id, name, $"{name}@example.org", IsRoot: false), master);
        }

        var directory = new IdentityDirectory(TimeProvider.System);
        directory.Show(state);
        return directory;
    }
}

/// <param name="Code">Of the error; empty: it was done.</param>
internal sealed record ObjectAnswer(int Status, string Code, string Text, IHeaderDictionary Headers)
{
    public static readonly (int, string) Denied = (403, "AccessDenied");
    public static readonly (int, string) NoSuchKey = (404, "NoSuchKey");
    public static readonly (int, string) ConditionFailed = (412, "PreconditionFailed");

    public (int Status, string Code) Outcome => (Status, Code);

    public string Version => Headers["x-amz-version-id"].ToString();

    /// <summary>Texts of all elements of that name.</summary>
    public string[] All(string name) =>
        [.. XDocument.Parse(Text).Descendants().Where(item => item.Name.LocalName == name).Select(item => item.Value)];
}
