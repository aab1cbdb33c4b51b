using System.Collections.Immutable;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Objects;

namespace Ciaos.Http.S3.Multipart;

/// <summary>
/// The checksum that an upload in parts is to have: either one of all the object's bytes, which cyclic checksums allow
/// to be told from those of the parts, or one of the parts' checksums, one behind the other.
/// </summary>
internal sealed record MultipartChecksum(ChecksumAlgorithm Algorithm, bool IsOfWhole)
{
    public const string AlgorithmHeader = "x-amz-checksum-algorithm";
    public const string TypeHeader = "x-amz-checksum-type";
    public const string Composite = "COMPOSITE";

    /// <summary>Of the upload's metadata only; the object's tells the algorithm by the checksum's own name.</summary>
    public const string AlgorithmKey = "checksum-algorithm";

    /// <summary>As headers and XML call it.</summary>
    public string TypeName => IsOfWhole ? MetadataKeys.FullObject : Composite;

    /// <summary>What CreateMultipartUpload asks for; null where it asks for none.</summary>
    /// <exception cref="S3Exception">There is no such checksum.</exception>
    public static MultipartChecksum? Read(ObjectFields fields)
    {
        var type = fields.Find(TypeHeader) is { Length: > 0 } typeText ? ParseType(typeText) : (bool?)null;
        if (fields.Find(AlgorithmHeader) is not { Length: > 0 } name)
        {
            return type is null ? null : throw new S3Exception(
                S3Error.InvalidRequest,
                $"The {TypeHeader} header can only be used with the {AlgorithmHeader} header.");
        }

        var algorithm = ChecksumAlgorithms.ParseWanted(name);
        var isOfWhole = type ?? algorithm == ChecksumAlgorithm.Crc64Nvme;
        if (isOfWhole ? !algorithm.CanCombine() : algorithm == ChecksumAlgorithm.Crc64Nvme)
        {
            throw new S3Exception(
                S3Error.InvalidRequest,
                $"The {(isOfWhole ? MetadataKeys.FullObject : Composite)} checksum type cannot be used with the "
                + $"{algorithm.Name().ToLowerInvariant()} checksum algorithm.");
        }

        return new MultipartChecksum(algorithm, isOfWhole);
    }

    /// <summary>True: of the whole object.</summary>
    /// <exception cref="S3Exception">It is neither of both.</exception>
    public static bool ParseType(string text) => text switch
    {
        MetadataKeys.FullObject => true,
        Composite => false,
        _ => throw new S3Exception(S3Error.InvalidRequest, $"Value for {TypeHeader} header is invalid."),
    };

    /// <summary>Of an upload; null where it was begun without.</summary>
    public static MultipartChecksum? Of(ImmutableSortedDictionary<string, string> uploadMetadata) =>
        uploadMetadata.TryGetValue(AlgorithmKey, out var name) && ChecksumAlgorithms.Parse(name) is { } algorithm
            ? new MultipartChecksum(
                algorithm, uploadMetadata.GetValueOrDefault(MetadataKeys.ChecksumType) == MetadataKeys.FullObject)
            : null;

    public void WriteTo(IDictionary<string, string> uploadMetadata)
    {
        uploadMetadata[AlgorithmKey] = Algorithm.Name();
        uploadMetadata[MetadataKeys.ChecksumType] = TypeName;
    }

    /// <summary>The object's checksum, as clients see it.</summary>
    /// <param name="parts">Checksum and size of every part, in the order of the object's bytes; at least one.</param>
    public string Compose(IReadOnlyList<(byte[] Checksum, long SizeBytes)> parts)
    {
        if (IsOfWhole)
        {
            var whole = parts[0].Checksum;
            for (var index = 1; index < parts.Count; index++)
                whole = RunningChecksum.Combine(Algorithm, whole, parts[index].Checksum, parts[index].SizeBytes);
            return Convert.ToBase64String(whole);
        }

        using var running = RunningChecksum.Begin(Algorithm);
        foreach (var (checksum, _) in parts) running.Append(checksum);
        return $"{Convert.ToBase64String(running.Finish())}-{parts.Count}";
    }
}
