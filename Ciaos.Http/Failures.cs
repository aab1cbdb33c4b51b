using Akka.Actor;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Actors.Volumes;
using Ciaos.Http.Admin;
using Ciaos.Http.Metrics;
using Ciaos.Http.Quotas;
using Ciaos.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http;

/// <summary>
/// What becomes of a request that failed: an answer that says what the client can do, and a line in the log where the
/// server is at fault. Where the answer has begun it cannot be mended, so the connection is cut: a client that knows
/// the length will not take a part for the whole.
/// </summary>
internal sealed class Failures(ILogger logger)
{
    /// <summary>The answer for an index command that was not done.</summary>
    public Task AnswerAsync(HttpContext context, IndexProtocol.Failed failed)
    {
        var status = StatusOf(failed.Reason);
        return status < StatusCodes.Status500InternalServerError
            ? RefuseAsync(context, status, failed.Detail)
            : UnavailableAsync(context, status, failed.Detail);
    }

    public Task AnswerAsync(HttpContext context, Exception error)
    {
        switch (error)
        {
            case BadHttpRequestException or FlatBuffersParseException or RequestRefusedException
                or QuotaExceededException:
                return RefuseAsync(context, StatusOf(error), error.Message);
            case IOException { InnerException: OverflowException }:
                // So Kestrel tells of a chunk whose size is beyond any number.
                return RefuseAsync(context, StatusCodes.Status400BadRequest, error.Message);
            case OperationCanceledException or ConnectionResetException or ConnectionAbortedException:
                HttpLog.ClientGone(
                    logger, context.Request.Method, TargetOf(context), error.Message, context.TraceIdentifier);
                context.Abort();
                return Task.CompletedTask;
            case DataKeyException { Problem: not DataKeyProblem.Damaged } key:
                return RefuseAsync(context, StatusCodes.Status400BadRequest, key.Message);
            case UploadRejectedException rejected:
                return UnavailableAsync(context, StatusOf(rejected.Reason), rejected.Message);
            case IndexFailedException failed when !context.Response.HasStarted:
                return AnswerAsync(context, failed.Failed);
            case AskTimeoutException when !context.Response.HasStarted:
                return UnavailableAsync(
                    context, StatusCodes.Status503ServiceUnavailable, "A part of the node did not answer in time");
            default:
                return FailAsync(context, error);
        }
    }

    /// <summary>What part of a batch is answered with where the index has not done it. Logged by the caller, once for
    /// all parts.</summary>
    public static int StatusOf(IndexProtocol.FailReason reason) => reason switch
    {
        IndexProtocol.FailReason.TooManySegments => StatusCodes.Status413PayloadTooLarge,
        IndexProtocol.FailReason.NotAllowed or IndexProtocol.FailReason.Versioned => StatusCodes.Status409Conflict,
        IndexProtocol.FailReason.DiskFull => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    /// <summary>What part of a batch is answered with where it has failed and the rest has not; logged where the
    /// server is at fault.</summary>
    public (int Status, string Text) AnswerOf(HttpContext context, string key, Exception error)
    {
        switch (error)
        {
            case DataKeyException { Problem: not DataKeyProblem.Damaged }:
                return (StatusCodes.Status400BadRequest, error.Message);
            case QuotaExceededException:
                return (StatusOf(error), error.Message);
            case UploadRejectedException rejected:
                return (StatusOf(rejected.Reason), error.Message);
            case IndexFailedException failed:
                return (StatusOf(failed.Failed.Reason), error.Message);
        }

        HttpLog.ItemFailed(
            logger, error, key, context.Request.Method, TargetOf(context), UserOf(context), context.TraceIdentifier);
        return (
            StatusCodes.Status500InternalServerError,
            $"It failed on the server. Its log tells more under request {context.TraceIdentifier}");
    }

    /// <summary>Logs once what several parts of a batch were answered with.</summary>
    public void LogParts(HttpContext context, int status, string detail, int parts) => HttpLog.Unavailable(
        logger, context.Request.Method, TargetOf(context), UserOf(context), status, $"{parts} keys, {detail}",
        context.TraceIdentifier);

    private static int StatusOf(Exception error) => error switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        RequestRefusedException refused => refused.Status,
        QuotaExceededException => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status400BadRequest,
    };

    private static int StatusOf(VolumeProtocol.RejectReason reason) => reason switch
    {
        VolumeProtocol.RejectReason.DiskFull => StatusCodes.Status507InsufficientStorage,
        VolumeProtocol.RejectReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static string TargetOf(HttpContext context) => NativeApi.RawTargetOf(context);

    private static string UserOf(HttpContext context) =>
        UserHeader.TryRead(context.Request, out var user, out _) ? user : "";

    /// <summary>Takes back the headers of the answer that did not come about.</summary>
    private static void Reset(HttpContext context)
    {
        context.Response.Clear();
        NativeApi.SetRequestId(context);
    }

    private Task RefuseAsync(HttpContext context, int status, string text)
    {
        HttpLog.Refused(logger, context.Request.Method, TargetOf(context), status, text, context.TraceIdentifier);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        Reset(context);
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = Authentication.Challenge;
        return Answers.TextAsync(context, status, text);
    }

    private Task UnavailableAsync(HttpContext context, int status, string text)
    {
        HttpLog.Unavailable(
            logger, context.Request.Method, TargetOf(context), UserOf(context), status, text, context.TraceIdentifier);
        Reset(context);
        return status == StatusCodes.Status503ServiceUnavailable
            ? Answers.UnavailableAsync(context, text)
            : Answers.TextAsync(context, status, text);
    }

    /// <summary>What has failed is counted, whatever the status of the answer.</summary>
    public static void Note(HttpContext context, Exception error) => RequestWatch.Of(context)?.Error =
        error is VolumeCorruptException ? RequestError.DataCorrupt : RequestError.Failed;

    private Task FailAsync(HttpContext context, Exception error)
    {
        HttpLog.Failed(
            logger, error, context.Request.Method, TargetOf(context), UserOf(context), context.TraceIdentifier);
        Note(context, error);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        Reset(context);
        return Answers.TextAsync(
            context,
            StatusCodes.Status500InternalServerError,
            $"{context.Request.Method} {TargetOf(context)} failed on the server. "
            + $"Its log tells more under request {context.TraceIdentifier}");
    }
}

/// <summary>A request that cannot be granted, with the status and text of its answer.</summary>
internal sealed class RequestRefusedException(int status, string text) : Exception(text)
{
    public int Status { get; } = status;
}
