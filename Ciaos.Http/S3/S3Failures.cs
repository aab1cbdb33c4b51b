using Akka.Actor;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Http.Metrics;
using Ciaos.Http.Quotas;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.S3;

/// <summary>
/// What becomes of a request that failed: the XML of an S3 error, and a line in the log where the server is at fault.
/// Where the answer has begun it cannot be mended, so the connection is cut.
/// </summary>
internal sealed class S3Failures(ILogger logger)
{
    /// <returns>The error that the client is told of; null: it did not wait for one.</returns>
    public async Task<S3Error?> AnswerAsync(HttpContext context, string resource, Exception error)
    {
        switch (error)
        {
            case OperationCanceledException or ConnectionResetException or ConnectionAbortedException:
                HttpLog.ClientGone(
                    logger, context.Request.Method, TargetOf(context), error.Message, context.TraceIdentifier);
                context.Abort();
                return null;
            case S3Exception refused:
                await RefuseAsync(context, resource, refused);
                return refused.Error;
            default:
                return await AnswerAsync(context, resource, error, ErrorOf(error));
        }
    }

    /// <summary>The error that tells a client of a command that the index has not done.</summary>
    public static S3Exception Of(IndexProtocol.Failed failed) => new(
        failed.Reason switch
        {
            IndexProtocol.FailReason.DiskFull => S3Error.StorageFull,
            IndexProtocol.FailReason.BucketClosed => S3Error.NoSuchBucket,
            IndexProtocol.FailReason.NotAllowed or IndexProtocol.FailReason.Versioned => S3Error.InvalidRequest,
            IndexProtocol.FailReason.TooManySegments => S3Error.EntityTooLarge,
            _ => S3Error.SlowDown,
        },
        failed.Reason == IndexProtocol.FailReason.BucketClosed ? null : failed.Detail);

    // A key that was damaged is the server's fault, and no error that a client knows.
    private static S3Exception? Of(DataKeyException error) => error.Problem switch
    {
        DataKeyProblem.CustomerKeyMissing => new S3Exception(
            S3Error.InvalidRequest,
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
            + "retrieve the object."),
        DataKeyProblem.CustomerKeyWrong => new S3Exception(
            S3Error.InvalidRequest, "The provided encryption parameters did not match the ones used originally."),
        DataKeyProblem.CustomerKeyNotWanted => new S3Exception(S3Error.InvalidRequest, error.Message),
        _ => null,
    };

    private static string TargetOf(HttpContext context) => NativeApi.RawTargetOf(context);

    // Empty: it had not been found out when the request failed.
    private static string UserOf(HttpContext context) => RequestWatch.Of(context)?.User ?? "";

    private static S3Exception? ErrorOf(Exception error) => error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } bad =>
            new S3Exception(S3Error.EntityTooLarge, bad.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } bad =>
            new S3Exception(S3Error.RequestTimeout, bad.Message),
        BadHttpRequestException bad => new S3Exception(S3Error.IncompleteBody, bad.Message),
        IOException { InnerException: OverflowException } => new S3Exception(S3Error.InvalidRequest, error.Message),
        UploadRejectedException { Reason: VolumeProtocol.RejectReason.DiskFull } =>
            new S3Exception(S3Error.StorageFull, error.Message),
        UploadRejectedException { Reason: VolumeProtocol.RejectReason.TooLarge } =>
            new S3Exception(S3Error.IncompleteBody, error.Message),
        UploadRejectedException => new S3Exception(S3Error.SlowDown, error.Message),
        IndexFailedException failed => Of(failed.Failed),
        QuotaExceededException => new S3Exception(S3Error.QuotaExceeded, error.Message),
        DataKeyException missing => Of(missing),
        AskTimeoutException => new S3Exception(S3Error.SlowDown, "A part of the node did not answer in time."),
        _ => null,
    };

    private async Task<S3Error> AnswerAsync(
        HttpContext context, string resource, Exception error, S3Exception? known)
    {
        if (known is { Error.Status: < StatusCodes.Status500InternalServerError })
        {
            await RefuseAsync(context, resource, known);
            return known.Error;
        }

        if (known is null)
        {
            Failures.Note(context, error);
            HttpLog.Failed(
                logger, error, context.Request.Method, TargetOf(context), UserOf(context), context.TraceIdentifier);
            known = new S3Exception(S3Error.InternalError);
        }
        else
        {
            HttpLog.Unavailable(
                logger, context.Request.Method, TargetOf(context), UserOf(context), known.Error.Status, error.Message,
                context.TraceIdentifier);
        }

        await SendAsync(context, resource, known);
        return known.Error;
    }

    private Task RefuseAsync(HttpContext context, string resource, S3Exception refused)
    {
        HttpLog.Refused(
            logger, context.Request.Method, TargetOf(context), refused.Error.Status, refused.Message,
            context.TraceIdentifier);
        return SendAsync(context, resource, refused);
    }

    private static async Task SendAsync(HttpContext context, string resource, S3Exception error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        S3Api.SetCommonHeaders(context);
        foreach (var (name, value) in error.Headers) context.Response.Headers[name] = value;
        var status = error.Error.Status;
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        if (status == StatusCodes.Status304NotModified)
        {
            context.Response.StatusCode = status;
            return;
        }

        using var xml = new S3Xml("Error", xmlNamespace: null);
        xml.Text("Code", error.Error.Code).Text("Message", error.Message);
        foreach (var (name, value) in error.Details) xml.Text(name, value);
        xml.Text("Resource", resource).Text("RequestId", context.TraceIdentifier).Text("HostId", S3Api.HostId);
        await xml.SendAsync(context, status);
    }
}
