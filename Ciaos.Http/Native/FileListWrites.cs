using System.Collections.Immutable;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Encryption;
using Ciaos.Storage;
using Ciaos.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Http.Native;

internal enum FileListWrite
{
    Put,
    Append,
    Update,
}

/// <summary>
/// <c>put</c>, <c>append</c> and <c>update</c>. What can be refused without the body is refused before it is read. A
/// body within one chunk is checked in memory and then stored; a longer one is stored as it comes and checked where it
/// lies. Only the index command makes it visible: whatever fails before leaves needles that nothing refers to.
/// </summary>
internal sealed class FileListWrites(ObjectStore store, UserQuotas quotas, Failures failures, int maxFiles)
{
    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public async Task HandleAsync(HttpContext context, string user, ObjectKey key, FileListWrite write)
    {
        var conditions = Conditions.Read(context.Request.Headers);
        var token = Idempotency.Read(context.Request);
        var known = write == FileListWrite.Put
            ? await store.ResolveBucketAsync(user, context.RequestAborted)
            : await store.FindBucketAsync(user, context.RequestAborted);
        if (known is not { } bucket)
        {
            await Answers.NoSuchKeyAsync(context, key.Value);
            return;
        }

        if (token is not null) LimitBody(context, key);
        var found = await Idempotency.FindAsync(store, context, bucket.Id, key, token, TokenOperationOf(write));
        if (RefusalOf(found, write, conditions) is { } refusal)
        {
            await AnswerAsync(context, key, refusal, write);
            return;
        }

        var precondition = conditions.ForWrite((found as IndexProtocol.Found)?.Object);

        using var hold = await quotas.HoldAsync(
            bucket, context.Request.ContentLength, write == FileListWrite.Put ? 1 : 0, context.RequestAborted);
        var (content, named) = await StoreAsync(context, bucket, key, write, token, hold);

        // From here on the outcome counts, not whether the client still waits for it.
        var reply = await store.SendAsync(
            CommandOf(write, bucket, key, content, precondition, named), CancellationToken.None);
        if (reply is IndexProtocol.Stored) hold?.Keep();
        await AnswerAsync(context, key, reply, write);
    }

    private static IndexProtocol.IReply? RefusalOf(
        IndexProtocol.IReply found, FileListWrite write, Conditions conditions)
    {
        if (found is not (IndexProtocol.Found or IndexProtocol.KeyNotFound)) return found;
        var now = (found as IndexProtocol.Found)?.Object;
        if (conditions.JudgeWrite(now) == Verdict.Failed) return new IndexProtocol.PreconditionFailed(now);
        if (write == FileListWrite.Put) return now is null ? null : new IndexProtocol.KeyExists(now);
        if (now is null) return found;
        return write == FileListWrite.Append && EncryptionMetadata.IsEncrypted(now.Metadata)
            ? new IndexProtocol.Failed(IndexProtocol.FailReason.NotAllowed, Answers.CannotAppend)
            : null;
    }

    private static IndexProtocol.IKeyCommand CommandOf(
        FileListWrite write, BucketProtocol.BucketInfo bucket, ObjectKey key, IndexProtocol.Content content,
        IndexProtocol.Precondition precondition, IdempotencyToken? token)
    {
        if (write == FileListWrite.Append)
            return new IndexProtocol.Append(bucket.Id, key, content, If: precondition, Idempotency: token);
        var mode = write == FileListWrite.Put ? IndexProtocol.PutMode.Create : IndexProtocol.PutMode.Replace;
        return new IndexProtocol.Put(bucket.Id, key, mode, precondition, content, bucket.Versioning, token);
    }

    private static UploadOperation OperationOf(FileListWrite write) => write switch
    {
        FileListWrite.Put => UploadOperation.Create,
        FileListWrite.Append => UploadOperation.Append,
        _ => UploadOperation.Replace,
    };

