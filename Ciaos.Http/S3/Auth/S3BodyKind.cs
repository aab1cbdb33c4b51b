using System.Buffers;

namespace Ciaos.Http.S3.Auth;

/// <summary>What x-amz-content-sha256 says of a request's body.</summary>
internal enum S3BodyKind
{
    /// <summary>Plain, and nothing is known of it.</summary>
    Unsigned,

    /// <summary>Plain, with its SHA-256 in the header.</summary>
    Hashed,

    /// <summary>aws-chunked, every chunk signed.</summary>
    SignedChunks,

    /// <summary>aws-chunked, every chunk and the trailer signed.</summary>
    SignedChunksAndTrailer,

    /// <summary>aws-chunked with a trailer, nothing signed.</summary>
    UnsignedChunksAndTrailer,
}

/// <summary>The header x-amz-content-sha256.</summary>
/// <param name="Sha256">32 bytes where the kind is <see cref="S3BodyKind.Hashed"/>, otherwise none.</param>
internal sealed record S3Payload(S3BodyKind Kind, byte[] Sha256)
{
    public const string HeaderName = "x-amz-content-sha256";
    public const string UnsignedText = "UNSIGNED-PAYLOAD";

    public static readonly S3Payload Unsigned = new(S3BodyKind.Unsigned, []);

    private const int HexLength = 64;
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <exception cref="S3Exception">It is not one of the values that S3 knows.</exception>
    public static S3Payload Parse(string text) => text switch
    {
        UnsignedText => Unsigned,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => new S3Payload(S3BodyKind.SignedChunks, []),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => new S3Payload(S3BodyKind.SignedChunksAndTrailer, []),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => new S3Payload(S3BodyKind.UnsignedChunksAndTrailer, []),
        _ when text.StartsWith("STREAMING-AWS4-ECDSA-", StringComparison.Ordinal) => throw new S3Exception(
            S3Error.NotImplemented, "Signatures of the kind ECDSA are not supported. Use AWS4-HMAC-SHA256."),
        _ when text.Length == HexLength && !text.AsSpan().ContainsAnyExcept(HexDigits) =>
            new S3Payload(S3BodyKind.Hashed, Convert.FromHexString(text)),
        _ => throw new S3Exception(
            S3Error.InvalidArgument,
            $"{HeaderName} must be {UnsignedText}, one of the STREAMING values, or a SHA-256 in hexadecimal digits.")
        {
            Details = [new("ArgumentName", HeaderName), new("ArgumentValue", text)],
        },
    };

    public bool IsChunked => Kind is not (S3BodyKind.Unsigned or S3BodyKind.Hashed);
}
