using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.AccessLogs;
using Ciaos.Http.S3.Auth;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3;

/// <summary>One request on its way through the S3 front end: what it is about, who asks, and the bucket that it found.
/// Used by one request.</summary>
/// <param name="key">What the request was proved with; null: it is anonymous.</param>
/// <param name="user">Whose key that is; null: it is anonymous.</param>
internal sealed class S3Request(
    HttpContext http, S3Target target, S3Operation operation, S3Caller caller, AccessKey? key, User? user)
{
    /// <summary>No user is called so.</summary>
    private const string Anonymous = "(anonymous)";

    private BucketProtocol.BucketInfo? _bucket;

    public HttpContext Http { get; } = http;

    public S3Target Target { get; } = target;

    public S3Operation Operation { get; } = operation;

    public S3Caller Caller { get; } = caller;

    public AccessKey? AccessKey { get; } = key;

    public User? User { get; } = user;

    /// <summary>Who asks, for the audit log.</summary>
    public IdentityProtocol.Origin By => new(
        User?.Name ?? Anonymous, AccessKey?.Id, Http.Connection.RemoteIpAddress?.ToString());

    public S3Query Query => Target.Query;

    public IHeaderDictionary Headers => Http.Request.Headers;

    public HttpResponse Response => Http.Response;

    public CancellationToken Aborted => Http.RequestAborted;

    public bool IsHead => HttpMethods.IsHead(Http.Request.Method);

    public string BucketName => Target.Bucket ?? throw new InvalidOperationException("The request names no bucket");

    public ObjectKey Key => Target.Key ?? throw new InvalidOperationException("The request names no object");

    /// <summary>The bucket as it was when the request came; set before the operation is called, but for one that makes
    /// its bucket.</summary>
    public BucketProtocol.BucketInfo Bucket
    {
        get => _bucket ?? throw new InvalidOperationException("The request has no bucket");
        set => _bucket = value;
    }

    /// <summary>Null: the request was refused before its bucket was found, or needs none.</summary>
    public BucketProtocol.BucketInfo? FoundBucket => _bucket;

    /// <summary>It was allowed by an ACL alone, and not because whoever asks owns what it is about.</summary>
    public bool NeededAcl { get; set; }

    /// <summary>What access logs tell of beside the request as a whole: each object that it deletes, the one that it
    /// copies from. Null: nothing.</summary>
    public List<AccessLogItem>? LogItems { get; private set; }

    /// <summary>For one task at a time.</summary>
    public void Log(AccessLogItem item)
    {
        if (AccessLogRecorder.IsLogged(item.Bucket)) (LogItems ??= []).Add(item);
    }

    /// <summary>Of the request's header, or null where it has none.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
