using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Raw;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Native;

/// <summary><c>update_key</c> and <c>delete</c>: one index command each, and a look-up where there are
/// conditions.</summary>
internal sealed class KeyChanges(ObjectStore store, Failures failures)
{
    private readonly WriteConditions _conditions = new(store, failures);

    /// <summary>Conditions are about the old key.</summary>
    public async Task RenameAsync(HttpContext context, string user, ObjectKey from, ObjectKey to)
    {
        if (await BeginAsync(context, user, from) is not (var bucket, var precondition)) return;
        var reply = await store.SendAsync(
            new IndexProtocol.Rename(bucket.Id, from, to, precondition), CancellationToken.None);
        if (reply is IndexProtocol.Renamed renamed) WriteConditions.SetETag(context.Response, renamed.Object);
        await (reply switch
        {
            IndexProtocol.Renamed => Answers.TextAsync(
                context, StatusCodes.Status200OK, $"Key updated successfully from {from} to {to}"),
            IndexProtocol.KeyExists => Answers.TextAsync(context, StatusCodes.Status409Conflict, Answers.KeyExists),
            _ => AnswerAsync(context, from, reply),
        });
    }

    public async Task DeleteAsync(HttpContext context, string user, ObjectKey key)
    {
        if (await BeginAsync(context, user, key) is not (var bucket, var precondition)) return;
        var reply = await store.SendAsync(
            new IndexProtocol.Delete(bucket.Id, key, precondition, bucket.Versioning), CancellationToken.None);
        await AnswerAsync(context, key, reply);
    }

    /// <summary>Null: there is nothing to change, or the conditions do not hold, and the answer is given.</summary>
    private async Task<(BucketProtocol.BucketInfo Bucket, IndexProtocol.Precondition If)?> BeginAsync(
        HttpContext context, string user, ObjectKey key)
    {
        var conditions = Conditions.Read(context.Request.Headers);
        if (await store.FindBucketAsync(user, context.RequestAborted) is not { } bucket)
        {
            await Answers.NoSuchKeyAsync(context, key.Value);
            return null;
        }

        return await _conditions.JudgeAsync(context, bucket.Id, key, conditions) is { } precondition
            ? (bucket, precondition)
            : null;
    }

    private Task AnswerAsync(HttpContext context, ObjectKey key, IndexProtocol.IReply reply) => reply switch
    {
        IndexProtocol.Deleted or IndexProtocol.MarkerMade => Answers.DeletedAsync(context, key.Value),
        IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, key.Value),
        IndexProtocol.PreconditionFailed unmet => WriteConditions.RefuseAsync(context, unmet.Object),
        IndexProtocol.ObjectLocked => Answers.LockedAsync(context, key.Value),
        IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
        _ => throw new InvalidOperationException($"A change of a key was answered with {reply.GetType()}"),
    };
}
