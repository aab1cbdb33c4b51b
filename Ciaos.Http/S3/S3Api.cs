using Ciaos.Actors.AccessLogs;
using Ciaos.Actors.Identity;
using Ciaos.Http.Metrics;
using Ciaos.Http.S3.AccessLogs;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Buckets;
using Ciaos.Http.S3.Listing;
using Ciaos.Http.S3.Multipart;
using Ciaos.Http.S3.Objects;
using Ciaos.Http.S3.Post;
using Ciaos.Http.S3.Sts;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3;

/// <summary>
/// The S3 front end (docs/s3.md) as one terminal middleware: finds out what the request is about, who asks, and which
/// operation answers, and turns whatever fails into an error of S3.
/// </summary>
internal sealed class S3Api
{
    /// <summary>Stands where S3 names the host that answered.</summary>
    public const string HostId = "ciaos";

    private readonly S3Services _services;
    private readonly Readiness _readiness;
    private readonly S3Failures _failures;
    private readonly CorsAnswers _cors;
    private readonly StsApi _sts;
    private readonly AccessLogRecorder? _accessLog;
    private readonly S3Operations _operations = new();

    /// <param name="identity">Gives out temporary credentials; null: nobody can have any.</param>
    /// <param name="log">Takes the access logs of buckets; null: they have none.</param>
    public S3Api(S3Services services, Readiness readiness, IdentitySystem? identity = null, AccessLog? log = null)
    {
        (_services, _readiness, _sts) = (services, readiness, new StsApi(services, identity));
        _failures = new S3Failures(services.Logger);
        _cors = new CorsAnswers(services);
        _accessLog = log is null ? null : new AccessLogRecorder(services, log);
        BucketOperations.AddTo(_operations, services);
        ObjectOperations.AddTo(_operations, services);
        new ObjectListings(services).Register(_operations);
        new VersionListings(services).Register(_operations);
        new MultipartUploads(services).Register(_operations);
        new PostObjects(services).Register(_operations);
    }

    public static void SetCommonHeaders(HttpContext context)
    {
        context.Response.Headers["x-amz-request-id"] = context.TraceIdentifier;
        context.Response.Headers["x-amz-id-2"] = HostId;
    }

    // The one place that catches everything: no failure may go without an answer, and a line in the log.
    public async Task HandleAsync(HttpContext context)
    {
        SetCommonHeaders(context);
        ContinueExpectation.Watch(context);
        S3Target? target = null;
        S3Request? request = null;
        S3Error? error = null;
        RequestWatch.Of(context)?.Operation = "s3:other";
        try
        {
            if (_readiness.Reason is { } reason) throw new S3Exception(S3Error.ServiceUnavailable, reason);
            target = S3Target.Parse(
                NativeApi.RawTargetOf(context), context.Request.Host.Value ?? "", _services.Settings.Domains);
            if (_sts.IsFor(context, target))
            {
                await _sts.HandleAsync(context, target);
                return;
            }

            if (HttpMethods.IsOptions(context.Request.Method))
            {
                RequestWatch.Of(context)?.Operation = "s3:Preflight";
                await _cors.AnswerPreflightAsync(context, target);
            }
            else
            {
                await _cors.PrepareAsync(context, target);
                request = await IdentifyAsync(context, target);
                await HandleAsync(request);
            }
        }
        catch (Exception failure)
        {
            error = await _failures.AnswerAsync(context, target?.Resource ?? "", failure);
        }

        if (_accessLog is not null && target?.Bucket is not null)
            await _accessLog.RecordAsync(context, target, request, error);
    }

    private async ValueTask<S3Request> IdentifyAsync(HttpContext context, S3Target target)
    {
        var caller = await _services.Callers.Requests.AuthenticateAsync(context, target.Query);
        PresignedHeaders.Apply(context.Request.Headers, target.Query);
        var (key, user) = _services.Callers.Identify(caller);
        var operation = _operations.Find(context.Request.Method, target);
        Note(context, operation, user?.Name, target);
        return new S3Request(context, target, operation, caller, key, user);
    }

    private async Task HandleAsync(S3Request request)
    {
        if (request.Target.Bucket is { } name && !request.Operation.MakesBucket)
            request.Bucket = await _services.Store.FindBucketInfoAsync(name, request.Aborted)
                ?? throw new S3Exception(S3Error.NoSuchBucket) { Details = [new("BucketName", name)] };
        await request.Operation.Handle(request);
    }

    private static void Note(HttpContext context, S3Operation operation, string? user, S3Target target)
    {
        if (RequestWatch.Of(context) is not { } watch) return;
        (watch.Operation, watch.User, watch.Key) = (operation.Label, user ?? "", target);
    }
}
