using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Raw;

/// <summary>The conditional headers of writes: judged before a body is read, and once more by the index when it
/// writes.</summary>
internal sealed class WriteConditions(ObjectStore store, Failures failures)
{
    private const string PreconditionFailed = "Precondition failed";

    /// <summary>What the index is to judge by. Null: the conditions do not hold, and the answer is given.</summary>
    public async Task<IndexProtocol.Precondition?> JudgeAsync(
        HttpContext context, BucketId bucket, ObjectKey key, Conditions conditions)
    {
        if (conditions.AreEmpty) return IndexProtocol.Precondition.None;
        var reply = await store.LookupAsync(bucket, key, forReading: false, context.RequestAborted);
        if (reply is IndexProtocol.Failed failed)
        {
            await failures.AnswerAsync(context, failed);
            return null;
        }

        return await JudgeAsync(context, (reply as IndexProtocol.Found)?.Object, conditions);
    }

    /// <param name="now">What the key holds; null: nothing.</param>
    /// <inheritdoc cref="JudgeAsync(HttpContext, BucketId, ObjectKey, Conditions)"/>
    public static async Task<IndexProtocol.Precondition?> JudgeAsync(
        HttpContext context, IndexProtocol.ObjectRecord? now, Conditions conditions)
    {
        if (conditions.JudgeWrite(now) == Verdict.Proceed) return conditions.ForWrite(now);
        await RefuseAsync(context, now);
        return null;
    }

    /// <param name="now">What the key holds; null: nothing.</param>
    public static Task RefuseAsync(HttpContext context, IndexProtocol.ObjectRecord? now)
    {
        if (now is not null) SetETag(context.Response, now);
        return Answers.TextAsync(context, StatusCodes.Status412PreconditionFailed, PreconditionFailed);
    }

    public static void SetETag(HttpResponse response, IndexProtocol.ObjectRecord written) =>
        response.Headers.ETag = written.QuotedETag;
}
