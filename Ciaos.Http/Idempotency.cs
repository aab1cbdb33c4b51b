using System.IO.Pipelines;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http;

/// <summary>
/// The header <c>Idempotency-Key</c>: a write that comes again with the same key happens once. Whether it has happened
/// is asked before anything else is judged, since what the first try has done, such as making the key, would speak
/// against the second. The body of a repeat is read, to see that it is the same, and not stored.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const string ReplayHeader = "Idempotent-Replay";

    /// <summary>Of the header; within the index there is room for what a batch adds.</summary>
    public const int MaxLength = 128;

    /// <summary>Null: the request may happen more than once.</summary>
    /// <exception cref="RequestRefusedException">The header is malformed.</exception>
    public static string? Read(HttpRequest request)
    {
        var values = request.Headers[Header];
        if (values.Count == 0) return null;
        var text = values.Count == 1 ? values[0] : null;
        return text is { Length: <= MaxLength } && IdempotencyToken.IsAllowed(text)
            ? text
            : throw new RequestRefusedException(
                StatusCodes.Status400BadRequest,
                $"The {Header} header is not 1 to {MaxLength} printable ASCII characters");
    }

    /// <summary>What is there, as a <see cref="IndexProtocol.Lookup"/> tells it; or the answer, where this is a repeat:
    /// <see cref="IndexProtocol.Stored"/> or <see cref="IndexProtocol.IdempotencyMismatch"/>.</summary>
    /// <param name="token">Null: it is no repeat.</param>
    public static async Task<IndexProtocol.IReply> FindAsync(
        ObjectStore store, HttpContext context, BucketId bucket, ObjectKey key, string? token,
        WriteOperation operation)
    {
        if (token is null)
            return await store.LookupAsync(bucket, key, forReading: false, context.RequestAborted);
        var found = await store.SendAsync(
            new IndexProtocol.Recall(bucket, key, token, operation), context.RequestAborted);
        if (found is not IndexProtocol.Remembered remembered) return found;
        return await IsSameAsync(context, remembered.Token)
            ? remembered.Outcome
            : IndexProtocol.IdempotencyMismatch.OtherBody;
    }

    /// <summary>Names a write whose body has been read.</summary>
    public static IdempotencyToken? TokenOf(string? text, Upload upload) =>
        text is null ? null : new IdempotencyToken(text, upload.ReceivedBytes, upload.ReceivedCrc);

    /// <summary>Tells the client, where it is so, that its write had happened before.</summary>
    public static void SetReplay(HttpResponse response, IndexProtocol.Stored stored)
    {
        if (stored.WasReplayed) response.Headers[ReplayHeader] = "true";
    }

    public static Task RefuseAsync(HttpContext context, IndexProtocol.IdempotencyMismatch mismatch) =>
        Answers.TextAsync(context, StatusCodes.Status422UnprocessableEntity, mismatch.Detail);

    /// <summary>Whether a body is the one that was sent with a token.</summary>
    /// <param name="body">What is still to be read of it.</param>
    /// <param name="bytes">How much of it has been read already.</param>
    /// <param name="crc">CRC-32C of that.</param>
    public static async Task<bool> IsSameAsync(
        PipeReader body, IdempotencyToken sent, long bytes, uint crc, CancellationToken cancellation)
    {
        ReadResult read;
        do
        {
            read = await body.ReadAsync(cancellation);
            foreach (var piece in read.Buffer) crc = Crc32C.Append(crc, piece.Span);
            bytes += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted && bytes <= sent.BodyBytes);

        return read.IsCompleted && bytes == sent.BodyBytes && crc == sent.BodyCrc;
    }

    // A body that announces another length is not read: the client is told at once.
    private static async Task<bool> IsSameAsync(HttpContext context, IdempotencyToken sent)
    {
        if (context.Request.ContentLength is { } announced && announced != sent.BodyBytes) return false;
        return await IsSameAsync(context.Request.BodyReader, sent, 0, 0, context.RequestAborted);
    }
}
