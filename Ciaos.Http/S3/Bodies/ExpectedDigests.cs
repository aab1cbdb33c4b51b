using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ciaos.Http.S3.Bodies;

/// <summary>What a client says, or wants to know, about the digests of its body.</summary>
/// <param name="Md5">Of the header Content-MD5: 16 bytes, or null.</param>
/// <param name="Algorithm">Which checksum the client sends; null for none.</param>
/// <param name="Value">What it must be; null where it comes in the trailer.</param>
/// <param name="IsInTrailer">Whether the value has to come behind the body.</param>
internal sealed record ExpectedDigests(byte[]? Md5, ChecksumAlgorithm? Algorithm, byte[]? Value, bool IsInTrailer)
{
    public static readonly ExpectedDigests None = new(null, null, null, false);

    private const int Md5Bytes = 16;
    private const string TrailerHeader = "x-amz-trailer";
    private const string AlgorithmHeader = "x-amz-sdk-checksum-algorithm";

    /// <param name="isChunked">Whether the body can have a trailer at all.</param>
    /// <exception cref="S3Exception">A header is malformed, or there is more than one checksum.</exception>
    public static ExpectedDigests Read(IHeaderDictionary headers, bool isChunked)
    {
        var digests = Read(name => headers[name]);
        var trailer = headers[TrailerHeader];
        if (trailer.Count > 0)
        {
            var algorithm = isChunked && trailer.Count == 1 ? ChecksumAlgorithms.ParseHeader(trailer[0]!.Trim()) : null;
            if (algorithm is null)
                throw new S3Exception(
                    S3Error.InvalidRequest, "The value specified in the x-amz-trailer header is not supported");
            if (digests.Value is not null) throw OnlyOne();
            digests = digests with { Algorithm = algorithm, IsInTrailer = true };
        }

        CheckAlgorithm(headers[AlgorithmHeader].ToString(), digests.Algorithm);
        return digests;
    }

    /// <exception cref="S3Exception">Content-MD5 is malformed.</exception>
    public static ExpectedDigests ReadMd5Only(IHeaderDictionary headers) =>
        None with { Md5 = ReadMd5(headers["Content-MD5"]) };

    /// <summary>From the fields of a form, which have the names of headers.</summary>
    public static ExpectedDigests Read(Func<string, StringValues> find)
    {
        ChecksumAlgorithm? algorithm = null;
        byte[]? value = null;
        foreach (var candidate in ChecksumAlgorithms.All)
        {
            var values = find(candidate.HeaderName());
            if (values.Count == 0) continue;
            if (values.Count > 1)
                throw DocumentErrors.InvalidArgument(
                    "Only one value may be specified.", candidate.HeaderName(), values[1]!);
            if (algorithm is not null) throw OnlyOne();
            algorithm = candidate;
            value = candidate.ParseValue(values[0]!.Trim()) ?? throw candidate.Malformed();
        }

        return new ExpectedDigests(ReadMd5(find("Content-MD5")), algorithm, value, IsInTrailer: false);
    }

    // SDKs say of themselves which checksum they add. Where it is not there, something on the way has dropped it.
    private static void CheckAlgorithm(string said, ChecksumAlgorithm? sent)
    {
        if (said.Length == 0) return;
        if (sent is null)
            throw new S3Exception(
                S3Error.InvalidRequest,
                $"{AlgorithmHeader} specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were "
                + "found.");
        if (ChecksumAlgorithms.Parse(said) != sent)
            throw new S3Exception(S3Error.InvalidRequest, $"Value for {AlgorithmHeader} header is invalid.");
    }

    private static byte[]? ReadMd5(StringValues values)
    {
        if (values.Count == 0) return null;
        var md5 = new byte[Md5Bytes];
        return values.Count == 1 && Base64Text.TryDecodeExactly(values[0]!.Trim(), md5)
            ? md5
            : throw new S3Exception(S3Error.InvalidDigest);
    }

    private static S3Exception OnlyOne() => new(
        S3Error.InvalidRequest,
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
}
