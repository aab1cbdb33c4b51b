using System.Buffers;
using System.Globalization;
using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Ciaos.Http.S3.Bodies;

/// <summary>What a handler wants of a body.</summary>
/// <param name="MaxBytes">Longer ones are refused with EntityTooLarge: at once where the length is announced.</param>
/// <param name="MustHaveLength">Refuse the request with MissingContentLength where no body was announced at
/// all.</param>
/// <param name="WithMd5">Compute the MD5, though no header asks for it.</param>
/// <param name="Checksum">Which checksum to compute where the client sends none.</param>
internal sealed record S3BodyOptions(
    long MaxBytes, bool MustHaveLength = false, bool WithMd5 = false, ChecksumAlgorithm? Checksum = null)
{
    /// <summary>The x-amz-checksum- headers speak of something else than the body, as those of a completed upload
    /// do.</summary>
    public bool IgnoresChecksumHeaders { get; init; }

    /// <summary>Compute the default checksum too, whatever the client sends.</summary>
    public bool WithDefaultChecksum { get; init; }
}

/// <summary>Opens the bodies of requests.</summary>
internal static class S3Bodies
{
    private const string DecodedLengthHeader = "x-amz-decoded-content-length";

    /// <summary>Nothing is read yet, so that a client that waits for 100 Continue is not asked for its body before the
    /// handler wants it. To be disposed of once the answer is known.</summary>
    /// <exception cref="S3Exception">A header that belongs to the body is missing or malformed.</exception>
    public static S3Body Open(HttpContext context, S3Caller caller, S3BodyOptions options)
    {
        var (request, payload) = (context.Request, caller.Payload);
        var length = LengthOf(context, payload, options.MustHaveLength);
        var limits = new BodyLimits(0, options.MaxBytes);
        limits.CheckReceived(length ?? 0);
        var expected = options.IgnoresChecksumHeaders
            ? ExpectedDigests.ReadMd5Only(request.Headers)
            : ExpectedDigests.Read(request.Headers, payload.IsChunked);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var source = request.BodyReader;
        if (payload.IsChunked)
        {
            var isSigned = payload.Kind is not S3BodyKind.UnsignedChunksAndTrailer;
            source = new AwsChunkedReader(source, new ChunkDecoder(
                isSigned ? caller.Chunks : null, payload.Kind is not S3BodyKind.SignedChunks, length,
                expected.IsInTrailer ? expected.Algorithm : null));
        }

        var hasher = new BodyHasher(
            expected, payload.Sha256, options.WithMd5, options.Checksum, options.WithDefaultChecksum);
        return new S3Body(source, length, limits, hasher);
    }

    /// <summary>The file of a form, with the digests of the form's fields.</summary>
    /// <param name="grant">What its policy allows.</param>
    /// <exception cref="S3Exception">A field with a digest is malformed.</exception>
    public static S3Body OpenForm(PostForm form, PostGrant grant, S3BodyOptions options)
    {
        var expected = ExpectedDigests.Read(name =>
            form.Fields.TryGetValue(name, out var value) ? value : StringValues.Empty);
        var hasher = new BodyHasher(expected, [], options.WithMd5, options.Checksum);
        return new S3Body(form.File, null, grant.Limits, hasher);
    }

    /// <summary>All of a small body, such as a document, checked like any other.</summary>
    /// <exception cref="S3Exception">It is longer than <see cref="S3BodyOptions.MaxBytes"/> (EntityTooLarge), or not
    /// what its client said.</exception>
    public static async Task<byte[]> ReadAllAsync(S3Body body, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static long? LengthOf(HttpContext context, S3Payload payload, bool isRequired)
    {
        var request = context.Request;
        var isOpenEnded = request.Headers.TransferEncoding.Count > 0;
        if (!payload.IsChunked)
        {
            if (request.ContentLength is { } announced) return announced;
            if (isRequired && !isOpenEnded) throw new S3Exception(S3Error.MissingContentLength);
            return CanHaveBody(context) ? null : 0;
        }

        var text = request.Headers[DecodedLengthHeader].ToString();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var decoded)) return decoded;
        if (text.Length > 0)
            throw new S3Exception(S3Error.InvalidArgument, $"The header {DecodedLengthHeader} is no length.");

        // Streams of unknown length are sent so: nothing but the last chunk tells where they end.
        if (payload.Kind == S3BodyKind.UnsignedChunksAndTrailer && request.ContentLength is null) return null;
        throw new S3Exception(S3Error.MissingContentLength);
    }

    private static bool CanHaveBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
}
