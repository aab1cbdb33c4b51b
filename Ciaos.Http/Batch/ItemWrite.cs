using System.Collections.Immutable;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Encryption;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>Stores one object of a <c>/batch/put</c>: as the single request would, but that what it fails of is a
/// result among others.</summary>
/// <param name="body">Its bytes; the caller ends it.</param>
/// <param name="token">What this object's write is called by (<see cref="Idempotency"/>), or null.</param>
internal sealed class ItemWrite(
    ObjectStore store, UserQuotas quotas, Failures failures, HttpContext context, BucketProtocol.BucketInfo bucket,
    PutItem item, ItemBody body, string? token)
{
    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, string> _metadata = NoMetadata;
    private Upload _upload = null!;
    private bool _isWhole;

    /// <summary>To be called first. Takes as much of the bytes as one chunk has. True: that is all, and the stream is
    /// free for the next object while this one is stored. Waits while there is no memory for it.</summary>
    public async Task<bool> BufferAsync()
    {
        _upload = Begin();
        try
        {
            _isWhole = await _upload.BufferAsync(body.Reader, body.LengthBytes, context.RequestAborted);
            return _isWhole;
        }
        catch
        {
            await _upload.DisposeAsync();
            throw;
        }
    }

    /// <param name="after">What has to end first, however it ends.</param>
    /// <exception cref="RequestRefusedException">The stream was cut before the object was whole.</exception>
    public async Task<PutResult> StoreAsync(Task after)
    {
        await using var upload = _upload;
        await after.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            if (await EarlyReplyAsync() is { } early) return ResultOf(early);
            using var hold = await quotas.HoldAsync(
                bucket, item.BodyBytes, item.Mode is PutFrameMode.Create or PutFrameMode.Upsert ? 1 : 0,
                context.RequestAborted);
            var stored = await upload.StoreAsync(body.Reader, context.RequestAborted);
            var content = new IndexProtocol.Content(upload.Id, ItemBody.Segments(item, stored), _metadata);

            // From here on the outcome counts, not whether the client still waits for it.
            var reply = await store.SendAsync(CommandOf(content), CancellationToken.None);
            if (reply is IndexProtocol.Stored) hold?.Keep();
            return ResultOf(reply);
        }
        catch (Exception failure) when (
            failure is UploadRejectedException or QuotaExceededException or IndexFailedException)
        {
            var (status, text) = failures.AnswerOf(context, item.Key.Value, failure);
            return new PutResult(status, text);
        }
    }

    private Upload Begin()
    {
        var operation = OperationOf(item.Mode);
        var dataKey = DefaultEncryption.MakeKey(store, bucket, operation, ref _metadata);
        return store.BeginUpload(
            bucket.Id, item.Key, operation, ItemBody.FormatOf(item), _metadata, dataKey, keepsCrc: token is not null);
    }

    private static UploadOperation OperationOf(PutFrameMode mode) => mode switch
    {
        PutFrameMode.Create => UploadOperation.Create,
        PutFrameMode.Append => UploadOperation.Append,
        _ => UploadOperation.Replace,
    };

    /// <summary>What can be answered before the bytes are stored is, so that they take no place: a refusal, or that
    /// it has happened before.</summary>
    private async Task<IndexProtocol.IReply?> EarlyReplyAsync()
    {
        if (token is null && item.Mode == PutFrameMode.Upsert) return null;
        var reply = token is null
            ? await store.LookupAsync(bucket.Id, item.Key, forReading: false, context.RequestAborted)
            : await store.SendAsync(
                new IndexProtocol.Recall(bucket.Id, item.Key, token, (WriteOperation)item.Mode),
                context.RequestAborted);
        if (reply is IndexProtocol.Remembered remembered)
            return await IsSameAsync(remembered.Token)
                ? remembered.Outcome
                : IndexProtocol.IdempotencyMismatch.OtherBody;
        return (reply, item.Mode) switch
        {
            (IndexProtocol.Found found, PutFrameMode.Append)
                when EncryptionMetadata.IsEncrypted(found.Object.Metadata) =>
                new IndexProtocol.Failed(IndexProtocol.FailReason.NotAllowed, Answers.CannotAppend),
            (IndexProtocol.Found found, PutFrameMode.Create) => new IndexProtocol.KeyExists(found.Object),
            (IndexProtocol.KeyNotFound, PutFrameMode.Create or PutFrameMode.Upsert) => null,
            (IndexProtocol.Found, _) => null,
            _ => reply,
        };
    }

    private ValueTask<bool> IsSameAsync(IdempotencyToken sent)
    {
        if (!_isWhole)
            return new ValueTask<bool>(Idempotency.IsSameAsync(
                body.Reader, sent, _upload.ReceivedBytes, _upload.ReceivedCrc, context.RequestAborted));
        return ValueTask.FromResult(sent == Idempotency.TokenOf(sent.Text, _upload));
    }

    private IndexProtocol.IKeyCommand CommandOf(IndexProtocol.Content content)
    {
        var named = Idempotency.TokenOf(token, _upload);
        return item.Mode == PutFrameMode.Append
            ? new IndexProtocol.Append(bucket.Id, item.Key, content, Idempotency: named)
            : new IndexProtocol.Put(
                bucket.Id, item.Key, (IndexProtocol.PutMode)item.Mode, IndexProtocol.Precondition.None, content,
                bucket.Versioning, named);
    }

    private PutResult ResultOf(IndexProtocol.IReply reply) => reply switch
    {
        IndexProtocol.Stored stored => new PutResult(
            stored.WasCreated ? StatusCodes.Status201Created : StatusCodes.Status200OK, stored.Object.ETag),
        IndexProtocol.KeyExists => new PutResult(StatusCodes.Status400BadRequest, Answers.KeyExists),
        IndexProtocol.KeyNotFound => new PutResult(
            StatusCodes.Status404NotFound, Answers.NoSuchKey(item.Key.Value)),
        IndexProtocol.ObjectLocked => new PutResult(
            StatusCodes.Status403Forbidden, Answers.Locked(item.Key.Value)),
        IndexProtocol.IdempotencyMismatch mismatch => new PutResult(
            StatusCodes.Status422UnprocessableEntity, mismatch.Detail),
        IndexProtocol.Failed { Reason: IndexProtocol.FailReason.NotAllowed } when item.Mode == PutFrameMode.Append =>
            new PutResult(StatusCodes.Status400BadRequest, Answers.CannotAppend),
        IndexProtocol.Failed failed => new PutResult(Failures.StatusOf(failed.Reason), failed.Detail),
        _ => throw new InvalidOperationException($"A write was answered with {reply.GetType()}"),
    };
}
