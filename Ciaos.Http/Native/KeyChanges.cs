using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Native;

/// <summary><c>update_key</c> and <c>delete</c>: one index command each.</summary>
internal sealed class KeyChanges(ObjectStore store, Failures failures)
{
    public async Task RenameAsync(HttpContext context, string user, ObjectKey from, ObjectKey to)
    {
        var reply = await store.FindBucketAsync(user, context.RequestAborted) is { } bucket
            ? await store.SendAsync(new IndexProtocol.Rename(bucket.Id, from, to), CancellationToken.None)
            : IndexProtocol.KeyNotFound.Instance;
        await (reply switch
        {
            IndexProtocol.Renamed => Answers.TextAsync(
                context, StatusCodes.Status200OK, $"Key updated successfully from {from} to {to}"),
            IndexProtocol.KeyExists => Answers.TextAsync(context, StatusCodes.Status409Conflict, "Key already exists"),
            IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, from.Value),
            IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
            _ => throw new InvalidOperationException($"A rename was answered with {reply.GetType()}"),
        });
    }

    public async Task DeleteAsync(HttpContext context, string user, ObjectKey key)
    {
        var reply = await store.FindBucketAsync(user, context.RequestAborted) is { } bucket
            ? await store.SendAsync(
                new IndexProtocol.Delete(bucket.Id, key, IndexProtocol.Precondition.None, bucket.Versioning),
                CancellationToken.None)
            : IndexProtocol.KeyNotFound.Instance;
        await (reply switch
        {
            IndexProtocol.Deleted or IndexProtocol.MarkerMade => Answers.DeletedAsync(context, key.Value),
            IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, key.Value),
            IndexProtocol.ObjectLocked => Answers.LockedAsync(context, key.Value),
            IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
            _ => throw new InvalidOperationException($"A delete was answered with {reply.GetType()}"),
        });
    }
}
