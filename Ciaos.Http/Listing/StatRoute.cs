using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Listing;

/// <summary><c>GET /stat/{key}</c>: what the index knows of an object.</summary>
internal sealed class StatRoute(ObjectStore store, Failures failures)
{
    public async Task HandleAsync(HttpContext context, string user, ObjectKey key)
    {
        var reply = await store.FindBucketAsync(user, context.RequestAborted) is { } bucket
            ? await store.LookupAsync(bucket.Id, key, forReading: false, context.RequestAborted)
            : IndexProtocol.KeyNotFound.Instance;
        await (reply switch
        {
            IndexProtocol.Found found => ObjectJson.SendAsync(
                context, writer => ObjectJson.Write(writer, found.Object, withDetails: true)),
            IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, key.Value),
            IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
            _ => throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}"),
        });
    }
}
