using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Http.S3.Auth;

/// <summary>
/// Tells who sent a request, by Signature Version 4 in the header or in the query. A request without any signature is
/// anonymous: what it may do is decided elsewhere. Everything else is refused here.
/// </summary>
/// <param name="region">The one region that signatures may be for.</param>
internal sealed class S3Authentication(string region, FindCredential find, TimeProvider time)
{
    /// <summary>How far a client's clock may be off.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    private const int MaxStsBodyBytes = 64 * 1024;
    private const int CanonicalRoomBytes = 1024;
    private const int ToSignRoomBytes = 256;

    private readonly SigningKeys _keys = new();

    /// <param name="query">Of the request's raw target.</param>
    /// <exception cref="S3Exception">The signature is malformed, wrong, too old, or of a key that may not be
    /// used.</exception>
    public async ValueTask<S3Caller> AuthenticateAsync(HttpContext context, S3Query query)
    {
        var request = context.Request;
        var isPresigned = PresignedQuery.IsIn(query);
        if (request.Headers.Authorization.Count == 0)
        {
            if (isPresigned) return Verify(context, query, PresignedQuery.Parse(query), stsPayload: null);
            if (PresignedQuery.IsVersion2In(query)) throw new S3Exception(S3Error.UnsupportedSignature);
            return Anonymous(request.Headers);
        }

        if (isPresigned)
            throw new S3Exception(
                S3Error.InvalidArgument,
                "Only one auth mechanism allowed: the X-Amz-Algorithm query parameter or the Authorization header.");
        var signed = AuthorizationHeader.Parse(request.Headers, Now);
        var stsPayload = signed.Scope.Service == CredentialScope.Sts ? await HashStsBodyAsync(context) : null;
        return Verify(context, query, signed, stsPayload);
    }

    /// <summary>The credential that a form of a browser was signed with, and the key for it.</summary>
    internal (Credential Credential, byte[] Key) FindKey(CredentialScope scope)
    {
        var credential = Find(scope.AccessKeyId);
        return (credential, _keys.Get(scope, credential.Secret));
    }

    internal Credential Find(string accessKeyId) => find(accessKeyId)
        ?? throw new S3Exception(S3Error.InvalidAccessKeyId) { Details = [new("AWSAccessKeyId", accessKeyId)] };

    internal DateTimeOffset Now => time.GetUtcNow();

    internal string Region => region;

    /// <exception cref="S3Exception">RequestTimeTooSkewed.</exception>
    internal static void RequireNear(DateTimeOffset requestTime, DateTimeOffset now)
    {
        if ((now - requestTime).Duration() <= MaxSkew) return;
        throw new S3Exception(S3Error.RequestTimeTooSkewed)
        {
            Details =
            [
                new("RequestTime", AmzDate.Format(requestTime)),
                new("ServerTime", S3Xml.FormatTime(now)),
                new("MaxAllowedSkewMilliseconds", $"{MaxSkew.TotalMilliseconds:F0}"),
            ],
        };
    }

    private static S3Caller Anonymous(IHeaderDictionary headers)
    {
        var payload = PayloadOf(headers) is { } text ? S3Payload.Parse(text) : S3Payload.Unsigned;
        if (payload.Kind is S3BodyKind.SignedChunks or S3BodyKind.SignedChunksAndTrailer)
            throw new S3Exception(S3Error.AccessDenied, "The chunks of the body are signed, but the request is not.");
        return new S3Caller(null, payload, null);
    }

    private S3Caller Verify(HttpContext context, S3Query query, SignedRequest signed, string? stsPayload)
    {
        var headers = context.Request.Headers;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // As S3 has it: whoever has no key at all learns that first, and not what is wrong with the rest.
        var credential = Find(signed.Scope.AccessKeyId);
        CheckTime(signed);
        CheckScope(signed, target);
        CheckSignedHeaders(signed, headers);
        // In the query it is always signed, so that no header can stand against it.
        var inQuery = signed.IsPresigned ? query.Find("X-Amz-Content-Sha256") : null;
        var sent = inQuery ?? PayloadOf(headers);
        var payload = stsPayload is null && sent is not null ? S3Payload.Parse(sent) : S3Payload.Unsigned;
        var signedPayload = stsPayload ?? SignedPayload(signed, sent, inQuery);
        var key = _keys.Get(signed.Scope, credential.Secret);
        CheckSignature(context.Request, target, query, signed, signedPayload, key);
        credential.CheckUsable(signed.SessionToken, Now);
        return new S3Caller(credential, payload, ChunksOf(signed, payload, key)) { IsForSts = stsPayload is not null };
    }

    private static ChunkSignatures? ChunksOf(SignedRequest signed, S3Payload payload, byte[] key) =>
        payload.Kind is S3BodyKind.SignedChunks or S3BodyKind.SignedChunksAndTrailer
            ? new ChunkSignatures(key, AmzDate.Format(signed.Time), signed.Scope, signed.Signature)
            : null;