    private static WriteOperation TokenOperationOf(FileListWrite write) => write switch
    {
        FileListWrite.Put => WriteOperation.Create,
        FileListWrite.Append => WriteOperation.Append,
        _ => WriteOperation.Replace,
    };

    private async Task<(IndexProtocol.Content Content, IdempotencyToken? Token)> StoreAsync(
        HttpContext context, BucketProtocol.BucketInfo bucket, ObjectKey key, FileListWrite write, string? token,
        QuotaHold? hold)
    {
        LimitBody(context, key);
        var (body, cancellation) = (context.Request.BodyReader, context.RequestAborted);
        if (hold is not null) body = hold.Watch(body);
        var metadata = NoMetadata;
        var dataKey = DefaultEncryption.MakeKey(store, bucket, OperationOf(write), ref metadata);
        await using var upload = store.BeginUpload(
            bucket.Id, key, OperationOf(write), BodyFormat.FileDataList, metadata, dataKey,
            keepsCrc: token is not null);
        List<FileExtent>? files = null;
        if (await upload.BufferAsync(body, context.Request.ContentLength, cancellation))
            files = FileListBody.ReadFiles(new MemoryByteSource(upload.Buffered), maxFiles, cancellation);
        else
            FileDataListReader.CheckStart(upload.Buffered, context.Request.ContentLength);
        var stored = await upload.StoreAsync(body, cancellation);
        files ??= ReadStoredFiles(stored, cancellation);
        var segments = FileListBody.Segments(stored, files, maxFiles);
        hold?.GrowTo(files.Sum(file => file.LengthBytes));
        return (new IndexProtocol.Content(upload.Id, segments, metadata), Idempotency.TokenOf(token, upload));
    }

    /// <summary>No list is longer than its offsets reach: Kestrel stops reading behind that, also where no length was
    /// announced.</summary>
    private static void LimitBody(HttpContext context, ObjectKey key)
    {
        if (context.Request.ContentLength > FileDataListReader.MaxBytes)
            throw new RequestRefusedException(
                StatusCodes.Status413PayloadTooLarge,
                $"A FlatBuffers body has at most {FileDataListReader.MaxBytes} bytes: "
                + $"store a larger one with PUT /raw/{Uri.EscapeDataString(key.Value)}, or append it in parts");
        var limit = context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>();
        limit.MaxRequestBodySize = FileDataListReader.MaxBytes;
    }

    private List<FileExtent> ReadStoredFiles(StoredBody stored, CancellationToken cancellation)
    {
        using var source = new PagedByteSource(stored.LengthBytes, stored.Read);
        return FileListBody.ReadFiles(source, maxFiles, cancellation);
    }

    private Task AnswerAsync(HttpContext context, ObjectKey key, IndexProtocol.IReply reply, FileListWrite write)
    {
        if (reply is IndexProtocol.Stored stored)
        {
            WriteConditions.SetETag(context.Response, stored.Object);
            Idempotency.SetReplay(context.Response, stored);
        }

        return reply switch
        {
            IndexProtocol.Stored when write == FileListWrite.Append => Answers.TextAsync(
                context, StatusCodes.Status200OK, $"Data appended successfully: key = {key}"),
            IndexProtocol.Stored => Answers.UploadedAsync(context, StatusCodes.Status200OK, key.Value),
            IndexProtocol.KeyExists => Answers.BadRequestAsync(context, Answers.KeyExists),
            IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, key.Value),
            IndexProtocol.IdempotencyMismatch mismatch => Idempotency.RefuseAsync(context, mismatch),
            IndexProtocol.PreconditionFailed unmet => WriteConditions.RefuseAsync(context, unmet.Object),
            IndexProtocol.ObjectLocked => Answers.LockedAsync(context, key.Value),
            IndexProtocol.Failed { Reason: IndexProtocol.FailReason.NotAllowed } when write == FileListWrite.Append =>
                Answers.BadRequestAsync(context, Answers.CannotAppend),
            IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
            _ => throw new InvalidOperationException($"A write was answered with {reply.GetType()}"),
        };
    }
}
