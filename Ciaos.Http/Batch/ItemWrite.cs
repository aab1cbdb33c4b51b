using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>Stores one object of a <c>/batch/put</c>: as the single request would, but that what it fails of is a
/// result among others.</summary>
/// <param name="body">Its bytes; the caller ends it.</param>
internal sealed class ItemWrite(
    ObjectStore store, Failures failures, HttpContext context, BucketProtocol.BucketInfo bucket, PutItem item,
    ItemBody body)
{
    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private readonly Upload _upload = store.BeginUpload(
        bucket.Id, item.Key, OperationOf(item.Mode), ItemBody.FormatOf(item), NoMetadata);

    /// <summary>Takes as much of the bytes as one chunk has. True: that is all, and the stream is free for the next
    /// object while this one is stored. Waits while there is no memory for it.</summary>
    public async Task<bool> BufferAsync()
    {
        try
        {
            return await _upload.BufferAsync(body.Reader, body.LengthBytes, context.RequestAborted);
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
            if (await RefusalAsync() is { } refusal) return ResultOf(refusal);
            var stored = await upload.StoreAsync(body.Reader, context.RequestAborted);
            var content = new IndexProtocol.Content(upload.Id, ItemBody.Segments(item, stored), NoMetadata);

            // From here on the outcome counts, not whether the client still waits for it.
            return ResultOf(await store.SendAsync(CommandOf(content), CancellationToken.None));
        }
        catch (UploadRejectedException failure)
        {
            var (status, text) = failures.AnswerOf(context, item.Key.Value, failure);
            return new PutResult(status, text);
        }
    }

    private static UploadOperation OperationOf(PutFrameMode mode) => mode switch
    {
        PutFrameMode.Create => UploadOperation.Create,
        PutFrameMode.Append => UploadOperation.Append,
        _ => UploadOperation.Replace,
    };

    /// <summary>What can be refused before the bytes are stored is, so that they take no place.</summary>
    private async Task<IndexProtocol.IReply?> RefusalAsync()
    {
        if (item.Mode == PutFrameMode.Upsert) return null;
        var lookup = new IndexProtocol.Lookup(bucket.Id, item.Key, ForReading: false);
        return (await store.SendAsync(lookup, context.RequestAborted), item.Mode) switch
        {
            (IndexProtocol.Found found, PutFrameMode.Create) => new IndexProtocol.KeyExists(found.Object),
            (IndexProtocol.KeyNotFound, PutFrameMode.Create) or (IndexProtocol.Found, _) => null,
            var (refusal, _) => refusal,
        };
    }

    private IndexProtocol.IKeyCommand CommandOf(IndexProtocol.Content content) => item.Mode == PutFrameMode.Append
        ? new IndexProtocol.Append(bucket.Id, item.Key, content)
        : new IndexProtocol.Put(
            bucket.Id, item.Key, (IndexProtocol.PutMode)item.Mode, IndexProtocol.Precondition.None, content,
            bucket.Versioning);

    private PutResult ResultOf(IndexProtocol.IReply reply) => reply switch
    {
        IndexProtocol.Stored stored => new PutResult(
            stored.WasCreated ? StatusCodes.Status201Created : StatusCodes.Status200OK, stored.Object.ETag),
        IndexProtocol.KeyExists => new PutResult(StatusCodes.Status400BadRequest, Answers.KeyExists),
        IndexProtocol.KeyNotFound => new PutResult(
            StatusCodes.Status404NotFound, Answers.NoSuchKey(item.Key.Value)),
        IndexProtocol.ObjectLocked => new PutResult(
            StatusCodes.Status403Forbidden, Answers.Locked(item.Key.Value)),
        IndexProtocol.Failed failed => new PutResult(Failures.StatusOf(failed.Reason), failed.Detail),
        _ => throw new InvalidOperationException($"A write was answered with {reply.GetType()}"),
    };
}
