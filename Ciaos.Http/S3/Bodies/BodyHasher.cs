using System.Buffers;
using System.Security.Cryptography;

namespace Ciaos.Http.S3.Bodies;

/// <summary>All digests of one body, over the same pass of its bytes.</summary>
/// <param name="sha256">What the header x-amz-content-sha256 promised; empty for nothing.</param>
/// <param name="withMd5">Whether the MD5 is wanted though no header asks for it.</param>
/// <param name="otherwise">Which checksum to compute where the client sends none.</param>
/// <param name="withDefault">Whether the default checksum is wanted besides the client's own.</param>
internal sealed class BodyHasher(
    ExpectedDigests expected, byte[] sha256, bool withMd5, ChecksumAlgorithm? otherwise, bool withDefault = false)
    : IDisposable
{
    private readonly ChecksumAlgorithm? _algorithm = expected.Algorithm ?? otherwise;
    private readonly RunningChecksum? _md5 = withMd5 || expected.Md5 is not null ? RunningChecksum.BeginMd5() : null;
    private readonly RunningChecksum? _checksum =
        (expected.Algorithm ?? otherwise) is { } algorithm ? RunningChecksum.Begin(algorithm) : null;
    private readonly RunningChecksum? _default =
        withDefault && (expected.Algorithm ?? otherwise) != ChecksumAlgorithms.Default
            ? RunningChecksum.Begin(ChecksumAlgorithms.Default)
            : null;
    private readonly RunningChecksum? _payload =
        sha256.Length > 0 && (expected.Algorithm ?? otherwise) != ChecksumAlgorithm.Sha256
            ? RunningChecksum.Begin(ChecksumAlgorithm.Sha256)
            : null;

    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var memory in bytes)
        {
            _md5?.Append(memory.Span);
            _checksum?.Append(memory.Span);
            _default?.Append(memory.Span);
            _payload?.Append(memory.Span);
        }
    }

    /// <param name="last">What has not been appended yet.</param>
    /// <param name="trailer">The checksum behind the body; null where there was none.</param>
    /// <exception cref="S3Exception">A digest is not what the client said.</exception>
    public S3Digests Finish(ReadOnlySequence<byte> last, long lengthBytes, byte[]? trailer)
    {
        if (!last.IsSingleSegment)
        {
            Append(last);
            last = ReadOnlySequence<byte>.Empty;
        }

        var bytes = last.FirstSpan;
        var checksum = _checksum?.Finish(bytes);
        if (sha256.Length > 0) CheckPayload(_payload?.Finish(bytes) ?? checksum!);
        var md5 = _md5?.Finish(bytes);
        if (expected.Md5 is not null && !expected.Md5.AsSpan().SequenceEqual(md5))
            throw new S3Exception(S3Error.BadDigest, "The Content-MD5 you specified did not match what we received.")
            {
                Details =
                [
                    new("ExpectedDigest", Convert.ToBase64String(expected.Md5)),
                    new("CalculatedDigest", Convert.ToBase64String(md5!)),
                ],
            };
        var wanted = expected.Value ?? trailer;
        if (wanted is not null && !wanted.AsSpan().SequenceEqual(checksum))
            throw new S3Exception(
                S3Error.BadDigest, $"The {_algorithm?.Name()} you specified did not match the calculated checksum.");
        return new S3Digests(
            lengthBytes, md5, _algorithm, checksum, wanted is not null,
            withDefault ? _default?.Finish(bytes) ?? checksum : null);
    }

    public void Dispose()
    {
        _md5?.Dispose();
        _checksum?.Dispose();
        _default?.Dispose();
        _payload?.Dispose();
    }

    private void CheckPayload(byte[] computed)
    {
        if (CryptographicOperations.FixedTimeEquals(sha256, computed)) return;
        throw new S3Exception(S3Error.XAmzContentSha256Mismatch)
        {
            Details =
            [
                new("ClientComputedContentSHA256", Convert.ToHexStringLower(sha256)),
                new("S3ComputedContentSHA256", Convert.ToHexStringLower(computed)),
            ],
        };
    }
}
