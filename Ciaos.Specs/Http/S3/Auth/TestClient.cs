using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

/// <summary>Makes and signs requests as a client does, on its own: from the published description and not with the code
/// under test. Key, secret and day are those of the examples in the documentation of S3.</summary>
internal sealed class TestClient
{
    public const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    public const string Timestamp = "20130524T000000Z";
    public const string Day = "20130524";
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public static readonly DateTimeOffset ExampleTime = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    public Credential Credential { get; set; } = new(KeyId, Secret, null, null, IsActive: true, IsUserActive: true);

    public Clock Time { get; } = new();

    public S3Authentication Server() =>
        new("us-east-1", id => id == Credential.AccessKeyId ? Credential : null, Time);

    public Task<S3Caller> SendAsync(HttpContext context) => SendAsync(Server(), context);

    public static async Task<S3Caller> SendAsync(S3Authentication server, HttpContext context) =>
        await server.AuthenticateAsync(context, S3Query.Parse(Split(context).Query));

    public async Task<S3Exception> RefusedAsync(HttpContext context) =>
        await Assert.ThrowsAsync<S3Exception>(() => SendAsync(context));

    public static DefaultHttpContext Request(string method, string target, params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        foreach (var (name, value) in headers) context.Request.Headers.Append(name, value);
        return context;
    }

    /// <summary>A request that is right in every way, for specs that spoil one thing.</summary>
    public static DefaultHttpContext Good(string method = "GET", string target = "/bucket/key?list-type=2&prefix=a%2Fb")
    {
        var context = Request(
            method, target, ("Host", "localhost:9711"), ("x-amz-date", Timestamp), ("x-amz-content-sha256", EmptyHash),
            ("x-amz-meta-colour", "blue"));
        Sign(context);
        return context;
    }

    /// <summary>Signs all headers that are there, or those named.</summary>
    public static void Sign(
        HttpContext context, string? signedHeaders = null, string secret = Secret, string region = "us-east-1",
        string service = "s3", string day = Day, string keyId = KeyId, string? payload = null)
    {
        var request = context.Request;
        request.Headers.Remove("Authorization");
        var names = request.Headers.Keys.Select(name => name.ToLowerInvariant());
        signedHeaders ??= string.Join(';', names.Order(StringComparer.Ordinal));
        payload ??= request.Headers["x-amz-content-sha256"].ToString();
        var canonical = Canonical(context, signedHeaders, payload);
        var scope = $"{day}/{region}/{service}/aws4_request";
        var timestamp = request.Headers.TryGetValue("x-amz-date", out var date) ? date.ToString() : Timestamp;
        var signature = SignText(canonical, timestamp, scope, secret);
        request.Headers.Authorization =
            $"AWS4-HMAC-SHA256 Credential={keyId}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}";
    }

    /// <summary>The target with a signature in its query.</summary>
    public static string Presign(
        string method, string path, string expires, string timestamp = Timestamp, string more = "",
        string secret = Secret, string region = "us-east-1", string signedHeaders = "host",
        string payload = "UNSIGNED-PAYLOAD", params (string Name, string Value)[] headers)
    {
        var scope = $"{timestamp[..8]}/{region}/s3/aws4_request";
        var query = $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={KeyId}%2F{scope.Replace("/", "%2F")}"
            + $"&X-Amz-Date={timestamp}&X-Amz-Expires={expires}"
            + $"&X-Amz-SignedHeaders={signedHeaders.Replace(";", "%3B")}{more}";
        var context = Request(method, $"{path}?{query}", headers);
        var signature = SignText(Canonical(context, signedHeaders, payload), timestamp, scope, secret);
        return $"{path}?{query}&X-Amz-Signature={signature}";
    }

    public static byte[] Key(
        string secret = Secret, string region = "us-east-1", string service = "s3", string day = Day)
    {
        var key = Hmac(Encoding.UTF8.GetBytes("AWS4" + secret), day);
        foreach (var part in new[] { region, service, "aws4_request" }) key = Hmac(key, part);
        return key;
    }

    public static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string SignText(string canonical, string timestamp, string scope, string secret)
    {
        var parts = scope.Split('/');
        var hash = Hex(SHA256.HashData(Encoding.Latin1.GetBytes(canonical)));
        return Hex(Hmac(
            Key(secret, parts[1], parts[2], parts[0]), $"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hash}"));
    }

    // Paths and queries of the specs are written in canonical encoding, so that there is nothing to encode.
    private static string Canonical(HttpContext context, string signedHeaders, string payload)
    {
        var (path, query) = Split(context);
        var headers = context.Request.Headers;
        var lines = signedHeaders.Split(';').Select(name => $"{name}:{headers[name].ToString().Trim()}\n");
        var sorted = query.Split('&').Where(part => part.Length > 0)
            .Select(part => part.Contains('=') ? part : part + "=").Order(StringComparer.Ordinal);
        return $"{context.Request.Method}\n{path}\n{string.Join('&', sorted)}\n{string.Concat(lines)}\n"
            + $"{signedHeaders}\n{payload}";
    }

    private static (string Path, string Query) Split(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        return (target[0], target.Length > 1 ? target[1] : "");
    }

    /// <summary>Shows the time of the examples until it is set.</summary>
    public sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = ExampleTime;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
