using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>The body of <c>/batch/get</c>: <c>{"keys":["a","b/c"],"order":"disk"}</c>.</summary>
/// <param name="IsInGivenOrder">Otherwise objects come as they lie on disk.</param>
internal sealed record BatchGetRequest(BatchKeys Keys, bool IsInGivenOrder)
{
    /// <exception cref="RequestRefusedException">It is malformed (400) or too long (413).</exception>
    public static async Task<BatchGetRequest> ReadAsync(HttpContext context, BatchSettings settings)
    {
        if (context.Request.ContentLength > settings.MaxRequestBytes) throw TooLong(settings);
        var (body, cancellation) = (context.Request.BodyReader, context.RequestAborted);
        var text = new ArrayBufferWriter<byte>(1024);
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            if (text.WrittenCount + read.Buffer.Length > settings.MaxRequestBytes)
            {
                body.AdvanceTo(read.Buffer.End);
                throw TooLong(settings);
            }

            foreach (var part in read.Buffer) text.Write(part.Span);
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return Parse(text.WrittenSpan, settings.MaxKeys);
        }
    }

    /// <exception cref="RequestRefusedException">It is malformed (400), or has too many keys (413).</exception>
    public static BatchGetRequest Parse(ReadOnlySpan<byte> json, int maxKeys)
    {
        try
        {
            return Read(json, maxKeys);
        }
        catch (JsonException malformed)
        {
            throw Malformed(malformed.Message);
        }
    }

    private static BatchGetRequest Read(ReadOnlySpan<byte> json, int maxKeys)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 2 });
        BatchKeys? keys = null;
        bool? isGiven = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Malformed("it is no object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (keys is null && reader.ValueTextEquals("keys"u8)) keys = ReadKeys(ref reader, json.Length, maxKeys);
            else if (isGiven is null && reader.ValueTextEquals("order"u8)) isGiven = ReadOrder(ref reader);
            else throw Malformed("keys has to be there once, order may be, and nothing else");
        }

        // What stands behind the object is looked at too.
        reader.Read();
        return new BatchGetRequest(keys ?? throw Malformed("it has no keys"), isGiven ?? false);
    }

    private static BatchKeys ReadKeys(ref Utf8JsonReader reader, int maxTextBytes, int maxKeys)
    {
        var keys = new BatchKeys(maxTextBytes);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) throw Malformed("keys is no array");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String) throw Malformed("one of the keys is no string");
            if (keys.Count == maxKeys) throw TooMany(maxKeys);
            keys.Add(ref reader);
        }

        keys.Trim();
        return keys;
    }

    private static bool ReadOrder(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("disk"u8)) return false;
            if (reader.ValueTextEquals("given"u8)) return true;
        }

        throw Malformed("order is neither disk nor given");
    }

    public static RequestRefusedException TooMany(int maxKeys) => new(
        StatusCodes.Status413PayloadTooLarge, $"A batch has at most {maxKeys} keys: send several");

    private static RequestRefusedException TooLong(BatchSettings settings) => new(
        StatusCodes.Status413PayloadTooLarge,
        $"A list of keys has at most {settings.MaxRequestBytes} bytes: send several");

    private static RequestRefusedException Malformed(string why) => new(
        StatusCodes.Status400BadRequest,
        $$"""The body is not {"keys":["a","b/c"],"order":"disk"}: {{why}}""");
}
