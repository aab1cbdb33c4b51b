using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>Requests of S3 with Signature Version 4 in their headers, as SDKs send them over plain HTTP: bodies are
/// signed too.</summary>
internal sealed class S3Signer
{
    public const string KeyId = "CIAOSBENCHKEY0000000";
    public const string Secret = "a-secret-for-measurements";

    private const string Region = "us-east-1";
    private const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date";

    private readonly IPEndPoint _server;
    private readonly string _timestamp;
    private readonly string _scope;
    private readonly byte[] _key;

    /// <param name="now">The requests are good for a quarter of an hour.</param>
    public S3Signer(IPEndPoint server, DateTimeOffset now)
    {
        _server = server;
        _timestamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        _scope = $"{_timestamp[..8]}/{Region}/s3/aws4_request";
        _key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in _scope.Split('/')) _key = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(part));
    }

    /// <summary>Settings of a node that knows the key.</summary>
    public static string[] Settings =>
        [$"ciaos.identity.root-access-key={KeyId}", $"ciaos.identity.root-secret-key={Secret}"];

    /// <param name="path">Of characters that need no encoding.</param>
    public LoadRequest Request(string method, string path, ReadOnlyMemory<byte> body = default)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(body.Span));
        var canonical =
            $"{method}\n{path}\n\nhost:{_server}\nx-amz-content-sha256:{hash}\nx-amz-date:{_timestamp}\n\n"
            + $"{SignedHeaders}\n{hash}";
        var hashed = Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var toSign = $"AWS4-HMAC-SHA256\n{_timestamp}\n{_scope}\n{hashed}";
        var signature = Hex(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(toSign)));
        var length = method == "PUT" ? $"Content-Length: {body.Length}\r\n" : "";
        return new LoadRequest(
            Encoding.ASCII.GetBytes(
                $"{method} {path} HTTP/1.1\r\nHost: {_server}\r\nX-Amz-Date: {_timestamp}\r\n"
                + $"X-Amz-Content-SHA256: {hash}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={KeyId}/{_scope}, "
                + $"SignedHeaders={SignedHeaders}, Signature={signature}\r\n{length}\r\n"),
            body);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
