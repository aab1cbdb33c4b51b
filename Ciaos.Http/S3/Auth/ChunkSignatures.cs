using System.Security.Cryptography;

namespace Ciaos.Http.S3.Auth;

/// <summary>The chain of signatures through a chunked body: each covers the one before it, so that no chunk can be
/// repeated, moved, left out or taken from another request. Source: the Amazon S3 API reference, "Transferring Payload
/// in Multiple Chunks".</summary>
/// <param name="seed">The signature of the request's head.</param>
internal sealed class ChunkSignatures(byte[] key, string timestamp, CredentialScope scope, string seed)
{
    private static readonly string NothingHash = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly string _prefix = $"\n{timestamp}\n{scope.Text}\n";
    private string _previous = seed;

    /// <summary>Whether this is the signature of the chunk that has its turn now.</summary>
    public bool Accept(ReadOnlySpan<byte> sha256, string signature) => Check(
        $"AWS4-HMAC-SHA256-PAYLOAD{_prefix}{_previous}\n{NothingHash}\n{Convert.ToHexStringLower(sha256)}", signature);

    /// <param name="sha256">Of the trailer's lines, each <c>name:value</c> and a line feed.</param>
    public bool AcceptTrailer(ReadOnlySpan<byte> sha256, string signature) => Check(
        $"AWS4-HMAC-SHA256-TRAILER{_prefix}{_previous}\n{Convert.ToHexStringLower(sha256)}", signature);

    private bool Check(string stringToSign, string signature)
    {
        _previous = SignatureV4.Sign(key, stringToSign);
        return SignatureV4.AreEqual(_previous, signature);
    }
}
