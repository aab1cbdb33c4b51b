using System.Text.Json;
using System.Text.Json.Serialization;
using Ciaos.Actors.Identity;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Admin;

/// <summary>One request to the admin API whose sender is known and may do it.</summary>
/// <param name="Names">What stands in the path in place of <c>{…}</c>, decoded, in order.</param>
internal sealed record AdminRequest(
    HttpContext Context, Caller Caller, IReadOnlyList<string> Names, IReadOnlyDictionary<string, string> Query)
{
    private const int MaxBodyBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    public IdentityProtocol.Origin By => new(
        Caller.User.Name, Caller.Key.Id, Context.Connection.RemoteIpAddress?.ToString());

    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>The body as JSON.</summary>
    /// <exception cref="AdminException">It is none, has unknown fields, or is too long.</exception>
    public async Task<T> ReadAsync<T>()
    {
        var body = await ReadBytesAsync();
        try
        {
            return JsonSerializer.Deserialize<T>(body, Strict) ?? throw AdminException.Invalid("The body is null");
        }
        catch (JsonException wrong)
        {
            throw AdminException.Invalid($"The body is not the JSON that is expected: {wrong.Message}");
        }
    }

    /// <summary>The body as it is.</summary>
    public async Task<string> ReadTextAsync()
    {
        try
        {
            return new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(await ReadBytesAsync());
        }
        catch (System.Text.DecoderFallbackException)
        {
            throw AdminException.Invalid("The body is not UTF-8");
        }
    }

    /// <summary>A number of the query.</summary>
    public long Number(string name, long otherwise, long min, long max)
    {
        if (!Query.TryGetValue(name, out var text)) return otherwise;
        return long.TryParse(
            text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
            out var number) && number >= min && number <= max
            ? number
            : throw AdminException.Invalid($"{name}={text} is not allowed: a whole number from {min} to {max} is");
    }

    private async Task<byte[]> ReadBytesAsync()
    {
        using var body = new MemoryStream();
        var chunk = new byte[4096];
        int read;
        while ((read = await Context.Request.Body.ReadAsync(chunk, Aborted)) > 0)
        {
            body.Write(chunk, 0, read);
            if (body.Length > MaxBodyBytes)
                throw new AdminException(
                    StatusCodes.Status413PayloadTooLarge, "TooLarge", $"A body has at most {MaxBodyBytes} bytes");
        }

        return body.ToArray();
    }
}

/// <summary>A request that cannot be done, with its answer.</summary>
internal sealed class AdminException(int status, string code, string text) : Exception(text)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static AdminException Invalid(string text) => new(StatusCodes.Status400BadRequest, "Invalid", text);

    public static AdminException NotFound(string text) => new(StatusCodes.Status404NotFound, "NotFound", text);

    public static AdminException Of(IdentityProtocol.Refused refused) => new(
        refused.Reason switch
        {
            IdentityProtocol.RefuseReason.Invalid => StatusCodes.Status400BadRequest,
            IdentityProtocol.RefuseReason.NoSuchUser or IdentityProtocol.RefuseReason.NoSuchKey
                or IdentityProtocol.RefuseReason.NoSuchPolicy => StatusCodes.Status404NotFound,
            IdentityProtocol.RefuseReason.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status409Conflict,
        },
        refused.Reason.ToString(),
        refused.Detail);
}
