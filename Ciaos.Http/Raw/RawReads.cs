using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Raw;

/// <summary><c>GET</c> and <c>HEAD</c> of <c>/raw/{key}</c>: an object's bytes, all its files in a row.</summary>
internal sealed class RawReads(ObjectStore store, Failures failures)
{
    public const string ContentTypeKey = "content-type";

    private const string DefaultContentType = "application/octet-stream";

    public async Task HandleAsync(HttpContext context, string user, ObjectKey key)
    {
        var isHead = HttpMethods.IsHead(context.Request.Method);
        var reply = await store.FindBucketAsync(user, context.RequestAborted) is { } bucket
            ? await store.LookupAsync(bucket.Id, key, forReading: !isHead, context.RequestAborted)
            : IndexProtocol.KeyNotFound.Instance;
        await (reply switch
        {
            IndexProtocol.Found found => AnswerAsync(context, found, isHead),
            IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, key.Value),
            IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
            _ => throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}"),
        });
    }

    private Task AnswerAsync(HttpContext context, IndexProtocol.Found found, bool isHead) =>
        SmallReads.Allow(found)
            ? AnswerAtOnceAsync(context, found, isHead)
            : StreamAsync(context, found, isHead);

    private Task AnswerAtOnceAsync(HttpContext context, IndexProtocol.Found found, bool isHead)
    {
        if (!Begin(context, found.Object, out var range, out var refused)) return refused;
        if (!isHead)
            SmallReads.Write(store, found, range.OffsetBytes, range.LengthBytes, context.Response.BodyWriter);
        return Task.CompletedTask;
    }

    private async Task StreamAsync(HttpContext context, IndexProtocol.Found found, bool isHead)
    {
        await using var reader = store.OpenRead(found);
        if (!Begin(context, found.Object, out var range, out var refused))
        {
            await refused;
            return;
        }

        if (isHead) return;
        using var output = new ReplyWriter(context.Response.BodyWriter);
        await reader.CopyAsync(range.OffsetBytes, range.LengthBytes, output, context.RequestAborted);
        await output.FinishAsync(context.RequestAborted);
    }

    /// <summary>The head of the answer. False: there is nothing to be read, and <paramref name="refused"/> gives the
    /// answer.</summary>
    private static bool Begin(
        HttpContext context, IndexProtocol.ObjectRecord found, out ByteRange range, out Task refused)
    {
        (range, refused) = (default, Task.CompletedTask);
        SetValidators(context.Response, found);
        switch (Conditions.Read(context.Request.Headers).JudgeRead(found))
        {
            case Verdict.NotModified:
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return false;
            case Verdict.Failed:
                refused = WriteConditions.RefuseAsync(context, found);
                return false;
        }

        range = ByteRange.Read(context.Request, found);
        if (range.Kind == RangeKind.Unsatisfiable)
        {
            refused = RefuseRangeAsync(context, found.SizeBytes);
            return false;
        }

        SetBodyHeaders(context.Response, found, range);
        return true;
    }

    private static void SetValidators(HttpResponse response, IndexProtocol.ObjectRecord found)
    {
        response.Headers.ETag = found.QuotedETag;
        response.Headers.LastModified = found.Modified.ToString("R", CultureInfo.InvariantCulture);
        response.Headers.AcceptRanges = "bytes";
    }

    private static void SetBodyHeaders(HttpResponse response, IndexProtocol.ObjectRecord found, ByteRange range)
    {
        response.ContentType = found.Metadata.GetValueOrDefault(ContentTypeKey, DefaultContentType);
        response.ContentLength = range.LengthBytes;
        if (range.Kind == RangeKind.Whole) return;
        response.StatusCode = StatusCodes.Status206PartialContent;
        var last = range.OffsetBytes + range.LengthBytes - 1;
        response.Headers.ContentRange =
            string.Create(CultureInfo.InvariantCulture, $"bytes {range.OffsetBytes}-{last}/{found.SizeBytes}");
    }

    private static Task RefuseRangeAsync(HttpContext context, long sizeBytes)
    {
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{sizeBytes}");
        return Answers.TextAsync(
            context,
            StatusCodes.Status416RangeNotSatisfiable,
            $"The object has {sizeBytes} bytes, none of them is in the range");
    }
}
