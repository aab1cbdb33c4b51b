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

    private static readonly JsonEncodedText Key = JsonEncodedText.Encode("key");
    private static readonly JsonEncodedText Size = JsonEncodedText.Encode("size");
    private static readonly JsonEncodedText Files = JsonEncodedText.Encode("files");
    private static readonly JsonEncodedText ETag = JsonEncodedText.Encode("etag");
    private static readonly JsonEncodedText Created = JsonEncodedText.Encode("created");
    private static readonly JsonEncodedText Modified = JsonEncodedText.Encode("modified");

    /// <summary>Sends what <paramref name="write"/> makes, with status 200 unless another one is set.</summary>
    public static async Task SendAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await using var writer = new Utf8JsonWriter(response.BodyWriter, Options);
        write(writer);
    }

    /// <summary>A member whose value is a time.</summary>
    public static void WriteTime(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset time)
    {
        // The round-trip format is the fast one; all it has too much of are the finer digits.
        const int ToMillisecond = 23;
        Span<byte> text = stackalloc byte[32];
        _ = time.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[ToMillisecond] = (byte)'Z';
        writer.WriteString(name, text[..(ToMillisecond + 1)]);
    }

    public static void Write(Utf8JsonWriter writer, IndexProtocol.ObjectRecord found, bool withDetails)
    {
        writer.WriteStartObject();
        writer.WriteString(Key, found.Key.Value);
        writer.WriteNumber(Size, found.SizeBytes);
        writer.WriteNumber(Files, found.FileCount);
        writer.WriteString(ETag, found.ETag);
        if (withDetails) WriteTime(writer, Created, found.Created);
        WriteTime(writer, Modified, found.Modified);
        if (withDetails && found.Metadata.TryGetValue(RawReads.ContentTypeKey, out var type))
            writer.WriteString("content_type", type);
        writer.WriteEndObject();
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
