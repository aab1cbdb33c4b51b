using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Encryption;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Http.Raw;

/// <summary><c>PUT</c> and <c>DELETE</c> of <c>/raw/{key}</c>: a body of any size as an object of one file.</summary>
internal sealed class RawWrites(ObjectStore store, UserQuotas quotas, Failures failures)
{
    private const int MaxContentTypeLength = 256;
    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    private readonly WriteConditions _conditions = new(store, failures);

    public async Task PutAsync(HttpContext context, string user, ObjectKey key)
    {
        var metadata = MetadataOf(context.Request);
        var conditions = Conditions.Read(context.Request.Headers);
        var token = Idempotency.Read(context.Request);
        var bucket = await store.ResolveBucketAsync(user, context.RequestAborted);
        if (await JudgeAsync(context, bucket.Id, key, conditions, token) is not { } precondition) return;

        using var hold = await quotas.HoldAsync(
            bucket, context.Request.ContentLength, objects: 1, context.RequestAborted);
        var (content, named) = await StoreAsync(context, bucket, key, metadata, token, hold);

        // From here on the outcome counts, not whether the client still waits for it.
        var reply = await store.SendAsync(
            new IndexProtocol.Put(
                bucket.Id, key, IndexProtocol.PutMode.Upsert, precondition, content, bucket.Versioning, named),
            CancellationToken.None);
        if (reply is IndexProtocol.Stored) hold?.Keep();
        await AnswerAsync(context, key, reply);
    }

    public async Task DeleteAsync(HttpContext context, string user, ObjectKey key)
    {
        var conditions = Conditions.Read(context.Request.Headers);
        if (await store.FindBucketAsync(user, context.RequestAborted) is not { } bucket)
        {
            await Answers.NoSuchKeyAsync(context, key.Value);
            return;
        }

        if (await _conditions.JudgeAsync(context, bucket.Id, key, conditions) is not { } precondition) return;
        var reply = await store.SendAsync(
            new IndexProtocol.Delete(bucket.Id, key, precondition, bucket.Versioning), CancellationToken.None);
        await AnswerAsync(context, key, reply);
    }

    /// <summary>Null: it is a repeat, or the conditions do not hold, and the answer is given.</summary>
    private async Task<IndexProtocol.Precondition?> JudgeAsync(
        HttpContext context, BucketId bucket, ObjectKey key, Conditions conditions, string? token)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        if (token is null) return await _conditions.JudgeAsync(context, bucket, key, conditions);
        var found = await Idempotency.FindAsync(store, context, bucket, key, token, WriteOperation.Upsert);
        if (found is IndexProtocol.Found or IndexProtocol.KeyNotFound)
            return await WriteConditions.JudgeAsync(context, (found as IndexProtocol.Found)?.Object, conditions);
        await AnswerAsync(context, key, found);
        return null;
    }

    private async Task<(IndexProtocol.Content Content, IdempotencyToken? Token)> StoreAsync(
        HttpContext context, BucketProtocol.BucketInfo bucket, ObjectKey key,
        ImmutableSortedDictionary<string, string> metadata, string? token, QuotaHold? hold)
    {
        var body = context.Request.BodyReader;
        if (hold is not null) body = hold.Watch(body);
        var dataKey = DefaultEncryption.MakeKey(store, bucket, UploadOperation.Replace, ref metadata);
        await using var upload = store.BeginUpload(
            bucket.Id, key, UploadOperation.Replace, BodyFormat.Raw, metadata, dataKey, keepsCrc: token is not null);
        await upload.BufferAsync(body, context.Request.ContentLength, context.RequestAborted);
        var stored = await upload.StoreAsync(body, context.RequestAborted);
        var segments = ImmutableArray.CreateBuilder<Segment>();
        stored.AddSegments(segments, 0, stored.LengthBytes);
        return (
            new IndexProtocol.Content(upload.Id, segments.DrainToImmutable(), metadata),
            Idempotency.TokenOf(token, upload));
    }

    private static ImmutableSortedDictionary<string, string> MetadataOf(HttpRequest request)
    {
        if (request.Headers.ContentRange.Count > 0)
            throw Refuse("A part of an object cannot be written: Content-Range is not supported");
        var type = request.Headers.ContentType.ToString();
        if (type.Length == 0) return NoMetadata;
        if (type.Length > MaxContentTypeLength || type.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw Refuse($"The Content-Type header is not 1 to {MaxContentTypeLength} printable ASCII characters");
        return NoMetadata.Add(RawReads.ContentTypeKey, type);
    }

    private static RequestRefusedException Refuse(string text) => new(StatusCodes.Status400BadRequest, text);

    private Task AnswerAsync(HttpContext context, ObjectKey key, IndexProtocol.IReply reply)
    {
        switch (reply)
        {
            case IndexProtocol.Stored stored:
                WriteConditions.SetETag(context.Response, stored.Object);
                Idempotency.SetReplay(context.Response, stored);
                return Answers.UploadedAsync(
                    context, stored.WasCreated ? StatusCodes.Status201Created : StatusCodes.Status200OK, key.Value);
            case IndexProtocol.Deleted or IndexProtocol.MarkerMade:
                return Answers.DeletedAsync(context, key.Value);
            case IndexProtocol.KeyNotFound:
                return Answers.NoSuchKeyAsync(context, key.Value);
            case IndexProtocol.IdempotencyMismatch mismatch:
                return Idempotency.RefuseAsync(context, mismatch);
            case IndexProtocol.PreconditionFailed refused:
                return WriteConditions.RefuseAsync(context, refused.Object);
            case IndexProtocol.ObjectLocked:
                return Answers.LockedAsync(context, key.Value);
            case IndexProtocol.Failed failed:
                return failures.AnswerAsync(context, failed);
            default:
                throw new InvalidOperationException($"A write was answered with {reply.GetType()}");
        }
    }
}
