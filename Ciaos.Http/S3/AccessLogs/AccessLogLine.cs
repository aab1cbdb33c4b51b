using System.Globalization;
using System.Security.Authentication;
using System.Text;
using Ciaos.Http.Metrics;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Multipart;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.AccessLogs;

/// <summary>
/// One line of an access log: 26 fields between spaces, after the Amazon S3 server access log format, so that what
/// reads logs of S3 reads these. What is not known is a hyphen. No field can break out of its place: spaces, quotes and
/// control characters are percent-encoded. Signatures of presigned URLs are left out, since whoever reads a log could
/// use them.
/// </summary>
internal sealed class AccessLogLine
{
    private const string None = "-";

    private static readonly string[] Secrets = ["X-Amz-Signature=", "X-Amz-Security-Token=", "Signature="];

    private readonly HttpContext _http;
    private readonly string _ownerId;
    private readonly string _bucket;

    private AccessLogLine(HttpContext http, string ownerId, string bucket) =>
        (_http, _ownerId, _bucket) = (http, ownerId, bucket);

    public required string Operation { get; init; }

    public required string? Key { get; init; }

    public required int Status { get; init; }

    private string? ErrorCode { get; init; }

    private string? BytesSent { get; init; }

    private string? ObjectSize { get; init; }

    private string? Version { get; init; }

    private S3Request? Request { get; init; }

    public static AccessLogLine Of(
        HttpContext http, S3Target target, S3Request? request, S3Error? error, string ownerId)
    {
        var isCopy = http.Request.Headers.ContainsKey(CopySource.HeaderName);
        var sent = RequestWatch.Of(http)?.ResponseBytes ?? 0;
        return new AccessLogLine(http, ownerId, target.Bucket!)
        {
            Operation = AccessLogOperations.NameOf(http.Request.Method, target, request?.Operation, isCopy),
            Key = target.Key?.Value,
            Status = http.Response.StatusCode,
            ErrorCode = error?.Code,
            BytesSent = sent == 0 ? null : Number(sent),
            ObjectSize = error is null ? SizeOf(http, request) : null,
            Version = Header(http.Response.Headers, "x-amz-version-id") ?? target.Query.Find("versionId"),
            Request = request,
        };
    }

    /// <summary>Of an object that the request touched beside the one that it names.</summary>
    public static AccessLogLine Of(HttpContext http, AccessLogItem item, S3Request request, string ownerId) =>
        new(http, ownerId, item.Bucket.Name)
        {
            Operation = item.Operation,
            Key = item.Key,
            Status = item.Error?.Status ?? (item.Operation == AccessLogOperations.BatchDelete
                ? StatusCodes.Status204NoContent
                : http.Response.StatusCode),
            ErrorCode = item.Error?.Code,
            ObjectSize = item.SizeBytes is { } size ? Number(size) : null,
            Version = item.Version,
            Request = request,
        };

    public byte[] ToBytes(DateTimeOffset now, TimeProvider time)
    {
        var watch = RequestWatch.Of(_http);
        var total = watch is null ? TimeSpan.Zero : time.GetElapsedTime(watch.StartedAt);
        var untilBody = watch is not { BodyAt: not 0 }
            ? total
            : time.GetElapsedTime(watch.StartedAt, watch.BodyAt);
        var headers = _http.Request.Headers;
        var isProved = Request is { Caller.IsAnonymous: false };
        var tls = _http.Features.Get<ITlsHandshakeFeature>();
        var line = new StringBuilder(512);
        Add(line, _ownerId);
        Add(line, _bucket);
        line.Append(CultureInfo.InvariantCulture, $"[{now.UtcDateTime - total:dd/MMM/yyyy:HH:mm:ss} +0000] ");
        Add(line, AccessConditions.SourceIpOf(_http));
        Add(line, Request?.User?.CanonicalId);
        Add(line, _http.TraceIdentifier);
        Add(line, Operation);
        Add(line, Key is null ? null : S3Locations.PathOf(Key));
        AddQuoted(line, $"{_http.Request.Method} {Redact(NativeApi.RawTargetOf(_http))} {_http.Request.Protocol}");
        Add(line, Number(Status));
        Add(line, ErrorCode);
        Add(line, BytesSent);
        Add(line, ObjectSize);
        Add(line, watch is null ? null : Number((long)total.TotalMilliseconds));
        Add(line, watch is null ? null : Number((long)untilBody.TotalMilliseconds));
        AddQuoted(line, Header(headers, "Referer"));
        AddQuoted(line, Header(headers, "User-Agent"));
        Add(line, Version);
        Add(line, S3Api.HostId);
        Add(line, isProved ? "SigV4" : null);
        Add(line, tls?.NegotiatedCipherSuite?.ToString());
        Add(line, !isProved ? null : PresignedQuery.IsIn(Request!.Query) ? "QueryString" : "AuthHeader");
        Add(line, _http.Request.Host.Value);
        Add(line, tls?.Protocol switch { SslProtocols.Tls12 => "TLSv1.2", SslProtocols.Tls13 => "TLSv1.3", _ => null });
        Add(line, null);
        Add(line, Request is { NeededAcl: true } ? "Yes" : null);
        line[^1] = '\n';
        return Encoding.UTF8.GetBytes(line.ToString());
    }

    // Of what is read the answer tells it, of what is written the request.
    private static string? SizeOf(HttpContext http, S3Request? request)
    {
        if (request is not { Operation.Scope: S3Scope.Object, Operation.SubResource: null }) return null;
        if (request.Operation.Name is not ("GetObject" or "HeadObject" or "PutObject")) return null;
        if (HttpMethods.IsPut(http.Request.Method))
            return Header(http.Request.Headers, "x-amz-decoded-content-length")
                ?? (http.Request.ContentLength is { } sent ? Number(sent) : null);
        var range = Header(http.Response.Headers, "Content-Range");
        return range?[(range.LastIndexOf('/') + 1)..]
            ?? (http.Response.ContentLength is { } length ? Number(length) : null);
    }

    private static string Redact(string target)
    {
        foreach (var secret in Secrets)
        {
            var at = target.IndexOf(secret, StringComparison.OrdinalIgnoreCase);
            if (at < 1 || target[at - 1] is not ('?' or '&')) continue;
            var end = target.IndexOf('&', at);
            target = target[..(at + secret.Length)] + (end < 0 ? "" : target[end..]);
        }

        return target;
    }

    private static string? Header(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) ? values.ToString() : null;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Add(StringBuilder line, string? value)
    {
        if (string.IsNullOrEmpty(value)) line.Append(None);
        else Encode(line, value, mayHaveSpaces: false);
        line.Append(' ');
    }

    private static void AddQuoted(StringBuilder line, string? value)
    {
        if (string.IsNullOrEmpty(value)) value = None;
        line.Append('"');
        Encode(line, value, mayHaveSpaces: true);
        line.Append("\" ");
    }

    private static void Encode(StringBuilder line, string value, bool mayHaveSpaces)
    {
        foreach (var letter in value)
        {
            if (char.IsControl(letter) || letter == '"' || (letter == ' ' && !mayHaveSpaces))
                line.Append(CultureInfo.InvariantCulture, $"%{(int)letter:X2}");
            else line.Append(letter);
        }
    }
}
