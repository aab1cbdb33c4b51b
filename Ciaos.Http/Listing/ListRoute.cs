using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Listing;

/// <summary><c>GET /list</c>: a page of a user's keys, in the order of their UTF-8 bytes.</summary>
internal sealed class ListRoute(ObjectStore store)
{
    private static readonly ObjectPage Empty = new([], HasMore: false);

    public async Task HandleAsync(HttpContext context, string user, ListQuery query)
    {
        var page = await store.FindBucketAsync(user, context.RequestAborted) is { } bucket
            ? await store.ListAsync(bucket.Id, query.Prefix, query.After, query.Limit, context.RequestAborted)
            : Empty;
        await ObjectJson.SendAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("objects");
            foreach (var found in page.Objects) ObjectJson.Write(writer, found, withDetails: false);
            writer.WriteEndArray();
            if (page.HasMore) writer.WriteString("next", page.Objects[^1].Key.Value);
            else writer.WriteNull("next");
            writer.WriteEndObject();
        });
    }
}
