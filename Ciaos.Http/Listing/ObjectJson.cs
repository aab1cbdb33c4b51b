using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Listing;

/// <summary>How objects look in JSON: sizes in bytes, times in UTC with milliseconds (ISO 8601).</summary>
internal static class ObjectJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends what <paramref name="write"/> makes, with status 200 unless another one is set.</summary>
    public static async Task SendAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await using var writer = new Utf8JsonWriter(response.BodyWriter, Options);
        write(writer);
    }

    public static void Write(Utf8JsonWriter writer, IndexProtocol.ObjectRecord found, bool withDetails)
    {
        writer.WriteStartObject();
        writer.WriteString("key", found.Key.Value);
        writer.WriteNumber("size", found.SizeBytes);
        writer.WriteNumber("files", found.FileCount);
        writer.WriteString("etag", found.ETag);
        if (withDetails) writer.WriteString("created", Time(found.Created));
        writer.WriteString("modified", Time(found.Modified));
        if (withDetails && found.Metadata.TryGetValue(RawReads.ContentTypeKey, out var type))
            writer.WriteString("content_type", type);
        writer.WriteEndObject();
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
