using System.Runtime.CompilerServices;
using System.Text.Json;
using Ciaos.Client.Http;

namespace Ciaos.Client;

/// <summary><c>/list</c> and <c>/stat</c>.</summary>
internal sealed class ObjectListing(Transport transport)
{
    public async Task<ObjectInfo> StatAsync(string key, CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Get, Target.OfKey("stat", key), key);
        using var document = await GetAsync(call, cancellation).ConfigureAwait(false);
        return Read(document.RootElement);
    }

    /// <summary>Asks for the next page when the last one has been gone through.</summary>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(
        string prefix, string after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (string? next = after; next is not null;)
        {
            var call = new Call(HttpMethod.Get, Target.Query("list", ("prefix", prefix), ("after", next)));
            using var page = await GetAsync(call, cancellation).ConfigureAwait(false);
            foreach (var each in page.RootElement.GetProperty("objects").EnumerateArray()) yield return Read(each);
            next = page.RootElement.GetProperty("next").GetString();
        }
    }

    private async Task<JsonDocument> GetAsync(Call call, CancellationToken cancellation)
    {
        using var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        return JsonDocument.Parse(await transport.ReadAllAsync(call, answer, cancellation).ConfigureAwait(false));
    }

    private static ObjectInfo Read(JsonElement json) => new()
    {
        Key = json.GetProperty("key").GetString()!,
        SizeBytes = json.GetProperty("size").GetInt64(),
        FileCount = json.GetProperty("files").GetInt64(),
        ETag = json.GetProperty("etag").GetString(),
        Created = json.TryGetProperty("created", out var created) ? created.GetDateTimeOffset() : null,
        Modified = json.GetProperty("modified").GetDateTimeOffset(),
        ContentType = json.TryGetProperty("content_type", out var type) ? type.GetString() : null,
    };
}
