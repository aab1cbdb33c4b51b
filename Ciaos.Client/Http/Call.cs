using System.Net;

namespace Ciaos.Client.Http;

/// <summary>One operation: what is sent, as often as need be, until there is an answer.</summary>
internal sealed class Call(HttpMethod method, string target, string? key = null)
{
    private readonly List<(string Name, string Value)> _headers = [];

    public HttpMethod Method => method;

    public string Target => target;

    public string? Key => key;

    public IReadOnlyList<(string Name, string Value)> Headers => _headers;

    public UploadBody? Body { get; init; }

    public string? BodyType { get; init; }

    public IProgress<long>? Progress { get; init; }

    /// <summary>An answer of this status is for the caller, though it is none of success.</summary>
    public HttpStatusCode? Accepts { get; init; }

    /// <summary>An attempt may have been carried out, though its answer was lost.</summary>
    public bool IsOutcomeUnknown { get; set; }

    public Call With(string name, string? value)
    {
        if (value is not null) _headers.Add((name, value));
        return this;
    }

    public Call With(WriteOptions? options, bool isRemembered = true)
    {
        With("If-Match", Quoted(options?.IfMatch)).With("If-None-Match", Quoted(options?.IfNoneMatch));
        if (isRemembered) With("Idempotency-Key", options?.IdempotencyKey ?? Guid.NewGuid().ToString("N"));
        return this;
    }

    public Call With(ReadOptions? options) =>
        With("If-Match", Quoted(options?.IfMatch)).With("If-None-Match", Quoted(options?.IfNoneMatch));

    public static string? Quoted(string? etag) => etag is null or "*" ? etag : $"\"{etag}\"";
}
