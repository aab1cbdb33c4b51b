using System.Globalization;
using Ciaos.Http.S3.Bodies;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Multipart;

/// <summary>What the headers of CompleteMultipartUpload say that the object will be.</summary>
/// <param name="Algorithm">Of <paramref name="Checksum"/>.</param>
/// <param name="Checksum">Its bytes; null where none was sent.</param>
/// <param name="PartCount">As it stands behind the checksum of a composite; null where it does not.</param>
/// <param name="IsOfWhole">The checksum's type; null where none was sent.</param>
internal sealed record ExpectedObject(
    ChecksumAlgorithm? Algorithm, byte[]? Checksum, int? PartCount, bool? IsOfWhole, long? SizeBytes)
{
    public const string SizeHeader = "x-amz-mp-object-size";

    /// <exception cref="S3Exception">A header is malformed, or there is more than one checksum.</exception>
    public static ExpectedObject Read(IHeaderDictionary headers)
    {
        ChecksumAlgorithm? algorithm = null;
        byte[]? checksum = null;
        int? count = null;
        foreach (var candidate in ChecksumAlgorithms.All)
        {
            var text = headers[candidate.HeaderName()].ToString().Trim();
            if (text.Length == 0) continue;
            if (algorithm is not null)
                throw new S3Exception(
                    S3Error.InvalidRequest,
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            algorithm = candidate;
            (checksum, count) = ParseChecksum(candidate, text);
        }

        var type = headers[MultipartChecksum.TypeHeader].ToString();
        return new ExpectedObject(
            algorithm, checksum, count, type.Length == 0 ? null : MultipartChecksum.ParseType(type), ReadSize(headers));
    }

    /// <param name="isDeclared">Whether the upload was begun with a checksum. Where it was not, clients may name the
    /// one that they sent with its parts: the object's is the default one all the same.</param>
    /// <exception cref="S3Exception">BadDigest or InvalidRequest: the object is another one.</exception>
    public void Check(Completion found, bool isDeclared)
    {
        if (SizeBytes is { } size && size != found.SizeBytes)
            throw new S3Exception(
                S3Error.InvalidRequest,
                $"The provided '{SizeHeader}' header value does not match what was computed.");
        if (!isDeclared)
        {
            if (Algorithm is { } sent && sent.MustBeDeclared()) throw ChecksumMismatch.Of(null, sent);
            return;
        }

        if (IsOfWhole is { } isOfWhole && found.Kind is not null && isOfWhole != found.Kind.IsOfWhole)
            throw new S3Exception(
                S3Error.BadDigest,
                $"The checksum type of the upload is {found.Kind.TypeName}, not the one that was specified.");
        if (Algorithm is not { } algorithm) return;
        if (found.Kind?.Algorithm != algorithm)
            throw ChecksumMismatch.Of(found.Kind?.Algorithm, algorithm);
        var expected = Convert.ToBase64String(Checksum!);
        var parts = found.List.Count;
        if (found.Kind.IsOfWhole
                ? PartCount is null && found.Checksum == expected
                : (PartCount ?? parts) == parts && found.Checksum == $"{expected}-{parts}")
            return;
        throw new S3Exception(
            S3Error.BadDigest,
            $"The {algorithm.Name().ToLowerInvariant()} you specified did not match the calculated checksum.");
    }

    private static (byte[] Checksum, int? Count) ParseChecksum(ChecksumAlgorithm algorithm, string text)
    {
        int? count = null;
        var dash = text.LastIndexOf('-');
        var value = dash < 0 ? text : text[..dash];
        if (dash >= 0
            && int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            count = parsed;
        if (algorithm.ParseValue(value) is { } checksum && (dash < 0 || count is not null)) return (checksum, count);
        throw algorithm.Malformed();
    }

    private static long? ReadSize(IHeaderDictionary headers)
    {
        var text = headers[SizeHeader].ToString();
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw new S3Exception(S3Error.InvalidRequest, $"Value for {SizeHeader} header is invalid.");
    }
}

/// <summary>A checksum of another algorithm than the upload was begun with.</summary>
internal static class ChecksumMismatch
{
    public static S3Exception Of(ChecksumAlgorithm? expected, ChecksumAlgorithm? actual) => new(
        S3Error.InvalidRequest,
        $"Checksum Type mismatch occurred, expected checksum Type: {NameOf(expected)}, "
        + $"actual checksum Type: {NameOf(actual)}");

    private static string NameOf(ChecksumAlgorithm? algorithm) => algorithm?.Name().ToLowerInvariant() ?? "null";
}