    private static void CheckSignature(
        HttpRequest request, string target, S3Query query, SignedRequest signed, string payload, byte[] key)
    {
        var canonical = new WireText(stackalloc byte[CanonicalRoomBytes]);
        var toSign = new WireText(stackalloc byte[ToSignRoomBytes]);
        try
        {
            CanonicalRequest.Append(
                ref canonical, request.Method, target, query, request.Headers, signed.SignedHeaders, payload);
            SignatureV4.AppendStringToSign(ref toSign, signed.Time, signed.Scope, canonical.Bytes);
            if (!SignatureV4.IsSignature(key, toSign.Bytes, signed.Signature))
                throw Mismatch(signed, toSign.ToString(), canonical.ToString());
        }
        finally
        {
            canonical.Dispose();
            toSign.Dispose();
        }
    }

    private void CheckTime(SignedRequest signed)
    {
        var now = Now;
        if (!signed.IsPresigned) RequireNear(signed.Time, now);
        CheckDay(signed);
        if (signed.Lifetime is not { } lifetime) return;
        if (signed.Time - now > MaxSkew) throw new S3Exception(S3Error.AccessDenied, "Request is not yet valid");
        if (signed.Time + lifetime <= now)
            throw new S3Exception(S3Error.AccessDenied, "Request has expired")
            {
                Details =
                [
                    new("X-Amz-Expires", lifetime.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture)),
                    new("Expires", S3Xml.FormatTime(signed.Time + lifetime)),
                    new("ServerTime", S3Xml.FormatTime(now)),
                ],
            };
    }

    private static void CheckDay(SignedRequest signed)
    {
        Span<char> timestamp = stackalloc char[AmzDate.Length];
        AmzDate.Format(signed.Time, timestamp);
        var day = timestamp[..AmzDate.DayLength];
        if (!day.SequenceEqual(signed.Scope.Day))
            throw signed.Malformed(
                $"Invalid credential date \"{signed.Scope.Day}\". This date is not the same as that of the request: "
                + $"\"{day}\".");
    }

    private void CheckScope(SignedRequest signed, string target)
    {
        var scope = signed.Scope;
        if (scope.Region != region)
            throw signed.Malformed(
                $"the region '{scope.Region}' is wrong; expecting '{region}'", KeyValuePair.Create("Region", region));
        if (scope.Service == CredentialScope.S3) return;
        var isService = RequestTarget.Parse(target).Path is "" or "/";
        if (scope.Service != CredentialScope.Sts || !isService || signed.IsPresigned)
            throw signed.Malformed($"incorrect service \"{scope.Service}\". This endpoint belongs to \"s3\".");
    }

    // A header of S3 that is not signed could be added or changed on the way. The hash of the body is a line of its own
    // in what is signed.
    private static void CheckSignedHeaders(SignedRequest signed, IHeaderDictionary headers)
    {
        if (!signed.SignedHeaders.Contains("host"))
            throw signed.Malformed("the header host is not signed.");
        foreach (var (name, _) in headers)
        {
            if (!name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
                || name.Equals(S3Payload.HeaderName, StringComparison.OrdinalIgnoreCase)
                || signed.SignedHeaders.Contains(name))
                continue;
            throw new S3Exception(
                S3Error.AccessDenied, "There were headers present in the request which were not signed")
            {
                Details = [new("HeadersNotSigned", name.ToLowerInvariant())],
            };
        }
    }

    private static string SignedPayload(SignedRequest signed, string? sent, string? inQuery)
    {
        if (!signed.IsPresigned)
            return sent ?? throw new S3Exception(
                S3Error.InvalidRequest, $"Missing required header for this request: {S3Payload.HeaderName}");
        return inQuery ?? (signed.SignedHeaders.Contains(S3Payload.HeaderName)
            ? sent ?? S3Payload.UnsignedText
            : S3Payload.UnsignedText);
    }

    private static string? PayloadOf(IHeaderDictionary headers)
    {
        var values = headers[S3Payload.HeaderName];
        if (values.Count > 1)
            throw new S3Exception(S3Error.InvalidRequest, $"There is more than one header {S3Payload.HeaderName}.");
        return values.Count == 0 ? null : values[0]!.Trim();
    }

    private static S3Exception Mismatch(SignedRequest signed, string stringToSign, string canonical) =>
        new(S3Error.SignatureDoesNotMatch)
        {
            Details =
            [
                new("AWSAccessKeyId", signed.Scope.AccessKeyId),
                new("StringToSign", stringToSign),
                new("SignatureProvided", signed.Signature),
                new("CanonicalRequest", canonical),
            ],
        };

    /// <summary>Clients of STS sign the hash of the body without sending it. The body is looked at, and left unread for
    /// the handler.</summary>
    private static async Task<string> HashStsBodyAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted);
            var buffer = read.Buffer;
            if (buffer.Length > MaxStsBodyBytes)
            {
                body.AdvanceTo(buffer.End);
                throw new S3Exception(S3Error.MaxMessageLengthExceeded);
            }

            if (read.IsCompleted)
            {
                var hash = Convert.ToHexStringLower(SHA256.HashData(buffer.ToArray()));
                body.AdvanceTo(buffer.Start);
                return hash;
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
